"""An end-of-turn detector that says what it was told to.

Owns a script: for tests that need a certain judgement at a certain pause. Not for use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import Samples

__all__ = ["FakeEndOfTurn"]


class FakeEndOfTurn:
    """Gives the scripted probabilities in turn, the last one for ever; `heard_samples` records what it was given."""

    def __init__(self, probabilities: Sequence[float] = (1.0,)) -> None:
        self._probabilities = tuple(probabilities)
        self.heard_samples: list[int] = []

    async def probability(self, audio: Samples) -> float:
        """Return the next scripted probability."""
        self.heard_samples.append(audio.size)
        return self._probabilities[min(len(self.heard_samples), len(self._probabilities)) - 1]

    async def aclose(self) -> None:
        """Nothing to free."""
