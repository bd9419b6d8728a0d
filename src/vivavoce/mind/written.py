"""Conversations in writing, kept in the same history as those that are spoken.

Owns the way from what was written to the history's entries and back. Refuses to know how either is made.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from vivavoce.conversation.context import prompt
from vivavoce.errors import InputError
from vivavoce.history.records import Entry, Portion, ToolUse, title_of
from vivavoce.session.chronicle_entries import items_of
from vivavoce.session.requests import chat_messages
from vivavoce.tools.definition import BUILT_IN_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vivavoce.engines.protocols import ChatMessage
    from vivavoce.history.store import HistoryStore

__all__ = ["WrittenConversations"]

MOST_ENTRIES = 400


class WrittenConversations:
    """A `KeepsTexts` on a history; a spoken conversation can be gone on with in writing, and the other way round."""

    def __init__(self, store: HistoryStore, *, wall_clock: Callable[[], float]) -> None:
        self._store = store
        self._wall_clock = wall_clock

    async def messages(self, user_id: str, conversation_id: str) -> tuple[ChatMessage, ...]:
        """Return what was said, the oldest first.

        Raises:
            InputError: `conversation_not_found`.
            StorageError: the database cannot be read.
        """
        entries = await self._store.entries(user_id, conversation_id, last=MOST_ENTRIES)
        return chat_messages(prompt(items_of(entries), instructions=""))

    async def append(
        self, user_id: str, conversation_id: str, messages: Sequence[ChatMessage], *, begins: bool
    ) -> None:
        """Keep what was said next, or first where it `begins`; of a conversation deleted meanwhile nothing is kept.

        Raises:
            StorageError: the database cannot be written to.
        """
        now = self._wall_clock()
        try:
            last = [] if begins else await self._store.entries(user_id, conversation_id, last=1)
        except InputError:
            return
        place = last[-1].place + 1 if last else 0.0
        asked = next((message.content for message in messages if message.role == "user"), "")
        portion = Portion(
            conversation_id=conversation_id,
            user_id=user_id,
            at=now,
            opens=begins,
            title=title_of(asked),
            entries=tuple(_entries(messages, place=place, at=now)),
        )
        await self._store.append(portion)


def _entries(messages: Sequence[ChatMessage], *, place: float, at: float) -> Iterator[Entry]:
    outcomes = {message.tool_call_id: message.content for message in messages if message.role == "tool"}
    for message in messages:
        if message.role in ("user", "assistant") and message.content:
            yield Entry(id=_new_id(), place=place, role=message.role, said=message.content, created_at=at)
            place += 1
        for call_id, name, arguments in message.tool_calls:
            use = ToolUse(
                call_id=call_id,
                name=name,
                arguments=arguments,
                output=outcomes.get(call_id, ""),
                server_label=BUILT_IN_LABEL,
            )
            yield Entry(id=_new_id(), place=place, kind="mcp_call", role="assistant", call=use, created_at=at)
            place += 1


def _new_id() -> str:
    return f"item_{secrets.token_hex(10)}"
