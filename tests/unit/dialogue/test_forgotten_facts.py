"""What was forgotten or corrected, or is not this character's to know, stands in no later prompt of a conversation."""

from __future__ import annotations

import pytest

from tests.unit.dialogue.dialogue_scene import (
    ANN,
    CountingReplies,
    ListedMemory,
    chat_engine,
    prompt,
    said,
    used,
    user,
    viva,
)
from vivavoce.dialogue.threads import Thread, TurnNote
from vivavoce.engines.llm.fake import ScriptedReplies

pytestmark = pytest.mark.anyio

MANY = [f"The user has a cousin number {number} who lives far away." for number in range(40)]
PARROT = "The user has a parrot called Polly."
CHOIR = "The user sings in a choir."


async def test_a_fact_that_is_forgotten_leaves_the_beginning_of_a_running_conversation() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), ListedMemory([PARROT, CHOIR])
    async with chat_engine(replies, memory) as engine:
        await said(engine, user("Hello."))
        memory.forget(PARROT)
        await said(engine, user("Hello."), viva("Fine."), user("And now?"))
    assert "Polly" in prompt(replies.requests[0])
    assert "Polly" not in prompt(replies.requests[1])
    assert "choir" in prompt(replies.requests[1]), "the others stay"


async def test_a_fact_that_is_corrected_is_known_as_it_is_now() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), ListedMemory([PARROT])
    async with chat_engine(replies, memory) as engine:
        await said(engine, user("Hello."))
        memory.texts.append("The user has a parrot called Coco.")
        memory.forget(PARROT)
        await said(engine, user("Hello."), viva("Fine."), user("And now?"))
    assert "Coco" in prompt(replies.requests[1])
    assert "Polly" not in prompt(replies.requests[1])


async def test_a_fact_that_is_forgotten_leaves_the_turns_beside_which_it_stood() -> None:
    replies, memory = ScriptedReplies(("Fine.",)), ListedMemory([*MANY, PARROT])
    async with chat_engine(replies, memory) as engine:
        await said(engine, user("How is my parrot?"))
        memory.forget(PARROT)
        deltas = await said(engine, user("How is my parrot?"))
    assert "Polly" in prompt(replies.requests[0])
    assert "Polly" not in prompt(replies.requests[1])
    assert used(deltas) == []


async def test_an_engine_that_is_closed_hears_of_nothing_more() -> None:
    memory = ListedMemory([PARROT])
    async with chat_engine(ScriptedReplies(("Fine.",)), memory) as engine:
        assert len(memory.listeners) == 1
        await engine.aclose()
    assert memory.listeners == []


def test_a_summary_that_may_tell_of_a_forgotten_fact_leaves_with_it() -> None:
    thread = Thread(user_id="ann", known=(("f1", CHOIR),))
    thread.note(0, TurnNote(words="Hi.", after=(("f2", PARROT),)))
    thread.cover((user("Hi."), viva("How is Polly?")), "We spoke of Polly.", ("user: Hi.",))
    thread.forget({"f3"})
    assert thread.summary, "it tells of nothing that was forgotten"
    thread.forget({"f2"})
    assert (thread.summary, thread.lines, thread.covered) == ("", ("user: Hi.",), 2)
    assert thread.known == (("f1", CHOIR),)


async def test_a_character_without_memory_that_takes_over_is_not_told_what_another_knew() -> None:
    replies, memory = CountingReplies(("Fine.",)), ListedMemory([PARROT])
    async with chat_engine(replies, memory) as engine:
        await said(engine, user("How is my parrot?"))
        turns = (user("How is my parrot?"), viva("Fine."), user("Who are you?"))
        async for _ in engine.generate_response(turns, "c", "forgetful", options=ANN):
            pass
        await engine.read_ahead((*turns, viva("Dory."), user("And")), "c", "forgetful", options=ANN)
        await said(engine, *turns, viva("Dory."), user("Viva?"))
    assert "Polly" in prompt(replies.requests[0])
    assert "Polly" not in prompt(replies.requests[1])
    assert "Polly" not in prompt(replies.read[0])
    assert "Polly" in prompt(replies.requests[2]), "the first one knows it still"
