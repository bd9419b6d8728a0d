"""What those in a room write: taken, kept until its turn comes, and put into the conversation they share.

Owns what a line must be, and who is told when one cannot be had: its writer, and nobody else. Refuses to know when the
conversation is free to answer.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.errors import CapacityError, InputError
from vivavoce.rooms.queue import LineQueue

if TYPE_CHECKING:
    from vivavoce.rooms.audience import Audience
    from vivavoce.rooms.queue import Line, QueueStatistics
    from vivavoce.rooms.settings import RoomSettings
    from vivavoce.session.driver import Session

__all__ = ["Written"]


class Written:
    """The lines of one room."""

    def __init__(self, session: Session, audience: Audience, settings: RoomSettings) -> None:
        self._session = session
        self._audience = audience
        self._longest = settings.line_characters
        self._queue = LineQueue(settings.queue)

    def take(self, line: Line) -> None:
        """Keep a line until its turn comes.

        Raises:
            InputError: `line_empty`, `line_too_long` or `item_create_duplicate_item_id`.
            CapacityError: `room_queue_full`: too much that comes before it waits already.
        """
        if not line.text.strip():
            raise InputError("line_empty", "There is nothing in this line.", remedy="Write some words.", param="text")
        if len(line.text) > self._longest:
            raise InputError(
                "line_too_long",
                f"A line may have {self._longest} characters.",
                remedy="Write less at a time.",
                param="text",
            )
        if line.item_id and self._is_there(line.item_id):
            raise InputError(
                "item_create_duplicate_item_id",
                f"An item with the id '{line.item_id}' exists already.",
                remedy="Leave the id out, or choose another.",
                param="item.id",
            )
        if self._queue.put(line) is line:
            raise CapacityError(
                "room_queue_full", "Too many lines wait for an answer already.", remedy="Try again in a moment."
            )

    def put_next(self) -> bool:
        """Put the lines that are to be answered now into the conversation, and tell whether anything is to be answered.

        Where the conversation does not take them, their writers are told.
        """
        lines = self._queue.take()
        if not lines:
            return False
        item_id = lines[0].item_id or f"item_{secrets.token_hex(10)}"
        is_new = not self._is_there(item_id)
        text = "\n".join(line.attributed for line in lines)
        item = Item(id=item_id, content=(ContentPart(kind="input_text", text=text),))
        writers = {line.viewer_id: viewer for line in lines if (viewer := self._audience.get(line.viewer_id))}
        # Two may have given one id to what waited, and a conversation may be full: whoever wrote it is told.
        with self._audience.asking(*writers.values()):
            self._session.create_item(ev.ItemCreateRequested(item=item, event_id=lines[0].event_id), None)
        return is_new and self._is_there(item_id)

    def statistics(self) -> QueueStatistics:
        """Return the counts."""
        return self._queue.statistics()

    def _is_there(self, item_id: str) -> bool:
        return any(item.id == item_id for item in self._session.machine.items)
