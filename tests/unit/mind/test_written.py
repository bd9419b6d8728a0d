"""What is kept of a conversation in writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from vivavoce.engines.protocols import ChatMessage
from vivavoce.errors import InputError
from vivavoce.mind.written import WrittenConversations

if TYPE_CHECKING:
    from vivavoce.history.records import Entry, Portion
    from vivavoce.history.store import HistoryStore

pytestmark = pytest.mark.anyio

ASKED = ChatMessage(role="user", content="What time is it?")
CALLED = ChatMessage(role="assistant", content="Let me see.", tool_calls=(("call_1", "clock", "{}"),))
FOUND = ChatMessage(role="tool", content="It is noon.", tool_call_id="call_1")
ANSWERED = ChatMessage(role="assistant", content="Noon.")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Store:
    """Keeps the portions of one user's conversations."""

    def __init__(self) -> None:
        self.portions: list[Portion] = []
        self.deleted: set[str] = set()

    async def entries(self, user_id: str, conversation_id: str, *, last: int) -> list[Entry]:
        mine = [portion for portion in self.portions if portion.conversation_id == conversation_id]
        if not mine or conversation_id in self.deleted:
            raise InputError("conversation_not_found", "It is not there.")
        return [entry for portion in mine for entry in portion.entries][-last:]

    async def append(self, portion: Portion) -> bool:
        self.portions.append(portion)
        return True


def writing(store: Store) -> WrittenConversations:
    return WrittenConversations(cast("HistoryStore", store), wall_clock=lambda: 100.0)


async def test_what_was_written_comes_back_as_it_was_with_its_calls() -> None:
    store = Store()
    texts = writing(store)
    await texts.append("ann", "c", [ASKED, CALLED, FOUND, ANSWERED], begins=True)
    await texts.append("ann", "c", [ChatMessage(role="user", content="Thanks.")], begins=False)
    assert await texts.messages("ann", "c") == (
        ASKED,
        CALLED,
        FOUND,
        ANSWERED,
        ChatMessage(role="user", content="Thanks."),
    )
    assert [portion.opens for portion in store.portions] == [True, False]
    assert store.portions[0].title == "What time is it?"


async def test_a_conversation_deleted_while_it_is_answered_does_not_come_back() -> None:
    store = Store()
    texts = writing(store)
    await texts.append("ann", "c", [ASKED, ANSWERED], begins=True)
    store.deleted.add("c")
    await texts.append("ann", "c", [ChatMessage(role="user", content="Forget it.")], begins=False)
    assert len(store.portions) == 1
