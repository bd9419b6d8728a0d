"""What the chat engine asks a model: the character, what is remembered, what was said."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.dialogue.dialogue_scene import (
    ANN,
    CountingReplies,
    ListedMemory,
    chat_engine,
    prompt,
    said,
    text_of,
    used,
    user,
    viva,
)
from vivavoce.dialogue.chat_engine import ChatEngineSettings
from vivavoce.dialogue.engine import TurnOptions
from vivavoce.dialogue.recalling import RecallSettings
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, TextDelta, ToolSpec
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from vivavoce.memory.facts import Fact, Recalled

pytestmark = pytest.mark.anyio

MANY = [f"The user has a cousin number {number} who lives far away." for number in range(40)]


async def test_the_character_speaks_first_and_is_told_its_expressions() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with chat_engine(replies) as engine:
        await said(engine, user("Hi."))
    system, words = replies.requests[0].messages
    assert system.role == "system"
    assert system.content.startswith("You are Viva.\n\n")
    assert "[joy]" in system.content
    assert words == user("Hi.")


@pytest.mark.parametrize("memory", [None, ListedMemory(["The user has a parrot called Polly."])])
async def test_before_a_greeting_somebody_comes(memory: ListedMemory | None) -> None:
    replies = ScriptedReplies(("Fine.",))
    greeting, asked = viva("Good evening!"), user("How is my parrot?")
    async with chat_engine(replies, memory) as engine:
        await said(engine, greeting)
        await said(engine, greeting, asked)
    first, second = (request.messages for request in replies.requests)
    assert [message.role for message in second] == ["system", "user", "assistant", "user"]
    assert second[: len(first)] == first
    assert ("Polly" in second[1].content) == (memory is not None)


async def test_instructions_of_the_session_stand_in_the_character_s_place() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with chat_engine(replies) as engine:
        await said(engine, ChatMessage(role="system", content="You are a pirate."), user("Hi."))
    assert replies.requests[0].messages[0].content.startswith("You are a pirate.")
    assert "Viva" not in prompt(replies.requests[0])


async def test_without_streaming_the_text_comes_in_one_piece() -> None:
    async with chat_engine(ScriptedReplies(("Hel", "lo", "."))) as engine:
        assert await said(engine, user("Hi."), stream=False) == [TextDelta(text="Hello."), ReplyEnd()]


async def test_of_a_user_of_whom_little_is_known_all_of_it_stands_in_the_beginning() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with chat_engine(replies, ListedMemory(["The user has a dog called Rex."])) as engine:
        deltas = await said(engine, user("Hi."))
    assert "dog called Rex" in replies.requests[0].messages[1].content
    assert replies.requests[0].messages[1].content.endswith("\nHi.")
    assert used(deltas) == ["The user has a dog called Rex."]
    assert text_of(deltas) == "Hello."


async def test_a_fact_found_for_a_turn_stands_behind_its_words_and_stays_there() -> None:
    replies = ScriptedReplies(("Rex.",))
    async with chat_engine(replies, ListedMemory([*MANY, "The user has a parrot called Polly."])) as engine:
        deltas = await said(engine, user("Hi."), viva("Hello."), user("How is my parrot?"))
        later = (user("Hi."), viva("Hello."), user("How is my parrot?"), viva("Fine."), user("Good."))
        await said(engine, *later)
    first, second = replies.requests
    assert first.messages[-1].content.startswith("How is my parrot?\n(")
    assert "called Polly" in first.messages[-1].content
    assert second.messages[: len(first.messages)] == first.messages
    assert used(deltas) == ["The user has a parrot called Polly."]


async def test_a_fact_found_while_the_words_still_come_stands_before_them_and_is_read_ahead() -> None:
    replies = CountingReplies(("Fine.",))
    memory = ListedMemory([*MANY, "The user has a parrot called Polly."])
    async with chat_engine(replies, memory) as engine:
        await engine.read_ahead((user("How is my parrot"),), "c", "viva", options=ANN)
        await said(engine, user("How is my parrot doing today?"))
    read, asked = replies.read[0].messages[-1].content, replies.requests[0].messages[-1].content
    assert "Polly" in read
    assert read.endswith("\nHow is my parrot")
    assert asked == read + " doing today?"


async def test_a_fact_is_told_once() -> None:
    replies = ScriptedReplies(("Fine.",))
    async with chat_engine(replies, ListedMemory([*MANY, "The user has a parrot called Polly."])) as engine:
        turns = (user("How is my parrot?"), viva("Fine."), user("Does the parrot sing?"))
        await said(engine, *turns[:1])
        deltas = await said(engine, *turns)
    assert prompt(replies.requests[-1]).count("Polly") == 1
    assert used(deltas) == ["The user has a parrot called Polly."], "it is told which memories the reply rests on"


@pytest.mark.parametrize("others", [[], MANY])
async def test_a_fact_that_the_turn_itself_tells_is_not_put_beside_it(others: list[str]) -> None:
    replies = ScriptedReplies(("Nice.",))
    memory = ListedMemory([*others, "I have a parrot called Polly.", "My parrot loves music."])
    async with chat_engine(replies, memory) as engine:
        deltas = await said(engine, user("Hello! I have a parrot called Polly."))
    assert prompt(replies.requests[0]).count("called Polly") == 1
    assert used(deltas) == ["My parrot loves music."]


async def test_memory_that_takes_too_long_is_left_out() -> None:
    replies = ScriptedReplies(("Fine.",))
    async with chat_engine(replies, ListedMemory(["The user has a parrot called Polly."], slow=5.0)) as engine:
        deltas = await said(engine, user("How is my parrot?"))
    assert "Polly" not in prompt(replies.requests[0])
    assert used(deltas) == []


@pytest.mark.parametrize("who", ["", "bob"])
async def test_nobody_else_s_memory_is_used(who: str) -> None:
    replies = ScriptedReplies(("Fine.",))
    async with chat_engine(replies, ListedMemory(["The user has a parrot called Polly."])) as engine:
        await said(engine, user("How is my parrot?"), options=TurnOptions(user_id=who, language="en"))
    assert "Polly" not in prompt(replies.requests[0])


async def test_a_character_without_memory_asks_none() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), ListedMemory(["The user has a parrot called Polly."])
    async with chat_engine(replies, memory) as engine:
        async for _ in engine.generate_response((user("How is my parrot?"),), "c", "forgetful", options=ANN):
            pass
    assert memory.searches == []
    assert "Polly" not in prompt(replies.requests[0])


async def test_every_prompt_of_a_conversation_begins_with_the_one_before() -> None:
    replies = ScriptedReplies(("Fine.",))
    memory = ListedMemory([*MANY, "The user has a parrot called Polly.", "The user sings in a choir."])
    messages: tuple[ChatMessage, ...] = ()
    async with chat_engine(replies, memory) as engine:
        for words in ("Hello.", "How is my parrot?", "Shall I sing with the choir?", "And the parrot?", "Bye."):
            messages = (*messages, user(words))
            await said(engine, *messages)
            messages = (*messages, viva("Fine."))
    for before, after in pairwise(replies.requests):
        assert after.messages[: len(before.messages)] == before.messages


async def test_a_reply_beside_the_conversation_changes_nothing_of_it() -> None:
    replies = ScriptedReplies(("Fine.",))
    async with chat_engine(replies, ListedMemory([*MANY, "The user has a parrot called Polly."])) as engine:
        turns = (user("How is my parrot?"), viva("Fine."), user("Good."))
        await said(engine, *turns[:1])
        await said(engine, user("Name this conversation."), viva("It is about pets."), user("Shorter."))
        await said(engine, *turns)
    assert replies.requests[2].messages[:2] == replies.requests[0].messages


async def test_a_closed_conversation_is_forgotten() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), ListedMemory([])
    async with chat_engine(replies, memory) as engine:
        await said(engine, user("Hi."))
        memory.texts.append("The user has a parrot called Polly.")
        engine.close_conversation("c")
        engine.close_conversation("never there")
        await said(engine, user("Hi."))
    assert "Polly" in prompt(replies.requests[1])


async def test_tools_are_passed_on_unless_they_are_not_to_be_used() -> None:
    replies = ScriptedReplies(("Fine.",))
    options = TurnOptions(language="en", tools=(ToolSpec(name="look"),), tool_choice="required")
    async with chat_engine(replies) as engine:
        for use in (True, False):
            async for _ in engine.generate_response((user("Hi."),), "c", "viva", use, options=options):
                pass
    assert [len(request.tools) for request in replies.requests] == [1, 0]
    assert replies.requests[0].tool_choice == "required"


async def test_health_tells_why_there_is_no_answer() -> None:
    async with chat_engine(ScriptedReplies(("Fine.",))) as engine:
        assert (await engine.health_check()).is_healthy

        def gone() -> ScriptedReplies:
            raise EngineError("llm_unavailable", "There is no engine for a language model.", stage=Stage.LLM)

        engine._replies = gone
        health = await engine.health_check()
        assert not health.is_healthy
        assert "no engine" in health.detail
        assert engine.get_engine_info().model == ""
        assert not engine.can_read_ahead


async def test_a_reply_that_is_left_stops_the_model() -> None:
    replies = ScriptedReplies(("One.", "Two.", "Three."))
    async with chat_engine(replies) as engine:
        deltas = engine.generate_response((user("Hi."),), "c", "viva", options=ANN)
        assert await anext(deltas) == TextDelta(text="One.")
        await deltas.aclose()
    assert replies.abandoned == 1


class BrokenMemory(ListedMemory):
    """A memory whose library raises whatever it likes."""

    async def facts(self, user_id: str, *, limit: int = 100) -> list[Fact]:
        raise PermissionError("read-only")

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        raise KeyError("id")


async def test_a_memory_that_breaks_ends_neither_the_reply_nor_anything_else() -> None:
    replies = ScriptedReplies(("Fine.",))
    async with chat_engine(replies, BrokenMemory()) as engine:
        assert text_of(await said(engine, user("How is my parrot?"))) == "Fine."
        assert text_of(await said(engine, user("And now?"))) == "Fine."


class StuckMemory(ListedMemory):
    """A memory that has not answered yet."""

    begun = 0

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        self.begun += 1
        await anyio.sleep_forever()
        return ()


async def test_a_slow_memory_is_asked_one_thing_at_a_time_for_each_conversation() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), StuckMemory()
    settings = ChatEngineSettings(recall=RecallSettings(deadline_seconds=0.001, give_up_seconds=60.0))
    async with chat_engine(replies, memory, settings) as engine:
        for words in ("How is", "How is my", "How is my parrot?"):
            await said(engine, user(words))
        assert memory.begun == 1
        await said(engine, user("Hello."), conversation="another")
        assert memory.begun == 2


async def test_a_memory_that_never_answers_is_given_up_and_asked_again() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), StuckMemory()
    settings = ChatEngineSettings(recall=RecallSettings(deadline_seconds=0.05, give_up_seconds=0.001))
    async with chat_engine(replies, memory, settings) as engine:
        await said(engine, user("How is"))
        await said(engine, user("How is my parrot?"))
    assert memory.begun == 2
