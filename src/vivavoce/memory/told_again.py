"""Whether a sentence tells what another has told already.

Owns which of its words say nothing of their own (greetings, articles), which add no more than a shade, and which may
stand anywhere in it (when). All others must be the same in the same order, so that a name, a number, "not", "other" or
"before" makes another fact: however alike two vectors are, they do not tell Anna from Clara. Refuses to judge which of
two facts holds. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.memory.extraction.rules import statements
from vivavoce.memory.extraction.sentences import without_filler
from vivavoce.speech.scripts import CJK_CLASS, is_cjk
from vivavoce.speech.wordlists import words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["tells_the_same", "told_among"]

_NEARLY_THE_SAME = 0.93
"""Cosine from which a word that only adds a shade makes no other fact."""

_SPELT_OUT = (
    # As models tell of whom they serve.
    (re.compile(r"\bthe user's\b"), "my"),
    (re.compile(r"\bthe user has\b"), "i have"),
    (re.compile(r"\bthe user is\b"), "i am"),
    (re.compile(r"\bthe user (?!was\b|does\b)(\w+)s\b"), r"i \1"),
    (re.compile("用户"), "我"),
    (re.compile(r"\b(?:i'd|i would) like\b|\bi wanna\b"), "i want"),
    (re.compile(r"\bcan't|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'s\b"), " is"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"\bnamed\b"), "called"),
    (re.compile("学习"), "学"),
    (re.compile("经常|常常"), "常"),
    (re.compile("正在"), "在"),
    (re.compile("特别|非常"), "很"),
    (re.compile("(?<![二三四五六七八九十百千万两])一(?=[个只条位名家部台本间])"), ""),
)
_WHEN = re.compile(
    r"\b(?:today|tonight|tomorrow|yesterday|now|nowadays|these days|at the moment|(?:(?:every|on|this|next|last|in the)"
    r" )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mornings?|afternoons?|evenings?|nights?|weekends?|days?"
    r"|weeks?|months?|years?|spring|summer|autumn|winter))\b"
    r"|[今明后昨前每]天|[今明昨]晚|[今明去后前]年|每?(?:早上|上午|中午|下午|晚上)|[这下上每]?个?(?:周|星期|礼拜)"
    r"[一二三四五六日天末]?|[这下上]个?月|最近|现在|目前"
)
"""People begin or end a sentence with it, as it comes."""
_NOTHING_SAID = words("i we my our a an the to that and really very so just quite too also please do does 我 咱 俺 们")
_NOTHING_SAID |= frozenset("的了啊呢吧呀哦嗯嘛啦哈就都也")
_SHADES = words("am is are have has got in at on of there") | frozenset("很真太是有在")
_DENIALS = words("not no never longer 不 没 别")
_WORD = re.compile(rf"[{CJK_CLASS}]|[^\W{CJK_CLASS}_]+")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence tells: the words that count, in order, and what it says of when."""

    words: tuple[str, ...]
    when: frozenset[str]

    def without_shades(self) -> tuple[str, ...]:
        return tuple(word for word in self.words if word not in _SHADES)


def tells_the_same(new: str, old: str, cosine: float) -> bool:
    """Whether `new` tells nothing but what `old` tells, and all of it; `cosine` is the likeness of their vectors."""
    ours, theirs = _told(new), _told(old)
    if not ours.words or ours.when != theirs.when:
        return False
    if ours.words == theirs.words:
        return True
    return cosine >= _NEARLY_THE_SAME and ours.without_shades() == theirs.without_shades() != ()


def told_among(facts: Iterable[str], said: str) -> frozenset[str]:
    """Return those of the known facts that somebody tells in what they say now: not what they ask for, or deny."""
    spoken = frozenset(_told(said).words)
    perhaps = {fact: known for fact in facts if spoken.issuperset((known := _told(fact)).words)}
    tellings = [_told(statement.text) for statement in statements(said)] if perhaps else []
    return frozenset(fact for fact, known in perhaps.items() if any(_holds(telling, known) for telling in tellings))


def _holds(said: _Told, known: _Told) -> bool:
    count = len(known.words)
    if not count or not known.when <= said.when or _denials(said) != _denials(known):
        return False
    return any(said.words[start : start + count] == known.words for start in range(len(said.words) - count + 1))


def _denials(told: _Told) -> int:
    return sum(word in _DENIALS for word in told.words)


def _told(sentence: str) -> _Told:
    said = unicodedata.normalize("NFKC", without_filler(sentence)).casefold().replace("’", "'")
    for pattern, spelt_out in _SPELT_OUT:
        said = pattern.sub(spelt_out, said)
    when = frozenset(_WHEN.findall(said))
    found = (_stem(word) for word in _WORD.findall(_WHEN.sub(" ", said)))
    return _Told(tuple(word for word in found if word not in _NOTHING_SAID), when)


def _stem(word: str) -> str:
    """Return "cook" for "cooking"; endings that tell one from several stay."""
    stem = word.removesuffix("ing")
    if stem == word or len(stem) < _SHORTEST_STEM or is_cjk(word[0]):
        return word
    return stem[:-1] if stem[-1] == stem[-2] and stem[-1] not in "lsz" else stem
