"""Who holds a conversation: one session at a time, and of several that want it the one that came last.

Owns the order of those who come, in this process; of those in others `Elsewhere` knows. Whoever comes waits until the
one before has written all, and is sent away in turn when somebody comes after it, also while it waits: so that what two
sessions write is never mixed, and each begins with all that was said before. Refuses to know what a session is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GIVE_WAY_SECONDS", "Elsewhere", "Holder", "Holders", "taken_over"]

GIVE_WAY_SECONDS = 5.0
"""What a session that another one replaces has for writing its last words."""


class Holder:
    """One session's hold of a conversation.

    Attributes:
        ended: set when it has written all.
        before: whom it waited for in this process, if anyone.
        ticket: when it came, among those of all processes: 0 for who began the conversation, None for not known yet,
            which is later than any that is known.
        is_sent_away: whether somebody came later.
    """

    def __init__(self, user_id: str, conversation_id: str, *, leave: Callable[[], None]) -> None:
        self.user_id = user_id
        self.conversation_id = conversation_id
        self.ended = anyio.Event()
        self.before: Holder | None = None
        self.ticket: int | None = None
        self.is_sent_away = False
        self._leave = leave

    def send_away(self) -> None:
        """Have the session end: the conversation goes on in another."""
        if not self.is_sent_away:
            self.is_sent_away = True
            self._leave()


class Elsewhere(Protocol):
    """The other processes of the server."""

    async def vacate(self, holder: Holder) -> None:
        """Wait until nobody there holds the conversation who came before, and note the `holder`'s ticket."""
        ...


class Holders:
    """Those of one process, by user and conversation."""

    def __init__(self, elsewhere: Elsewhere | None = None) -> None:
        self._elsewhere = elsewhere
        self._last: dict[tuple[str, str], Holder] = {}

    def holder_of(self, user_id: str, conversation_id: str) -> Holder | None:
        """Return who came last."""
        return self._last.get((user_id, conversation_id))

    def begin(self, holder: Holder) -> None:
        """Hold a conversation that is new."""
        holder.ticket = 0
        self._claim(holder)

    async def take(self, holder: Holder) -> None:
        """Hold a conversation that others may hold, once they have ended, or have had their time for it.

        Raises:
            InputError: `conversation_taken_over`, somebody came meanwhile.
        """
        self._claim(holder)
        if holder.before is not None:
            holder.before.send_away()
            with anyio.move_on_after(GIVE_WAY_SECONDS):
                await holder.before.ended.wait()
        if self._elsewhere is not None:
            await self._elsewhere.vacate(holder)
        holder.before = None
        if holder.is_sent_away:
            raise taken_over()

    def release(self, holder: Holder) -> None:
        """Hold it no more; all is written."""
        holder.ended.set()
        key = holder.user_id, holder.conversation_id
        if self._last.get(key) is holder:
            del self._last[key]

    def _claim(self, holder: Holder) -> None:
        key = holder.user_id, holder.conversation_id
        holder.before = self._last.get(key)
        self._last[key] = holder


def taken_over() -> InputError:
    """Return what a client is told that has to leave.

    One that were only hung up on would come back at once, and take the conversation from the other.
    """
    return InputError(
        "conversation_taken_over",
        "This conversation goes on in another session.",
        remedy="Connect again to go on with it here, which ends it there.",
        param="conversation",
    )
