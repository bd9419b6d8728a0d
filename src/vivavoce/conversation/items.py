"""The conversation's items: what was said, in order, by whom.

Owns the item records and their order. Refuses to know the wire's spelling of an item, where audio bytes are kept, and
what a model's prompt looks like (`context` builds that).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ContentKind", "ContentPart", "Item", "ItemKind", "ItemList", "ItemStatus", "Role"]

ItemKind = Literal[
    "message",
    "function_call",
    "function_call_output",
    "mcp_call",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_list_tools",
    "reference",
]
Role = Literal["user", "assistant", "system"]
ItemStatus = Literal["in_progress", "completed", "incomplete"]
ContentKind = Literal["input_text", "input_audio", "output_text", "output_audio"]

_REMEDY = "Use the id of an item that conversation.item.added has announced."

MAX_CHARACTERS = 10_000_000
"""What clients may put into one conversation, each item counted as `ITEM_CHARACTERS` more: far beyond what any model
reads, and small beside the model."""

ITEM_CHARACTERS = 1_000

ROOT = "root"
"""As `previous_item_id`: insert before everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPart:
    """One part of a message.

    Attributes:
        kind: what it is.
        text: the text, or the transcript of audio; None while a transcript is not known yet.
        audio_ms: how long its audio is; 0 for text.
        heard: the part of `text` that reached the listener, once playout was cut short; None when all of it did.
    """

    kind: ContentKind
    text: str | None = None
    audio_ms: int = 0
    heard: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of the conversation; the fields past `content` belong to calls and what came of them.

    A `function_call` is answered by the client with a `function_call_output`. An `mcp_call` is made by this server; it
    holds its `output` itself once it is completed, and an `error_code` when that tells of a failure. A call that needs
    approval begins as an `mcp_approval_request`; the answer names it, and so does the call that it allows. The `output`
    of an `mcp_approval_response` is its reason, that of an `mcp_list_tools` the list as JSON.

    A `reference` stands for the conversation's item with its id, in the input of a single reply. An aside was said
    while somebody else spoke, or to fill a silence: no model is told of it.
    """

    id: str
    kind: ItemKind = "message"
    role: Role = "user"
    status: ItemStatus = "completed"
    content: tuple[ContentPart, ...] = ()
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: str = ""
    error_code: str = ""
    server_label: str = ""
    approval_request_id: str = ""
    approves: bool = False
    is_aside: bool = False


class ItemList:
    """The items in conversation order, by id."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._order: list[str] = []
        self._promised: set[str] = set()
        self._admitted: dict[str, int] = {}
        self._characters = 0

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in conversation order."""
        return (self._items[item_id] for item_id in self._order)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def get(self, item_id: str) -> Item:
        """Return the item.

        Raises:
            InputError: `item_not_found`.
        """
        try:
            return self._items[item_id]
        except KeyError:
            raise InputError(
                "item_not_found",
                f"There is no item '{item_id}' in this conversation.",
                remedy=_REMEDY,
                param="item_id",
            ) from None

    def retrieve(self, item_id: str) -> Item:
        """Return the item to a client that asks for it back.

        Raises:
            InputError: `item_retrieve_invalid_item_id`: clients tell by the code that it is gone, and go on.
        """
        if item_id not in self._items:
            raise InputError(
                "item_retrieve_invalid_item_id",
                f"Error retrieving item: the item with id '{item_id}' does not exist.",
                remedy=_REMEDY,
                param="item_id",
            )
        return self._items[item_id]

    def promise(self, item_id: str) -> None:
        """Keep an id for an item of our own that is known to the client before it is inserted."""
        self._promised.add(item_id)

    def admit(self, item: Item, *, after: str | None = None) -> str | None:
        """Add a client's `item` after the item `after`, and return its predecessor's id.

        Raises:
            InputError: `item_create_duplicate_item_id`, `item_not_found` for an unknown `after`, or
                `conversation_full`.
        """
        if item.id in self._items or item.id in self._promised:
            raise InputError(
                "item_create_duplicate_item_id",
                f"An item with the id '{item.id}' exists already.",
                remedy="Leave the id out, or choose another.",
                param="item.id",
            )
        size = _size(item)
        if self._characters + size > MAX_CHARACTERS:
            raise InputError(
                "conversation_full",
                f"The items of a conversation may hold {MAX_CHARACTERS:,} characters.",
                remedy="Delete items that are no longer needed.",
                param="item",
            )
        previous = self.insert(item, after=after)
        self._admitted[item.id] = size
        self._characters += size
        return previous

    def insert(self, item: Item, *, after: str | None = None) -> str | None:
        """Add `item` after the item `after` (None: at the end; "root": at the start) and return its predecessor's id.

        Raises:
            InputError: `item_not_found` for an unknown `after`.
        """
        position = self._position_after(after)
        self._promised.discard(item.id)
        self._order.insert(position, item.id)
        self._items[item.id] = item
        return self._order[position - 1] if position else None

    def replace(self, item: Item) -> None:
        """Put `item` in the place of the one with its id."""
        self._items[item.id] = item

    def delete(self, item_id: str) -> None:
        """Take the item out; the id of one that is still being made stays its own.

        Raises:
            InputError: `item_delete_invalid_item_id`.
        """
        if item_id not in self._items:
            raise InputError(
                "item_delete_invalid_item_id",
                f"Error deleting item: the item with id '{item_id}' does not exist.",
                remedy=_REMEDY,
                param="item_id",
            )
        if self._items.pop(item_id).status == "in_progress":
            self._promised.add(item_id)
        self._characters -= self._admitted.pop(item_id, 0)
        self._order.remove(item_id)

    def previous_id(self, item_id: str) -> str | None:
        """Return the id of the item before `item_id`, or None when it is the first."""
        position = self._order.index(item_id)
        return self._order[position - 1] if position else None

    def _position_after(self, after: str | None) -> int:
        if after is None:
            return len(self._order)
        if after == ROOT:
            return 0
        if after not in self._items:
            raise InputError(
                "item_not_found",
                f"There is no item '{after}' to insert after.",
                remedy="Leave previous_item_id out to append, or use 'root' to insert at the start.",
                param="previous_item_id",
            )
        return self._order.index(after) + 1


def _size(item: Item) -> int:
    text = sum(len(part.text or "") for part in item.content)
    return ITEM_CHARACTERS + text + len(item.arguments) + len(item.output)
