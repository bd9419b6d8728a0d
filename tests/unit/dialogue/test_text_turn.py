"""Turns in writing, with tools."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.dialogue.dialogue_scene import persona
from vivavoce.dialogue.kept_texts import InMemoryTexts, OneAtATime
from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.dialogue.text_events import (
    TextAsked,
    TextDone,
    TextEvent,
    TextPiece,
    TextToolAnswered,
    TextToolCalled,
)
from vivavoce.dialogue.text_turn import MAX_ROUNDS, TextTurns
from vivavoce.engines.llm.fake import ScriptedReplies, calling
from vivavoce.engines.protocols import ChatMessage
from vivavoce.errors import CapacityError, InputError
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.definition import StartTimer, ToolCaller
from vivavoce.tools.functions import FunctionTools, tool
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest
    from vivavoce.memory.facts import Fact, Recalled, SpokenTurn

pytestmark = pytest.mark.anyio


@tool
async def say_nothing() -> str:
    """Say nothing."""
    return ""


NOON = datetime(2026, 6, 4, 12, 0, tzinfo=UTC)


class Learning:
    """Long-term memory that takes note of what it is to learn from, and forgets nothing."""

    def __init__(self) -> None:
        self.learned: list[SpokenTurn] = []
        self.asked: list[str] = []

    def observe(self, turn: SpokenTurn) -> None:
        self.learned.append(turn)

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> Fact:
        raise NotImplementedError

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        raise NotImplementedError

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> tuple[Fact, ...]:
        self.asked.append(user_id)
        return ()


@asynccontextmanager
async def writing(replies: ScriptedReplies, memory: Learning | None = None) -> AsyncIterator[TextTurns]:
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=lambda: replies, personas=persona, background=background)
        switch = EngineSwitch(known_engines(), parts)
        yield TextTurns(
            switch,
            toolbox=lambda _: Toolbox([built_in_tools(memory=memory, now=lambda: NOON)]),
            personas=persona,
            persona="viva",
            memory=memory,
            wall_clock=lambda: 100.0,
        )
        background.cancel_scope.cancel()


async def turn(
    turns: TextTurns,
    message: str,
    *,
    conversation: str = "",
    who: str = "ann",
    use_tools: bool = True,
    character: str = "",
) -> list[TextEvent]:
    asked = TextAsked(
        message=message, user_id=who, conversation_id=conversation, use_tools=use_tools, persona_id=character
    )
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


@pytest.mark.parametrize(
    ("character", "message", "told"),
    [
        ("xiaomei", "几点了？", "星期四"),
        ("xiaomei", "What time is it?", "星期四"),
        ("lin", "几点了？", "星期四"),
        ("lin", "What time is it?", "Thursday"),
        ("viva", "几点了？", "Thursday"),
    ],
)
async def test_a_tool_answers_in_the_language_of_the_message_or_else_the_character_s(
    character: str, message: str, told: str
) -> None:
    replies = ScriptedReplies(calling("get_time", "{}"), ("Well.",))
    async with writing(replies) as turns:
        events = await turn(turns, message, character=character)
    answered = events[1]
    assert isinstance(answered, TextToolAnswered)
    assert told in answered.output


async def test_what_needs_the_user_s_word_is_neither_offered_nor_run_in_writing() -> None:
    opened: list[str] = []

    @tool(needs_approval=True)
    async def open_door() -> str:
        """Open the door."""
        opened.append("door")
        return "Open."

    toolbox = Toolbox([FunctionTools([open_door], label="house"), built_in_tools(now=lambda: NOON)])
    replies = ScriptedReplies(calling("open_door", "{}"), ("Goodbye.",))
    async with writing(replies) as turns:
        turns._toolbox = lambda _: toolbox
        events = await turn(turns, "Goodbye.")
    assert "open_door" not in [tool.name for tool in replies.requests[0].tools]
    assert [event.error_code for event in events if isinstance(event, TextToolAnswered)] == ["tool_not_found"]
    assert not opened


async def test_a_tool_of_somebody_s_own_that_acts_on_a_session_is_told_in_plain_words_that_there_is_none() -> None:
    @tool
    async def boil_eggs(caller: ToolCaller) -> str:
        """Start the egg timer."""
        caller.act(StartTimer(timer_id="eggs", seconds=300.0, label="eggs"))
        return "Started."

    told = []
    for character in ("viva", "xiaomei"):
        async with writing(ScriptedReplies(calling("boil_eggs", "{}"), ("Well.",))) as turns:
            turns._toolbox = lambda _: Toolbox([FunctionTools([boil_eggs])])
            events = await turn(turns, "Boil some eggs.", character=character)
        answered = events[1]
        assert isinstance(answered, TextToolAnswered)
        assert answered.error_code == "no_session"
        told.append(answered.output)
    assert told == ["That is possible only when you talk by voice.", "这只有在语音对话中才能做到。"]


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
        await texts.append("ann", name, [ChatMessage(role="user", content="Hi.")], begins=True)
    with pytest.raises(InputError):
        await texts.messages("ann", "a")
    for number in range(10):
        said = [ChatMessage(role="user", content=str(number)), ChatMessage(role="assistant", content="Yes.")]
        await texts.append("ann", "c", said, begins=False)
    kept = await texts.messages("ann", "c")
    assert len(kept) <= 6
    assert kept[0].role == "user"
    assert kept[-2].content == "9"


async def test_what_was_written_is_learned_from_once_it_is_answered() -> None:
    memory = Learning()
    async with writing(ScriptedReplies(("Nice.",), ("Half", InputError("broken", "It broke."))), memory) as turns:
        first = done(await turn(turns, "My parrot is called Polly."))
        with pytest.raises(InputError):
            await turn(turns, "My dog is called Rex.")
    (learned,) = memory.learned
    assert (learned.user_id, learned.said, learned.heard) == ("ann", "My parrot is called Polly.", "Nice.")
    assert (learned.conversation_id, learned.language, learned.at) == (first.conversation_id, "en", 100.0)
    assert learned.turn_id


async def test_nothing_is_learned_from_a_turn_in_which_something_was_forgotten() -> None:
    memory = Learning()
    replies = ScriptedReplies(calling("forget", '{"about": "my parrot"}'), ("Done.",))
    async with writing(replies, memory) as turns:
        await turn(turns, "Forget that my parrot is called Polly.")
    assert memory.asked == ["ann"]
    assert memory.learned == []


async def test_a_character_without_memory_learns_nothing_and_has_no_tools_for_it() -> None:
    memory = Learning()
    replies = ScriptedReplies(calling("forget", '{"about": "my parrot"}'), ("Well.",))
    async with writing(replies, memory) as turns:
        await turn(turns, "My parrot is called Polly.", character="forgetful")
        assert {tool.name for tool in replies.requests[0].tools}.isdisjoint({"remember", "recall", "forget"})
        assert memory.asked == [], "a call of what was not offered is not run"
        await turn(turns, "My parrot is called Polly.", character="viva")
    assert {"remember", "recall", "forget"} <= {tool.name for tool in replies.requests[-1].tools}
    assert len(memory.learned) == 1


async def test_a_tool_that_says_nothing_has_answered_all_the_same() -> None:
    silent = Toolbox([FunctionTools([say_nothing])])
    replies = ScriptedReplies(calling("say_nothing", "{}"), ("Done.",), ("Yes.",))
    async with writing(replies) as turns:
        turns._toolbox = lambda _: silent
        first = done(await turn(turns, "Be silent."))
        await turn(turns, "And now?", conversation=first.conversation_id)
    roles = [message.role for message in replies.requests[-1].messages]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


class SlowReplies(ScriptedReplies):
    """A model that lets others run before it answers."""

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        await anyio.wait_all_tasks_blocked()
        async for delta in super().reply(request):
            yield delta


async def test_two_messages_at_once_in_one_conversation_are_answered_one_after_the_other() -> None:
    replies = SlowReplies(("Hello.",))
    async with writing(replies) as turns:
        first = done(await turn(turns, "Hi."))
        async with anyio.create_task_group() as tasks:
            for words in ("One.", "Two."):
                tasks.start_soon(lambda words: turn(turns, words, conversation=first.conversation_id), words)
        last = [message.content for message in replies.requests[-1].messages[1:]]
    assert last in (
        ["Hi.", "Hello.", "One.", "Hello.", "Two."],
        ["Hi.", "Hello.", "Two.", "Hello.", "One."],
    )


async def test_only_so_many_messages_wait_and_only_for_so_long() -> None:
    turns = OneAtATime(most_waiting=1, wait_seconds=0.01)
    async with turns.turn("ann", "c"), turns.turn("bob", "c"):
        with pytest.raises(CapacityError) as late:
            async with turns.turn("ann", "c"):
                pass
        async with anyio.create_task_group() as tasks:
            other = turns.turn("ann", "c")
            tasks.start_soon(_given_up, other)
            await anyio.lowlevel.checkpoint()
            with pytest.raises(CapacityError) as full:
                async with turns.turn("ann", "c"):
                    pass
    assert late.value.code == full.value.code == "conversation_busy"
    assert len(turns) == 0


async def _given_up(turn: AbstractAsyncContextManager[None]) -> None:
    with pytest.raises(CapacityError):
        await turn.__aenter__()
