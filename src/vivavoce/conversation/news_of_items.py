"""News of the conversation: items that come, grow no more, are cut short, and go.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.conversation.items import Item

__all__ = [
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "ItemRetrieved",
    "ItemTruncated",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded:
    """An item is in the conversation."""

    item: Item
    previous_item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDone:
    """An item will not grow any more."""

    item: Item
    previous_item_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDeleted:
    """An item is gone."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTruncated:
    """An item now holds only what was heard."""

    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRetrieved:
    """The item that was asked for; the driver adds its audio."""

    item: Item
