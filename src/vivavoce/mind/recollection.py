"""A conversation's place in the history: what it held before, and who writes on.

Owns the joining of the history and a session. Refuses to know how either works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.errors import InputError
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
    """Opens conversations in a history. `record_audio` once whoever runs the server wants sound kept."""

    def __init__(self, history: History, *, wall_clock: Callable[[], float], record_audio: bool = False) -> None:
        self._history = history
        self._wall_clock = wall_clock
        self._record_audio = record_audio

    async def open(self, mind: ConversationMind, session: SessionHands) -> tuple[Chronicle, tuple[Item, ...]]:
        """Begin to write a conversation, and return what it held before.

        Raises:
            InputError: `conversation_not_found`, or somebody else's; `conversation_in_use`.
            StorageError: the database cannot be read.
        """
        past = None
        if mind.goes_on:
            if mind.is_held_elsewhere:
                raise InputError(
                    "conversation_in_use",
                    "This conversation is being held in another session just now.",
                    remedy="End that one first, or begin a new conversation.",
                    param="conversation",
                )
            await self._history.store.conversation(mind.user_id, mind.conversation_id)
            past = await self._history.store.entries(mind.user_id, mind.conversation_id, last=MOST_ENTRIES)
        chronicle = Chronicle(
            self._history.store,
            session.machine,
            conversation_id=mind.conversation_id,
            user_id=mind.user_id,
            wall_clock=self._wall_clock,
            past=past,
            recordings=self._history.recordings if self._record_audio else None,
        )
        return chronicle, items_of(past or ())
