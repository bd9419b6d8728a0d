"""A remembered fact as data, and what the rest of the server may ask of memory.

Owns the records and the Protocol. Refuses to know how facts are found in what was said, where they are kept, and how
they are searched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Fact", "HearsOfRemovals", "Recalled", "Remembers", "SpokenTurn"]

HearsOfRemovals = Callable[[str, frozenset[str]], None]
"""Is told the user and the ids of facts that hold no longer. Returns at once and raises nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing known of a user.

    Attributes:
        id: stable; a correction makes a new fact and names it in `replaced_by` of the old one.
        user_id: whose it is.
        text: a plain sentence, in the language it was told in.
        language: ISO 639-1 code.
        told_at: seconds since 1970.
        conversation_id, turn_id: where it was told (the turn is the user's item id); empty when given by hand.
        confidence: 0 to 1.
        replaced_by: the fact that took its place; empty while it holds.
    """

    id: str
    user_id: str
    text: str
    language: str
    told_at: float
    conversation_id: str = ""
    turn_id: str = ""
    confidence: float = 1.0
    replaced_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A fact found for some words; `score` is 0 to 1, the best first."""

    fact: Fact
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenTurn:
    """One turn that is over, for memory to learn from: what the user said, and what they heard for an answer."""

    user_id: str
    conversation_id: str
    turn_id: str
    language: str
    said: str
    heard: str
    at: float


class Remembers(Protocol):
    """Long-term memory, as sessions, engines, tools and routes use it."""

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later, in the background; returns at once, and drops the oldest when too many wait."""
        ...

    async def warm(self, user_id: str) -> None:
        """Make ready for a user's first search."""
        ...

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        """Return the facts that fit the words best; at most 30 ms (p95) for a user with 10,000 facts."""
        ...

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> Fact:
        """Keep a fact now; one that it contradicts is replaced, and stays readable as history.

        Raises:
            InputError: empty, or longer than a fact may be.
        """
        ...

    async def facts(self, user_id: str, *, limit: int = 100, offset: int = 0, replaced: bool = False) -> list[Fact]:
        """Return a user's facts, the newest first; with `replaced`, also those that hold no longer."""
        ...

    async def correct(self, user_id: str, fact_id: str, text: str) -> Fact:
        """Put another text in a fact's place, and return the new fact.

        Raises:
            InputError: `memory_not_found`.
        """
        ...

    async def forget(self, user_id: str, fact_id: str) -> None:
        """Delete a fact and every earlier version of it, for good.

        Raises:
            InputError: `memory_not_found`.
        """
        ...

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> tuple[Fact, ...]:
        """Delete what the words clearly mean ("my address"), and return it; nothing when no fact fits well.

        "That" means what was told last in this conversation, within ten minutes. Where that waits to be learned, it
        never is, and the facts returned for it have no id.
        """
        ...

    def subscribe(self, listener: HearsOfRemovals) -> Callable[[], None]:
        """Have the listener told of every fact that is deleted, corrected or replaced; return what ends that.

        It is called on the event loop, with the user and the ids, before the call that removed them returns (`forget`,
        `forget_about`, `forget_all`, `correct`, `remember`), and when something learned in the background replaces
        a fact. What another process removes is not told.
        """
        ...
