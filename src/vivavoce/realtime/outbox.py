"""What waits to be sent to one client: bounded, and purged of audio nobody may hear any more.

Owns the queue between a session, which never waits, and the socket, which may be slow. Overflow policy: the client is
too slow for a conversation; nothing more is held for it, and the connection ends with a typed error, at once. Refuses
to know what a message says.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NoReturn

import anyio

from vivavoce.errors import CapacityError

__all__ = ["Outbox", "OutboxStatistics"]

MAX_BYTES = 32_000_000
"""About eight minutes of base64 audio: a reply is sent as fast as it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStatistics:
    """What waits now, and what was purged so far."""

    waiting_messages: int
    waiting_bytes: int
    purged_messages: int


@dataclass(frozen=True, slots=True)
class _Message:
    data: str | bytes
    audio_of: str | None


class Outbox:
    """A queue of text and binary messages, first in, first out."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._messages: deque[_Message] = deque()
        self._bytes = 0
        self._purged = 0
        self._more = anyio.Event()
        self._overflow = anyio.Event()

    def put(self, data: str | bytes, *, audio_of: str | None = None) -> None:
        """Queue a message; `audio_of` names the response whose audio it carries. Past the bound, all is dropped."""
        if self._overflow.is_set():
            return
        self._bytes += len(data)
        if self._bytes > self._max_bytes:
            self._messages.clear()
            self._overflow.set()
        else:
            self._messages.append(_Message(data, audio_of))
        self._more.set()

    def purge_audio(self, response_id: str) -> None:
        """Drop the audio of a response that has not gone out."""
        kept = [message for message in self._messages if message.audio_of != response_id]
        self._purged += len(self._messages) - len(kept)
        self._messages = deque(kept)
        if not self._overflow.is_set():
            self._bytes = sum(len(message.data) for message in kept)

    async def take(self) -> str | bytes:
        """Wait for the next message and take it out; for ever once the bound was passed (`overflow` tells)."""
        while not self._messages:
            self._more = anyio.Event()
            await self._more.wait()
        message = self._messages.popleft()
        self._bytes -= len(message.data)
        return message.data

    async def overflow(self) -> NoReturn:
        """Wait until more waits than may.

        Raises:
            CapacityError: `client_too_slow`; what waited is dropped.
        """
        await self._overflow.wait()
        raise CapacityError(
            "client_too_slow",
            f"The client has not taken {self._bytes:,} bytes that wait for it.",
            remedy="Read from the socket while the assistant speaks.",
        )

    def statistics(self) -> OutboxStatistics:
        """Return what waits."""
        return OutboxStatistics(
            waiting_messages=len(self._messages), waiting_bytes=self._bytes, purged_messages=self._purged
        )
