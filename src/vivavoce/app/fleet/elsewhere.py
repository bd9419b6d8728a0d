"""The other workers, as one of them asks them to leave a conversation, and is asked itself.

Owns the worker's side of it; the first process (`takeovers`) numbers those who come and passes their wish on. What it
says comes in the order in which it was said: a session that has asked and has no number yet comes after all numbers
that are heard of meanwhile. Refuses to know who the other workers are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.app.fleet.messages import FromWorker, GaveWay, GiveWay, Numbered, TakeOver, Vacant
from vivavoce.mind.holding import GIVE_WAY_SECONDS, Holder, Holders

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["OtherWorkers"]

VACATE_SECONDS = GIVE_WAY_SECONDS + 2.0
"""What others need to leave, and for the way there and back."""


class OtherWorkers:
    """An `Elsewhere`; `say` reaches the first process."""

    def __init__(self, say: Callable[[FromWorker], Awaitable[None]]) -> None:
        self._say = say
        self._requests = 0
        self._asking: dict[int, tuple[Holder, anyio.Event]] = {}
        self.holders = Holders(self)

    async def vacate(self, holder: Holder) -> None:
        """Wait until nobody on another worker holds the conversation who came before."""
        self._requests += 1
        request, is_vacant = self._requests, anyio.Event()
        self._asking[request] = holder, is_vacant
        try:
            with anyio.move_on_after(VACATE_SECONDS):
                await self._say(
                    TakeOver(request=request, user_id=holder.user_id, conversation_id=holder.conversation_id)
                )
                await is_vacant.wait()
        finally:
            del self._asking[request]
            # Whoever was never numbered must be possible to send away all the same.
            holder.ticket = holder.ticket or 0

    def note(self, message: Numbered | Vacant) -> None:
        """Take note of an answer; one that comes too late is nobody's."""
        asking = self._asking.get(message.request)
        if asking is None:
            return
        holder, is_vacant = asking
        match message:
            case Numbered():
                holder.ticket = message.ticket
            case Vacant():
                is_vacant.set()

    async def give_way(self, message: GiveWay) -> None:
        """Have whoever came earlier leave a conversation, and say so once they have."""
        holder = self.holders.holder_of(message.user_id, message.conversation_id)
        if holder is not None:
            is_later = holder.ticket is None or holder.ticket > message.ticket
            leaving = holder.before if is_later else holder
            if leaving is not None:
                leaving.send_away()
                with anyio.move_on_after(GIVE_WAY_SECONDS):
                    await leaving.ended.wait()
        await self._say(GaveWay(ticket=message.ticket))
