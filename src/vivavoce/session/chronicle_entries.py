"""Items of the conversation as entries of the history, and back.

Owns the translation, and where an entry stands among the others. Refuses to know when it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.items import ContentPart, Item
from vivavoce.history.records import Entry, ToolUse

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Places", "entry_of", "items_of"]

_CALLS = ("function_call", "function_call_output", "mcp_call", "mcp_approval_request", "mcp_approval_response")


class Places:
    """Numbers that put entries in order, also those that come between two others."""

    def __init__(self, past: Iterable[Entry] = ()) -> None:
        self._places = {entry.id: entry.place for entry in past}
        self._order = list(self._places)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._places

    def __getitem__(self, item_id: str) -> float:
        return self._places[item_id]

    def insert(self, item_id: str, after: str | None) -> None:
        """Give a new item its place: after `after`; None is before all others."""
        index = self._order.index(after) + 1 if after in self._places else 0
        before = self._places[self._order[index - 1]] if index else None
        behind = self._places[self._order[index]] if index < len(self._order) else None
        self._order.insert(index, item_id)
        self._places[item_id] = _between(before, behind)

    def remove(self, item_id: str) -> None:
        """Forget an item."""
        if self._places.pop(item_id, None) is not None:
            self._order.remove(item_id)


def entry_of(item: Item, *, place: float, response_id: str, created_at: float, said: str = "") -> Entry | None:
    """Return the entry for an item as it stands; None while, or if, there is nothing in it to keep.

    `said` are the words so far of a message that is still being made.
    """
    call = _tool_use(item) if item.kind in _CALLS else None
    words = said or " ".join(part.text for part in item.content if part.text)
    if not words and call is None:
        return None
    heard = [part.heard for part in item.content if part.heard is not None]
    return Entry(
        id=item.id,
        place=place,
        kind="message" if call is None else item.kind,  # type: ignore[arg-type] # one of _CALLS
        role=item.role,
        status=item.status,
        source="audio" if any(part.kind.endswith("audio") for part in item.content) else "text",
        said=words,
        heard=" ".join(heard) if heard else None,
        is_aside=item.is_aside,
        audio_ms=sum(part.audio_ms for part in item.content),
        response_id=response_id,
        call=call,
        created_at=created_at,
    )


def items_of(entries: Iterable[Entry]) -> tuple[Item, ...]:
    """Return the items with which a session goes on with a conversation: of every reply only what was heard.

    Asides, approvals and calls that came to nothing are left out: they were answered, or never will be.
    """
    entries = list(entries)
    answered = {entry.call.call_id for entry in entries if entry.kind == "function_call_output" and entry.call}
    return tuple(item for entry in entries if (item := _item(entry, answered)) is not None)


def _item(entry: Entry, answered: set[str]) -> Item | None:
    call = entry.call
    if call is None:
        if entry.is_aside or not entry.words.strip():
            return None
        kind = "output_text" if entry.role == "assistant" else "input_text"
        content = (ContentPart(kind=kind, text=entry.words),)  # type: ignore[arg-type] # either is a ContentKind
        return Item(id=entry.id, role=entry.role, content=content)  # type: ignore[arg-type] # as it was stored
    is_client_call = entry.kind in ("function_call", "function_call_output") and call.call_id in answered
    is_done = entry.kind == "mcp_call" and entry.status == "completed"
    if not (is_client_call or is_done):
        return None
    return Item(
        id=entry.id,
        kind=entry.kind,
        role=entry.role,  # type: ignore[arg-type] # as it was stored
        call_id=call.call_id,
        name=call.name,
        arguments=call.arguments,
        output=call.output,
        error_code=call.error_code,
        server_label=call.server_label,
    )


def _tool_use(item: Item) -> ToolUse:
    return ToolUse(
        call_id=item.call_id,
        name=item.name,
        arguments=item.arguments,
        output=item.output,
        error_code=item.error_code,
        server_label=item.server_label,
        approval_request_id=item.approval_request_id,
        approves=item.approves,
    )


def _between(before: float | None, behind: float | None) -> float:
    if before is None:
        return 0.0 if behind is None else behind - 1.0
    return before + 1.0 if behind is None else (before + behind) / 2
