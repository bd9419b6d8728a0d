"""Whether a new fact says again what is known, says otherwise, or says something else.

Owns that judgement, from the words and the likeness of two facts; that they say the same is found by `told_again`, and
a slot both fill (`relations`) is judged by the store. Refuses to keep anything. It errs towards keeping both: a fact
that was wrongly replaced is not found again, whereas of two that contradict each other the prompt shows the newer one
as newer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.memory.tense import is_of_the_past
from vivavoce.memory.terms import words_of
from vivavoce.memory.told_again import tells_the_same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.memory.recall import Found

__all__ = ["Verdict", "judge"]

_NEARLY_SAME_WORDS = 0.75
_ENDED = 0.3
_CHANGED = 0.6

_END = re.compile(
    r"\b(?:no longer|any ?more|not any|instead|sold|gave up|quit|stopped|broke up|divorced|cancell?ed"
    r"|used to|switched|changed my mind|gave away|got rid of)\b|不再|不去了|不做了|不干了|卖了|卖掉|辞职|辞了"
    r"|分手|离婚|取消|戒了|改成|换成|换了"
)
"""That something is over: what it was stands in the same sentence."""
_CHANGE = re.compile(
    r"\b(?:actually|now|nowadays|these days|changed|moved|i meant|correction)\b|其实|现在|改|说错了|更正|应该是"
)
_VALUE = re.compile(
    r"\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|noon|midnight"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|first|second|third|fourth|fifth|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty)\b"
    r"|[一二三四五六七八九十百千两零]+(?=[点号月日岁年块元楼室度天])|(?:星期|周|礼拜)[一二三四五六日天]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of the known facts: `same` is told again; those of `replaced` hold no longer."""

    same: str = ""
    replaced: tuple[str, ...] = ()


def judge(text: str, known: Iterable[Found]) -> Verdict:
    """Compare a new fact with the known ones that are most like it."""
    replaced = []
    for fact, hit in known:
        if tells_the_same(text, fact.text, hit.cosine):
            return Verdict(same=fact.id)
        if _says_otherwise(text, fact.text, hit.cosine):
            replaced.append(fact.id)
    return Verdict(replaced=tuple(replaced))


def _says_otherwise(new: str, old: str, cosine: float) -> bool:
    said = new.casefold()
    if _is_over(said):
        # Only what says of the very same thing that it was so says that it is over: "I used to live in Rome."
        return bool(_END.search(said)) and _shared(_END.sub(" ", said), old) >= _NEARLY_SAME_WORDS
    if _values(new) and _values(old) and _values(new) != _values(old):
        return _shared(_VALUE.sub(" ", said), _VALUE.sub(" ", old.casefold())) >= _NEARLY_SAME_WORDS
    is_about_it = bool(set(words_of(new)) & set(words_of(old)))
    if _END.search(said):
        return is_about_it and cosine >= _ENDED
    return bool(_CHANGE.search(said)) and is_about_it and cosine >= _CHANGED


def _is_over(text: str) -> bool:
    return is_of_the_past(text.casefold().replace("’", "'"))


def _values(text: str) -> set[str]:
    return set(_VALUE.findall(text.casefold()))


def _shared(left: str, right: str) -> float:
    """Return the share of their words that two sentences have in common."""
    ours, theirs = set(words_of(left)), set(words_of(right))
    return len(ours & theirs) / max(len(ours | theirs), 1)
