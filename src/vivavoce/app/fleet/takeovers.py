"""Conversations that change from one worker to another, as the first process sees to it.

Owns the order: each session that goes on with a conversation gets a number, all other workers are told, and it goes on
once all of them have answered. Refuses to know which sessions there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.app.fleet.messages import GiveWay, Numbered, TakeOver, ToWorker, Vacant

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

__all__ = ["Takeovers"]


@dataclass(slots=True)
class _Takeover:
    worker: int
    request: int
    unanswered: set[int]


class Takeovers:
    """Those under way; `tell` reaches a worker."""

    def __init__(self, tell: Callable[[int, ToWorker], Awaitable[None]]) -> None:
        self._tell = tell
        self._tickets = 0
        self._under_way: dict[int, _Takeover] = {}

    async def begin(self, worker: int, wish: TakeOver, others: Collection[int]) -> None:
        """Have the other workers leave a conversation, for a session of this one."""
        self._tickets += 1
        ticket = self._tickets
        self._under_way[ticket] = _Takeover(worker, wish.request, set(others))
        # First, and with nothing awaited before: what the worker hears after it comes after it.
        await self._tell(worker, Numbered(request=wish.request, ticket=ticket))
        leave = GiveWay(ticket=ticket, user_id=wish.user_id, conversation_id=wish.conversation_id)
        for other in tuple(others):
            await self._tell(other, leave)
        await self._finish(ticket)

    async def gave_way(self, worker: int, ticket: int) -> None:
        """Note that nobody on this worker is in the way."""
        takeover = self._under_way.get(ticket)
        if takeover is not None:
            takeover.unanswered.discard(worker)
            await self._finish(ticket)

    async def gone(self, worker: int) -> None:
        """Note that the worker is no more, and with it whatever it held."""
        for ticket, takeover in tuple(self._under_way.items()):
            if takeover.worker == worker:
                # Its successor numbers its own requests, and must not be told of this one.
                self._under_way.pop(ticket, None)
            else:
                await self.gave_way(worker, ticket)

    async def _finish(self, ticket: int) -> None:
        takeover = self._under_way.get(ticket)
        if takeover is not None and not takeover.unanswered:
            del self._under_way[ticket]
            await self._tell(takeover.worker, Vacant(request=takeover.request))
