"""Words that only say "go on": what a listener puts in while someone else speaks, without asking for the floor.

Owns the words, as recognisers spell them. Refuses to know when they are said: after a question, or once the speaker is
done, the same words are an answer.

Source of the kind: V. H. Yngve, "On getting a word in edgewise", 1970; the English list follows the most frequent ones
of the Switchboard corpus (D. Jurafsky et al., "Switchboard SWBD-DAMSL Coders Manual", 1997, tags b, bh, bk and ba).
"""

from __future__ import annotations

import re
import unicodedata

from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.wordlists import listed, words

__all__ = ["is_backchannel"]

MAX_WORDS = 4
MAX_HAN_CHARACTERS = 6

# Recognisers write the same hum in many ways, and hear a lone "mm" as "uh?".
HUMS = words("""
    m mm mmm hm hmm hmmm mhm mhmm mmhm mmhmm mm-hm mm-hmm hm-hm uh-hm uh-huh uhuh uhhuh huh uh uhh um umm er erm eh ah
    ahh aah aha ah-ha oh ohh ooh o ha haha hehe
""")
ENGLISH = words("""
    yeah yea yep yup yes right okay ok okey alright sure true wow cool nice great good exactly absolutely definitely
    totally really indeed interesting fine gotcha perfect lovely amazing
""")
ENGLISH_PHRASES = tuple(
    phrase.split()
    for phrase in (
        "i see",
        "i know",
        "i understand",
        "got it",
        "i got it",
        "got you",
        "all right",
        "of course",
        "that's it",
        "that's right",
        "that's true",
        "that's good",
        "that's great",
        "that's nice",
        "that's interesting",
        "it's good",
        "it's okay",
        "makes sense",
        "that makes sense",
        "fair enough",
        "no way",
        "for sure",
        "is it",
        "is that so",
        "oh my",
        "uh huh",
        "mm hm",
        "mm hmm",
        "very good",
        "very nice",
        "sounds good",
    )
)
CHINESE = listed("""
    原来是这样 原来如此 是这样啊 没问题 知道了 知道啦 我知道 我明白 明白了 我懂 懂了 了解了 真的吗 真的啊 这样啊 是这样
    不错 没错 当然 明白 知道 了解 真的 是吗 是啊 是的 是呀 对啊 对呀 对的 对吧 好的 好地 好啊 好呀 好吧 好嘞
    好了 行啊 可以 有道理 厉害 有意思 对 嗯 唔 恩 好 是 哦 噢 喔 啊 呃 额 哎 诶 欸 哇 行 哈 嘿 呵 哼 呀
""")
_CHINESE = re.compile(f"(?:{'|'.join(sorted(CHINESE, key=len, reverse=True))})+")
# Recognisers of Chinese may write traditional characters.
_TRADITIONAL = str.maketrans("對這樣沒錯當來嗎題問厲瞭", "对这样没错当来吗题问厉了")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_NOT_WORDS = re.compile(r"[^\w'-]+")


def is_backchannel(text: str, language: str) -> bool:
    """Tell whether `text` holds backchannels and nothing else; nothing at all is none.

    `language` (ISO 639-1, perhaps with a region) chooses the words: English and Chinese are known, of any other only
    hums and "okay". Text in Chinese characters is read as Chinese whatever the language is said to be.
    """
    text = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    if any(is_cjk(character) for character in text):
        return _is_chinese(text)
    return _is_spaced(_NOT_WORDS.sub(" ", text).split(), in_english=language.split("-")[0] in ("en", "auto", ""))


def _is_chinese(text: str) -> bool:
    letters = "".join(character for character in text if character.isalnum()).translate(_TRADITIONAL)
    return len(letters) <= MAX_HAN_CHARACTERS and _CHINESE.fullmatch(letters) is not None


def _is_spaced(said: list[str], *, in_english: bool) -> bool:
    if not 0 < len(said) <= MAX_WORDS:
        return False
    known = HUMS | ENGLISH if in_english else HUMS | {"ok", "okay"}
    place = 0
    while place < len(said):
        step = int(said[place].strip("-'") in known) or (_phrase_at(said, place) if in_english else 0)
        if not step:
            return False
        place += step
    return True


def _phrase_at(said: list[str], place: int) -> int:
    """Return how many words the longest phrase at `place` has; 0 when there is none."""
    return max((len(phrase) for phrase in ENGLISH_PHRASES if said[place : place + len(phrase)] == phrase), default=0)
