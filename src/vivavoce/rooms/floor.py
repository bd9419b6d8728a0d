"""Who may be heard in a room: one at a time. Pure.

Owns the rule: whoever begins to speak while nobody does has the floor until their turn is over; the host may take it
from anyone; nobody keeps it who says nothing, or who does not end. Refuses to know how speech is told from noise, and
what becomes of it. Events come as calls with the time (seconds, never going back); what is to be done is returned.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.rooms.queue import Rank

__all__ = ["CutTurn", "Floor", "FloorEffect", "FloorFreed", "FloorGiven", "FloorLimits"]


@dataclass(frozen=True, slots=True)
class FloorGiven:
    """This one is heard from now on."""

    viewer: str


@dataclass(frozen=True, slots=True)
class FloorFreed:
    """Nobody has the floor; this one had."""

    viewer: str


@dataclass(frozen=True, slots=True)
class CutTurn:
    """The turn under way ends here: what was said of it counts."""


FloorEffect = FloorGiven | FloorFreed | CutTurn


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLimits:
    """How long the floor is kept.

    Attributes:
        unheard_seconds: without a turn having begun: it was noise, or the assistant's own voice.
        longest_seconds: in all, while there is a turn; the host is not held to it.
    """

    unheard_seconds: float = 2.0
    longest_seconds: float = 60.0


class Floor:
    """The floor of one room."""

    def __init__(self, limits: FloorLimits | None = None) -> None:
        self._limits = limits or FloorLimits()
        self._holder = ""
        self._rank = Rank.VIEWER
        self._since = 0.0
        self._is_in_turn = False

    @property
    def holder(self) -> str:
        """Who has the floor; empty for nobody."""
        return self._holder

    def sounds(self, viewer: str, rank: Rank, now: float) -> tuple[FloorEffect, ...]:
        """Somebody's voice is heard."""
        if not self._holder:
            return self._give(viewer, rank, now)
        if viewer == self._holder or rank is not Rank.HOST or self._rank is Rank.HOST:
            return ()
        return (*self._take_away(), *self._give(viewer, rank, now))

    def turn_began(self) -> None:
        """The conversation hears a turn."""
        self._is_in_turn = bool(self._holder)

    def turn_over(self) -> tuple[FloorEffect, ...]:
        """The turn is over, or was none."""
        self._is_in_turn = False
        return self._take_away()

    def left(self, viewer: str) -> tuple[FloorEffect, ...]:
        """Somebody has gone."""
        return self._take_away() if viewer == self._holder else ()

    def look(self, now: float) -> tuple[FloorEffect, ...]:
        """Time has passed."""
        held = now - self._since
        if not self._holder:
            return ()
        if not self._is_in_turn:
            return self._take_away() if held >= self._limits.unheard_seconds else ()
        is_too_long = held >= self._limits.longest_seconds and self._rank is not Rank.HOST
        return self._take_away() if is_too_long else ()

    def _give(self, viewer: str, rank: Rank, now: float) -> tuple[FloorEffect, ...]:
        self._holder, self._rank, self._since, self._is_in_turn = viewer, rank, now, False
        return (FloorGiven(viewer),)

    def _take_away(self) -> tuple[FloorEffect, ...]:
        if not self._holder:
            return ()
        freed = FloorFreed(self._holder)
        cut = (CutTurn(),) if self._is_in_turn else ()
        self._holder, self._is_in_turn = "", False
        return (*cut, freed)
