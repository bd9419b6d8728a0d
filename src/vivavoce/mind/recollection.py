"""A conversation's place in the history: what it held before, and who writes on.

Owns the joining of the history and a session. Refuses to know how either works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.session.chronicle import Chronicle
from vivavoce.session.chronicle_entries import items_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.conversation.items import Item
    from vivavoce.history.history import History
    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.session.mind import SessionHands

__all__ = ["Recollection"]

MOST_ENTRIES = 400
"""Of an earlier conversation: what lies further back is summarised or left out of a prompt anyway."""


class Recollection:
    """Opens conversations in a history; one that is held in another session of its user's is taken over."""

    def __init__(self, history: History, *, wall_clock: Callable[[], float]) -> None:
        self._history = history
        self._wall_clock = wall_clock

    async def open(self, mind: ConversationMind, session: SessionHands) -> tuple[Chronicle, tuple[Item, ...]]:
        """Begin to write a conversation, and return what it held before.

        Raises:
            InputError: `conversation_not_found`: it is not there, or somebody else's; `conversation_taken_over`.
            StorageError: the database cannot be read.
        """
        past = None
        if mind.goes_on:
            await self._history.store.conversation(mind.user_id, mind.conversation_id)
            await mind.take_over()
            past = await self._history.store.entries(mind.user_id, mind.conversation_id, last=MOST_ENTRIES)
        chronicle = Chronicle(
            self._history.store,
            session.machine,
            conversation_id=mind.conversation_id,
            user_id=mind.user_id,
            wall_clock=self._wall_clock,
            past=past,
            recordings=self._history.recordings if mind.is_recorded else None,
        )
        return chronicle, items_of(past or ())
