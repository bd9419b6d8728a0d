"""The lists of tools that servers were asked for, as items of the conversation.

Owns which list is still awaited, and that each is told as begun and as ended. Refuses to know how a server is asked,
and what becomes of its tools (they come with the settings).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import ErrorRaised, ItemAdded, ItemDone, ToolListEnded, ToolListStarted
from vivavoce.conversation.items import Item

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import ToolServerAsked, ToolServerListed

__all__ = ["ToolLists"]


class ToolLists:
    """One list a server at a time."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._awaited: dict[str, str] = {}

    def asked(self, event: ToolServerAsked) -> None:
        """A server is being asked; one that was being asked already is asked anew."""
        core = self._core
        if event.server_label in self._awaited:
            self._end(event.server_label, listing="", has_failed=True)
        item = Item(
            id=core.new_id("item"),
            kind="mcp_list_tools",
            role="system",
            status="in_progress",
            server_label=event.server_label,
        )
        self._awaited[event.server_label] = item.id
        core.emit(ItemAdded(item=item, previous_item_id=core.items.insert(item)), ToolListStarted(item_id=item.id))

    def listed(self, event: ToolServerListed) -> None:
        """A server has told its tools, or could not be asked."""
        if event.server_label not in self._awaited:
            return
        self._end(event.server_label, listing=event.listing, has_failed=not event.listing)
        if event.failure is not None:
            self._core.emit(ErrorRaised(failure=event.failure))

    def _end(self, label: str, *, listing: str, has_failed: bool) -> None:
        core, item_id = self._core, self._awaited.pop(label)
        core.emit(ToolListEnded(item_id=item_id, has_failed=has_failed))
        if item_id in core.items:
            item = replace(core.items.get(item_id), status="completed", output=listing)
            core.items.replace(item)
            core.emit(ItemDone(item=item, previous_item_id=core.items.previous_id(item_id)))
