"""The words of a text by which it is found literally: names, numbers, nouns, and pairs of Chinese characters.

Owns what counts as a word and what is too common to count. Refuses to know what a word means: that is the vector's
part. A word is kept as 32 bits of its hash, so that ten thousand facts are searched with a few array operations; that
two words meet in one hash is as good as never seen among the words of one user.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vivavoce.memory.concepts import CHINESE_CONCEPTS, ENGLISH_CONCEPTS
from vivavoce.speech.scripts import CJK_CLASS, is_cjk
from vivavoce.speech.wordlists import words

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Terms", "terms_of", "words_of"]

Terms = npt.NDArray[np.uint32]

_RUN = re.compile(rf"[{CJK_CLASS}]+|[^\W{CJK_CLASS}_]+(?:'[a-z]+)?")
_COMMON_ENGLISH = words(
    """
    a about after again all also always am an and any are as at back be because been before being but by called can
    could day did do does doing don't each ever every few for from get getting go goes going good got had has have
    having he her here hers him his how i if in into is isn't it its just kind know lately like little lot made make
    many maybe me mine more most much must my name need never new no nor not now of off oh on once one only or other
    our ours out over own please put quite rather really s said same say says she should since so some something
    still such t take tell than thank thanks that the their them then there these they thing things think this those
    to too told up us used very want was we well went were what when where which while who whom whose why will with
    would yeah yes you your
    """
)
_COMMON_CHINESE = frozenset(
    "我你您他她它们的了是在有和就都也很不一个这那吗呢啊吧呀哦嗯么什怎谁哪几多少会能要去来到说着过给把被让对"
)
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_SHORTEST_STEM = 3
_LONGEST_CHINESE_WORD = max(map(len, CHINESE_CONCEPTS))


def words_of(text: str) -> list[str]:
    """Return the words of a text that say something, in order, each as it is compared."""
    return [word for run in _RUN.findall(_normal(text)) for word in _split(run)]


def terms_of(text: str) -> Terms:
    """Return the words of a text, each once, as hashes."""
    words = dict.fromkeys((*words_of(text), *concepts_of(text)))
    return np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint32)


def concepts_of(text: str) -> list[str]:
    """Return the everyday subjects a text touches, each by its name."""
    found: list[str] = []
    for run in _RUN.findall(_normal(text)):
        if is_cjk(run[0]):
            for begin in range(len(run)):
                for end in range(begin + 1, min(begin + _LONGEST_CHINESE_WORD, len(run)) + 1):
                    found += CHINESE_CONCEPTS.get(run[begin:end], ())
        else:
            word = run.partition("'")[0]
            found += ENGLISH_CONCEPTS.get(word) or _STEMMED_CONCEPTS.get(_stem(word), ())
    return found


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _split(run: str) -> Iterator[str]:
    if is_cjk(run[0]):
        yield from _chinese(run)
        return
    word = run.partition("'")[0] if not run.endswith("n't") else run
    if word not in _COMMON_ENGLISH:
        yield _stem(word)


def _chinese(run: str) -> Iterator[str]:
    for character in run:
        if character not in _COMMON_CHINESE:
            yield character
    for left, right in itertools.pairwise(run):
        if not (left in _COMMON_CHINESE or right in _COMMON_CHINESE):
            yield left + right


def _stem(word: str) -> str:
    """Take off what English words are bent with; wrong at times, but alike for a fact and for the question."""
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM and not (ending == "s" and stem.endswith("s")):
            return stem + instead
    return word


_STEMMED_CONCEPTS = {_stem(word): concepts for word, concepts in ENGLISH_CONCEPTS.items()}
