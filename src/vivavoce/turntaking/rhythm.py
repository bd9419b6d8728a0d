"""How long this speaker pauses without being done.

Owns the lengths of the newest pauses that ended no turn, and what follows for the patience in doubt. Refuses to know
what made a pause.
"""

from __future__ import annotations

from collections import deque

__all__ = ["Rhythm"]

REMEMBERED = 8
SHORTEST_PAUSE_MS = 96.0
"""Shorter gaps lie inside words."""

USUAL_PAUSE_MS = 250.0
"""The mean pause inside a recorded sentence, of those that are not shorter."""

USUAL_WEIGHT = 4
"""Pauses that the usual one counts as: a speaker is known only after some."""

LEAST_STRETCH, MOST_STRETCH = 0.8, 1.6


class Rhythm:
    """The pauses of one speaker, over all turns of a session."""

    def __init__(self) -> None:
        self._pauses_ms: deque[float] = deque(maxlen=REMEMBERED)

    @property
    def stretch(self) -> float:
        """By how much to wait longer than usual when in doubt: 0.8 for who hardly pauses, 1.6 for who pauses long."""
        total = sum(self._pauses_ms) + USUAL_WEIGHT * USUAL_PAUSE_MS
        typical = total / (len(self._pauses_ms) + USUAL_WEIGHT)
        return min(max(typical / USUAL_PAUSE_MS, LEAST_STRETCH), MOST_STRETCH)

    def went_on(self, after_ms: float) -> None:
        """The speaker went on after a silence of this length."""
        if after_ms >= SHORTEST_PAUSE_MS:
            self._pauses_ms.append(after_ms)
