"""What the words so far say about whether more will follow: the last word, fillers, digits, whole answers.

Owns the word lists of English and Chinese, and the few questions asked of a text. Refuses to weigh the answers
(`evidence` does) and to know who found the words. Recognisers write what they believe was said: an "a" with nothing
behind it comes out as "it", "uh" or nothing, which is why words that merely may lean on the next have a list too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

__all__ = ["Ending", "WordsSoFar", "looked_at"]


class Ending(Enum):
    """How the last word stands to what may follow it."""

    LEANS = "leans"
    """A word that cannot end a sentence, or a filler: more will follow."""
    MAY_LEAN = "may lean"
    """A word that more often than not has another behind it."""
    ANSWER = "answer"
    """The text as a whole is an answer, a greeting or a command of a word or two."""
    DIGITS = "digits"
    """A row of digits of a length that no number has which people dictate."""
    OPEN = "open"
    """Nothing known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsSoFar:
    """What a text tells: its ending, and how many words (Chinese: characters by twos) it has."""

    ending: Ending
    count: int


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEANS = _words("""
    a an the of to for with at by from into onto than as and or nor but if because although unless until whether
    that which who whose whom what's where's is are was were am be been being do does did has have had having
    will would shall should can could may might must not don't doesn't didn't isn't aren't wasn't can't won't
    my your his our their these those some any no every each another other i i'm i'd i'll i've he he's she she's
    we we're we'd you're they they're it's that's there's here's let's very between among during since while like
    about without within through um umm uh uhh er erm eh ah hmm mm
""")  # fmt: skip
_MAY_LEAN = _words("it its her this in on over under there so you just also then well when where how")
_ANSWERS = _words("""
    yes yeah yep yup no nope nah okay ok sure right exactly correct thanks hello hi hey bye goodbye stop wait cancel
    continue repeat please maybe never always nothing done ready good great fine perfect
""") | {"thank you", "no thanks", "yes please", "go on", "go ahead", "all right", "of course", "not yet", "good night",
        "i see", "me too", "that's all", "that's it", "never mind", "i don't know"}  # fmt: skip
_DIGITS = _words("zero oh one two three four five six seven eight nine double triple")

_LEANS_ZH = tuple(_words("""
    把 被 在 从 和 跟 与 给 向 往 比 嗯 呃 额 那个 这个 就是 然后 还有 因为 所以 但是 可是 不过 如果 要是 而且 或者 以及
    虽然 比如 例如 比如说 就是说 我想 我要 我觉得 我是 的话 那么 关于 为了 根据 通过 想要 能不能 可不可以
"""))  # fmt: skip
_WHOLE_ZH = _words("""
    好的 是的 对的 对 嗯 不对 不是 不用 不要 好 行 可以 没有 有 没错 谢谢 你好 再见 停 等一下 继续 算了 当然 我知道 真的
    没事 知道了 明白了
""")
_DIGITS_ZH = frozenset("零〇一二三四五六七八九幺0123456789")

_SHORTEST_ROW = 3
_WHOLE_ROWS = frozenset({4, 6, 7, 8, 10, 11, 16})
"""Digits in a PIN, a code, a telephone number, a date, a card number."""

_MARKS = " \t\n.,;:!?…-—\"'”“’‘。，、；：！？"
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def looked_at(text: str) -> WordsSoFar:
    """Look at the words so far, in whichever of the two languages they are written; another one has no ending."""
    bare = text.lower().replace("’", "'").strip(_MARKS)
    return _chinese(bare) if _CHINESE.search(bare) else _english(bare)


def _english(bare: str) -> WordsSoFar:
    words = re.findall(r"\d|[^\W\d_]+(?:'[^\W\d_]+)*", bare)
    return WordsSoFar(ending=_english_ending(words), count=len(words))


def _english_ending(words: list[str]) -> Ending:
    if not words:
        return Ending.OPEN
    if " ".join(words) in _ANSWERS or all(word in _ANSWERS for word in words):
        return Ending.ANSWER
    if words[-1] in _LEANS:
        return Ending.LEANS
    if words[-1] in _MAY_LEAN:
        return Ending.MAY_LEAN
    row = _row(words, _DIGITS)
    return Ending.DIGITS if _goes_on(row) else Ending.OPEN


def _chinese(bare: str) -> WordsSoFar:
    characters = [character for character in bare if character.isalnum()]
    count = (len(characters) + 1) // 2
    text = "".join(characters)
    if text in _WHOLE_ZH:
        ending = Ending.ANSWER
    elif text.endswith(_LEANS_ZH):
        ending = Ending.LEANS
    else:
        ending = Ending.DIGITS if _goes_on(_row(characters, _DIGITS_ZH)) else Ending.OPEN
    return WordsSoFar(ending=ending, count=count)


def _row(units: list[str], digits: frozenset[str]) -> int:
    """Count the digits at the end."""
    row = 0
    for unit in reversed(units):
        if unit not in digits and not unit.isdigit():
            break
        row += 1
    return row


def _goes_on(row: int) -> bool:
    return row >= _SHORTEST_ROW and row not in _WHOLE_ROWS
