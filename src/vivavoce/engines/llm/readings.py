"""Who is being read ahead for, so that a reply finds its conversation's slot free.

Owns the ending of a reading that is in a reply's way. Refuses to know what is read, and by what.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Readings"]


@dataclass(slots=True, eq=False)
class _Reading:
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    has_ended: anyio.Event = field(default_factory=anyio.Event)


class Readings:
    """The readings under way, one a conversation."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Reading] = {}

    @contextmanager
    def of(self, conversation_id: str) -> Iterator[None]:
        """Read in this context; it is left early, without a word, when the conversation's reading is ended."""
        reading = self._under_way[conversation_id] = _Reading()
        try:
            with reading.scope:
                yield
        finally:
            reading.has_ended.set()
            if self._under_way.get(conversation_id) is reading:
                del self._under_way[conversation_id]

    async def end(self, conversation_id: str) -> None:
        """End the conversation's reading, and return once it has let go of everything."""
        reading = self._under_way.get(conversation_id)
        if reading is not None:
            reading.scope.cancel()
            await reading.has_ended.wait()
