"""Whether an answer to "May I?" says yes or no.

Owns the words, as recognisers spell them. Refuses to know what was asked. Whatever is not clearly one or the other is
no answer: to do something that nobody allowed is worse than to ask again.
"""

from __future__ import annotations

import re
import unicodedata

from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.wordlists import listed, words

__all__ = ["consents"]

MAX_WORDS = 8
MAX_HAN_CHARACTERS = 12

YES = words("yes yeah yep yup sure okay ok okey alright certainly absolutely definitely granted fine")
NO = words("no nope nah don't dont never stop cancel not")
YES_PHRASES = ("go ahead", "go on", "do it", "do that", "of course", "please do", "you may", "you can", "all right")
# Words that may stand beside a yes or a no and change nothing.
BESIDE = words("""
    please thanks thank you that's that is fine good it i'd like to i do would love viva and then now just well oh uh um
    mm hmm go ahead of course may can all right use it's do so um-hm right for
""")

CHINESE_NO = listed("不用了 不可以 不行 不用 不要 不好 不能 不许 不必 别了 算了 拒绝 取消")
CHINESE_SHORT_NO = listed("不 别 停 否")
"""These begin other answers too ("不错", "not bad"), and count only alone."""
CHINESE_YES = listed(
    "当然可以 没问题 可以 好的 好啊 好吧 好呀 好 行 当然 同意 允许 是的 是 对 嗯 用吧 去吧 请吧 请 来吧"
)
_CHINESE_BESIDE = "吧啊呀的了啦嘛哦噢喔呢谢你您我那就请它用去做"
_TRADITIONAL = str.maketrans("當沒問題許絕對來謝別嗎請", "当没问题许绝对来谢别吗请")
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_NOT_WORDS = re.compile(r"[^\w'-]+")


def consents(text: str) -> bool | None:
    """Tell whether `text` (English or Chinese) says yes, or no; None when it is neither, or both."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    if any(is_cjk(character) for character in text):
        return _chinese("".join(character for character in text if character.isalnum()).translate(_TRADITIONAL))
    return _english(_NOT_WORDS.sub(" ", text).split())


def _english(said: list[str]) -> bool | None:
    if not 0 < len(said) <= MAX_WORDS:
        return None
    sentence = " ".join(said)
    has_yes = any(word in YES for word in said) or any(phrase in sentence for phrase in YES_PHRASES)
    has_no = any(word in NO for word in said)
    if (has_yes and has_no) or "know" in said:
        return None
    if has_no:
        # Whoever begins with a no, or says little else, means it.
        return False if said[0] in NO or len(said) <= 3 else None
    return True if has_yes and all(word in YES or word in BESIDE for word in said) else None


def _chinese(letters: str) -> bool | None:
    if not 0 < len(letters) <= MAX_HAN_CHARACTERS:
        return None
    no = max((no for no in CHINESE_NO if letters.startswith(no)), key=len, default="")
    if no:
        # "不好意思，可以" begins as a no, and is none.
        return None if any(yes in letters[len(no) :] for yes in CHINESE_YES if len(yes) > 1) else False
    if letters[0] in CHINESE_SHORT_NO and all(letter in (*CHINESE_SHORT_NO, *"了吧啊呀嘛啦") for letter in letters):
        return False
    rest = letters
    for yes in sorted(CHINESE_YES, key=len, reverse=True):
        rest = rest.replace(yes, "")
    if len(rest) < len(letters) and all(letter in _CHINESE_BESIDE for letter in rest):
        return True
    return None
