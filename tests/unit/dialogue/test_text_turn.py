"""Turns in writing, with tools."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.dialogue.dialogue_scene import persona
from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.dialogue.text_turn import (
    MAX_ROUNDS,
    InMemoryTexts,
    TextAsked,
    TextDone,
    TextEvent,
    TextPiece,
    TextToolAnswered,
    TextToolCalled,
    TextTurns,
)
from vivavoce.engines.llm.fake import ScriptedReplies, calling
from vivavoce.engines.protocols import ChatMessage
from vivavoce.errors import InputError
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)


@asynccontextmanager
async def writing(replies: ScriptedReplies) -> AsyncIterator[TextTurns]:
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=lambda: replies, personas=persona, background=background)
        switch = EngineSwitch(known_engines(), parts)
        yield TextTurns(
            switch, toolbox=lambda _: Toolbox([built_in_tools(now=lambda: NOON)]), personas=persona, persona="viva"
        )
        background.cancel_scope.cancel()


async def turn(
    turns: TextTurns, message: str, *, conversation: str = "", who: str = "ann", use_tools: bool = True
) -> list[TextEvent]:
    asked = TextAsked(message=message, user_id=who, conversation_id=conversation, use_tools=use_tools)
    return [event async for event in turns.turn(asked)]


def done(events: list[TextEvent]) -> TextDone:
    last = events[-1]
    assert isinstance(last, TextDone)
    return last


async def test_an_answer_comes_in_pieces_and_then_whole_without_its_cues() -> None:
    async with writing(ScriptedReplies(("[joy] Hel", "lo, Ann."))) as turns:
        events = await turn(turns, "Hi.")
    assert "".join(event.text for event in events if isinstance(event, TextPiece)).strip() == "Hello, Ann."
    assert done(events).reply == "Hello, Ann."
    assert done(events).engine == "chat_engine"


async def test_a_conversation_goes_on_by_its_id() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with writing(replies) as turns:
        first = done(await turn(turns, "Hi."))
        second = done(await turn(turns, "And now?", conversation=first.conversation_id))
    assert second.conversation_id == first.conversation_id
    assert [message.content for message in replies.requests[1].messages[1:]] == ["Hi.", "Hello.", "And now?"]


async def test_somebody_else_s_conversation_is_not_there() -> None:
    async with writing(ScriptedReplies(("Hello.",))) as turns:
        first = done(await turn(turns, "Hi."))
        with pytest.raises(InputError) as refused:
            await turn(turns, "Hi.", conversation=first.conversation_id, who="bob")
    assert refused.value.code == "conversation_not_found"


async def test_a_tool_is_run_and_its_answer_told_to_the_model() -> None:
    replies = ScriptedReplies(calling("get_time", "{}"), ("It is noon.",))
    async with writing(replies) as turns:
        events = await turn(turns, "What time is it?")
    called, answered = events[0], events[1]
    assert called == TextToolCalled(name="get_time", arguments="{}")
    assert isinstance(answered, TextToolAnswered)
    assert answered.error_code == ""
    assert "12" in answered.output
    assert done(events).reply == "It is noon."
    assert [message.role for message in replies.requests[1].messages] == ["system", "user", "assistant", "tool"]


async def test_a_tool_that_acts_on_a_session_is_told_that_there_is_none() -> None:
    replies = ScriptedReplies(calling("end_conversation", "{}"), ("I cannot hang up here.",))
    async with writing(replies) as turns:
        events = await turn(turns, "Goodbye.")
    answered = events[1]
    assert isinstance(answered, TextToolAnswered)
    assert answered.error_code == "no_session"


async def test_a_model_that_never_stops_calling_is_stopped() -> None:
    replies = ScriptedReplies(calling("get_time", "{}"))
    async with writing(replies) as turns:
        await turn(turns, "What time is it?")
    assert len(replies.requests) == MAX_ROUNDS
    assert [request.tool_choice for request in replies.requests[-2:]] == ["auto", "none"]


async def test_without_tools_none_are_offered() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with writing(replies) as turns:
        await turn(turns, "Hi.", use_tools=False)
    assert replies.requests[0].tools == ()


async def test_a_failed_turn_leaves_the_conversation_as_it_was() -> None:
    error = InputError("broken", "It broke.")
    replies = ScriptedReplies(("Hello.",), ("Half", error), ("Well.",))
    async with writing(replies) as turns:
        first = done(await turn(turns, "Hi."))
        with pytest.raises(InputError):
            await turn(turns, "And now?", conversation=first.conversation_id)
        await turn(turns, "Again?", conversation=first.conversation_id)
    assert [message.content for message in replies.requests[2].messages[1:]] == ["Hi.", "Hello.", "Again?"]


async def test_only_so_many_conversations_and_messages_are_kept() -> None:
    texts = InMemoryTexts(conversations=2, messages=6)
    for name in ("a", "b", "c"):
        await texts.append("ann", name, [ChatMessage(role="user", content="Hi.")])
    with pytest.raises(InputError):
        await texts.messages("ann", "a")
    for number in range(10):
        said = [ChatMessage(role="user", content=str(number)), ChatMessage(role="assistant", content="Yes.")]
        await texts.append("ann", "c", said)
    kept = await texts.messages("ann", "c")
    assert len(kept) <= 6
    assert kept[0].role == "user"
    assert kept[-2].content == "9"
