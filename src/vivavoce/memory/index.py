"""One user's facts as arrays, and the search in them.

Owns how well a fact fits a question: by meaning (the cosine of their vectors), by words they share (the rarer among the
user's facts the more it counts), a little by how new and how certain it is. Refuses to know texts and users. Searching
ten thousand facts takes some milliseconds, most of it reading their vectors once; do it off the event loop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from vivavoce.memory.sentence_encoder import Vectors
    from vivavoce.memory.store import IndexRow
    from vivavoce.memory.terms import Terms

__all__ = ["FactIndex", "Hit", "Weights"]

_FIRST_ROOM = 64
_BYTES_BESIDE_VECTOR = 96
"""Numbers, times and words of a fact, roughly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much; tuned on `bench/memory_recall_tuning.txt`.

    Attributes:
        words: of the shared words, beside 1 for the cosine.
        newness: of a fact told this moment, over one told long ago.
        newness_days: after so many days half of that is left.
        certainty: of a fact that is certain, over one that is a guess.
    """

    words: float = 0.25
    newness: float = 0.02
    newness_days: float = 90.0
    certainty: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A fact found: its number, how well it fits (0 to 1), and the two parts of that, each 0 to 1."""

    number: int
    score: float
    cosine: float
    overlap: float


class FactIndex:
    """The facts of one user that hold. Changed by one thread, while others may search it."""

    def __init__(self, dimensions: int, *, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self._count = 0
        self._numbers = np.zeros(_FIRST_ROOM, dtype=np.int64)
        self._told_at = np.zeros(_FIRST_ROOM)
        self._confidence = np.zeros(_FIRST_ROOM, dtype=np.float32)
        self._is_held = np.zeros(_FIRST_ROOM, dtype=np.bool_)
        self._vectors = np.zeros((_FIRST_ROOM, dimensions), dtype=np.float32)
        self._terms = np.zeros(0, dtype=np.uint32)
        self._owners = np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return int(self._is_held[: self._count].sum())

    @property
    def size_bytes(self) -> int:
        """Memory it takes, roughly."""
        return self._vectors.nbytes + len(self._numbers) * _BYTES_BESIDE_VECTOR

    def add(self, rows: Sequence[IndexRow]) -> None:
        """Take in facts in the order of their numbers; those that are there already are left alone."""
        newest = int(self._numbers[self._count - 1]) if self._count else 0
        rows = [row for row in rows if row.number > newest]
        if not rows:
            return
        begin, end = self._count, self._count + len(rows)
        self._make_room(end)
        self._numbers[begin:end] = [row.number for row in rows]
        self._told_at[begin:end] = [row.told_at for row in rows]
        self._confidence[begin:end] = [row.confidence for row in rows]
        vectors = np.frombuffer(b"".join([row.vector for row in rows]), dtype=np.float16)
        self._vectors[begin:end] = vectors.reshape(len(rows), -1)
        self._is_held[begin:end] = True
        terms = [np.frombuffer(row.terms, dtype=np.uint32) for row in rows]
        owners = np.repeat(np.arange(begin, end), [len(some) for some in terms])
        # The owners last: a search under way takes as many words as it sees owners.
        self._terms = np.concatenate([self._terms, *terms])
        self._owners = np.concatenate([self._owners, owners])
        self._count = end

    def remove(self, numbers: Iterable[int]) -> None:
        """Let go of facts, their vectors included."""
        gone = np.isin(self._numbers[: self._count], list(numbers))
        self._is_held[: self._count][gone] = False
        self._vectors[: self._count][gone] = 0.0

    def confirm(self, number: int, *, told_at: float, confidence: float) -> None:
        """Note that a fact was told again."""
        rows = np.flatnonzero(self._numbers[: self._count] == number)
        self._told_at[rows] = told_at
        self._confidence[rows] = confidence

    def search(self, vector: Vectors, terms: Terms, *, now: float, limit: int) -> list[Hit]:
        """Return the facts that fit best, the best first. `now`: seconds since 1970."""
        count = self._count
        if not count or limit <= 0:
            return []
        weights = self._weights
        cosine = self._vectors[:count] @ vector
        overlap = self._overlap(terms, count)
        age_days = np.maximum(now - self._told_at[:count], 0.0) / 86_400.0
        score = cosine + weights.words * overlap
        score += weights.newness * np.exp2(-age_days / weights.newness_days)
        score += weights.certainty * self._confidence[:count]
        score /= 1.0 + weights.words + weights.newness + weights.certainty
        score[~self._is_held[:count]] = -np.inf
        best = np.argsort(-score)[:limit] if count <= limit else _largest(score, limit)
        return [
            Hit(
                number=int(self._numbers[row]),
                score=float(np.clip(score[row], 0.0, 1.0)),
                cosine=float(np.clip(cosine[row], 0.0, 1.0)),
                overlap=float(overlap[row]),
            )
            for row in best
            if self._is_held[row]
        ]

    def _overlap(self, terms: Terms, count: int) -> npt.NDArray[np.float64]:
        """Return for each fact the share of the question's words it holds, each counting by its rarity."""
        owners = self._owners
        words = self._terms[: len(owners)]
        shared = np.zeros(count)
        total = 0.0
        for term in terms:
            rows = owners[words == term]
            rows = rows[rows < count]
            rarity = math.log(1.0 + count / (1.0 + len(rows)))
            total += rarity
            shared[rows] += rarity
        return shared / total if total else shared

    def _make_room(self, count: int) -> None:
        room = len(self._numbers)
        if count <= room:
            return
        more = max(count, 2 * room) - room
        self._numbers = np.pad(self._numbers, (0, more))
        self._told_at = np.pad(self._told_at, (0, more))
        self._confidence = np.pad(self._confidence, (0, more))
        self._is_held = np.pad(self._is_held, (0, more))
        self._vectors = np.pad(self._vectors, ((0, more), (0, 0)))


def _largest(score: npt.NDArray[np.float64], limit: int) -> npt.NDArray[np.intp]:
    found = np.argpartition(-score, limit - 1)[:limit]
    return found[np.argsort(-score[found])]
