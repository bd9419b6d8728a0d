"""The waterfalls of a session's latest turns, as they were last told.

Owns which are kept, and no more than a fixed number of them. Refuses to know when a mark is made (`TurnClock`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.effects import TurnTimed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.conversation.effects import Effect

__all__ = ["MAX_TURNS", "Timeline"]

MAX_TURNS = 64
"""Turns remembered: enough to see what a conversation was like, and a few kilobytes."""


class Timeline:
    """The newest waterfall of each of the latest replies, in the order in which the replies were first timed."""

    def __init__(self) -> None:
        self._turns: dict[str, TurnTimed] = {}

    @property
    def turns(self) -> tuple[TurnTimed, ...]:
        """What is kept, oldest first."""
        return tuple(self._turns.values())

    def note(self, effects: Iterable[Effect]) -> None:
        """Keep the waterfalls among these effects; a reply timed again keeps its place."""
        for effect in effects:
            if isinstance(effect, TurnTimed):
                self._turns[effect.response_id] = effect
                if len(self._turns) > MAX_TURNS:
                    del self._turns[next(iter(self._turns))]
