"""What an extractor finds, and what it must be able to do.

Owns the record and the Protocol. Refuses to know rules and models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vivavoce.memory.facts import SpokenTurn

__all__ = ["ASKED_FOR", "GUESSED", "LONGEST_FACT", "READ_INTO_IT", "STATED", "Extractor", "Statement"]

ASKED_FOR = 1.0
"""Confidence of what the user asked to be remembered."""
STATED = 0.9
"""Confidence of what has the form of a lasting fact."""
GUESSED = 0.6
"""Confidence of what the user said of themselves in whatever form."""

READ_INTO_IT = 0.5
"""Confidence of what a language model found in it."""

LONGEST_FACT = 500
"""Characters a fact may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence worth keeping, in the user's own words; `confidence` is 0 to 1."""

    text: str
    language: str
    confidence: float


class Extractor(Protocol):
    """Finds what is worth keeping in a turn. What the user was told is context, never a fact."""

    async def extract(self, turn: SpokenTurn) -> tuple[Statement, ...]:
        """Return the statements, in the order they were said.

        Raises:
            VivavoceError: it failed, or was needed for something else.
        """
        ...
