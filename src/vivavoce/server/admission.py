"""How many may be served at a time.

Owns the count: it is kept as they come and go, not sampled. Refuses to queue anyone: over the limit the answer is no,
at once, and says that coming back helps.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.errors import CapacityError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SessionSlots", "Slots", "SlotsStatistics"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsStatistics:
    """Who is being served now, and what happened since the start."""

    active: int
    limit: int
    admitted: int
    refused: int


class Slots:
    """A counter with a limit; `code` and `noun` say what was refused."""

    def __init__(self, limit: int, *, code: str, noun: str) -> None:
        self._limit = limit
        self._code = code
        self._noun = noun
        self._active = 0
        self._admitted = 0
        self._refused = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a slot for as long as the body runs.

        Raises:
            CapacityError: all slots are taken.
        """
        if self._active >= self._limit:
            self._refused += 1
            raise CapacityError(
                self._code,
                f"All {self._limit} {self._noun} of this server are taken.",
                remedy="Try again in a moment.",
            )
        self._active += 1
        self._admitted += 1
        try:
            yield
        finally:
            self._active -= 1

    def statistics(self) -> SlotsStatistics:
        """Return the counts."""
        return SlotsStatistics(active=self._active, limit=self._limit, admitted=self._admitted, refused=self._refused)


class SessionSlots(Slots):
    """The spoken conversations of a server; the refusal is `session_limit_reached`."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit, code="session_limit_reached", noun="sessions")
