"""Conversations in writing: where they are kept, and that each has one turn at a time.

Owns the Protocol of what keeps them, one that keeps them in memory, and the order of turns. Refuses to know what a turn
does.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import anyio

from vivavoce.errors import CapacityError, InputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from vivavoce.engines.protocols import ChatMessage

__all__ = ["InMemoryTexts", "KeepsTexts", "OneAtATime"]

MOST_WAITING = 4
"""Turns of one conversation that wait for the one under way."""
WAIT_SECONDS = 60.0


class KeepsTexts(Protocol):
    """Where conversations in writing are kept."""

    async def messages(self, user_id: str, conversation_id: str) -> tuple[ChatMessage, ...]:
        """Return what was said, the oldest first.

        Raises:
            InputError: `conversation_not_found`: it is not there, or not this user's.
        """
        ...

    async def append(
        self, user_id: str, conversation_id: str, messages: Sequence[ChatMessage], *, begins: bool
    ) -> None:
        """Keep what was said next, or first where it `begins`; of a conversation deleted meanwhile nothing is kept."""
        ...


class InMemoryTexts:
    """Conversations that live as long as the server, the latest of them, each by its newest messages."""

    def __init__(self, *, conversations: int = 256, messages: int = 400) -> None:
        self._kept: OrderedDict[tuple[str, str], list[ChatMessage]] = OrderedDict()
        self._conversations = conversations
        self._messages = messages

    async def messages(self, user_id: str, conversation_id: str) -> tuple[ChatMessage, ...]:
        """Return what was said.

        Raises:
            InputError: `conversation_not_found`.
        """
        kept = self._kept.get((user_id, conversation_id))
        if kept is None:
            raise InputError(
                "conversation_not_found",
                f"There is no conversation '{conversation_id[:80]}'.",
                remedy="Leave conversation_id out to begin a new one.",
                param="conversation_id",
            )
        return tuple(kept)

    async def append(
        self, user_id: str, conversation_id: str, messages: Sequence[ChatMessage], *, begins: bool
    ) -> None:
        """Keep what was said; nothing of a conversation that had to make room meanwhile."""
        if begins:
            self._kept[user_id, conversation_id] = []
        kept = self._kept.get((user_id, conversation_id))
        if kept is None:
            return
        kept.extend(messages)
        if len(kept) > self._messages:
            # Half at a time, so that what is left begins alike for many turns; from a user's message on.
            half = len(kept) - self._messages // 2
            del kept[: next((index for index in range(half, len(kept)) if kept[index].role == "user"), half)]
        self._kept.move_to_end((user_id, conversation_id))
        while len(self._kept) > self._conversations:
            self._kept.popitem(last=False)


@dataclass(slots=True)
class _Place:
    """The turn of one conversation: a semaphore, for who ends a turn may be another task than who began it."""

    free: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(1))
    wanted: int = 0


class OneAtATime:
    """The turns under way, by conversation; what nobody wants is not kept."""

    def __init__(self, *, most_waiting: int = MOST_WAITING, wait_seconds: float = WAIT_SECONDS) -> None:
        self._places: dict[tuple[str, str], _Place] = {}
        self._most = most_waiting + 1
        self._wait_seconds = wait_seconds

    def __len__(self) -> int:
        return len(self._places)

    @asynccontextmanager
    async def turn(self, user_id: str, conversation_id: str) -> AsyncIterator[None]:
        """Hold a conversation's turn, once those before it are over.

        Raises:
            CapacityError: `conversation_busy`: too many wait already, or for too long.
        """
        key = (user_id, conversation_id)
        place = self._places.setdefault(key, _Place())
        if place.wanted >= self._most:
            raise _busy()
        place.wanted += 1
        try:
            await self._wait(place)
            try:
                yield
            finally:
                place.free.release()
        finally:
            place.wanted -= 1
            if not place.wanted:
                del self._places[key]

    async def _wait(self, place: _Place) -> None:
        try:
            with anyio.fail_after(self._wait_seconds):
                await place.free.acquire()
        except TimeoutError:
            raise _busy() from None


def _busy() -> CapacityError:
    return CapacityError(
        "conversation_busy",
        "Other messages in this conversation are being answered.",
        remedy="Wait for their answers, then send it again.",
    )
