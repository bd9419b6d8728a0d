from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.memory.memory_scene import Clock, memory_in, running, spoken
from vivavoce.memory.extraction.statement import Statement
from vivavoce.memory.learning import SlowExtraction
from vivavoce.memory.stillness import Stillness

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.memory.facts import SpokenTurn
    from vivavoce.memory.long_term import LongTermMemory

pytestmark = pytest.mark.anyio

PORTO = "What with Paula and the bakery in Porto there's never any sleep."


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class ReadsIntoIt:
    """A language model that takes whatever was said for a fact."""

    async def extract(self, turn: SpokenTurn) -> tuple[Statement, ...]:
        return (Statement(text=turn.said, language="en", confidence=0.5),)


async def texts(memory: LongTermMemory) -> set[str]:
    return {fact.text for fact in await memory.facts("ann", replaced=True)}


async def forgotten(memory: LongTermMemory, words: str = "that", conversation_id: str = "c1") -> list[str]:
    return [fact.text for fact in await memory.forget_about("ann", words, conversation_id=conversation_id)]


@pytest.mark.parametrize("words", ["that", "That.", "what I just said", "这个"])
async def test_that_is_what_was_told_last_in_the_same_conversation(tmp_path: Path, words: str) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        await memory.remember("ann", "I keep bees.", language="en", conversation_id="c1")
        clock.now += 1.0
        await memory.remember("ann", "I play chess.", language="en", conversation_id="c2")
        assert await forgotten(memory, words) == ["I keep bees."]
        assert await forgotten(memory, words) == []
        assert await texts(memory) == {"I play chess."}


async def test_a_fact_told_again_counts_for_the_conversation_in_which_it_was(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory, running(memory):
        for conversation_id, turn_id in (("c0", "t0"), ("c1", "t1")):
            memory.observe(spoken("I keep bees.", conversation_id=conversation_id, turn_id=turn_id))
            await memory.caught_up()
        (fact,) = await memory.facts("ann")
        assert (fact.conversation_id, fact.turn_id) == ("c1", "t1")
        assert await forgotten(memory) == ["I keep bees."]


async def test_what_still_waits_to_be_learned_is_never_learned_and_older_facts_stay(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        await memory.remember("ann", "I keep bees.", language="en", conversation_id="c1")
        memory.observe(spoken("I play chess. I live in Rome.", turn_id="t2", at=clock.now + 1.0))
        memory.observe(spoken("I own a boat.", turn_id="t3", at=clock.now + 2.0, conversation_id="c2"))
        assert await forgotten(memory) == ["I play chess.", "I live in Rome."]
        async with running(memory):
            await memory.caught_up()
        assert await texts(memory) == {"I keep bees.", "I own a boat."}


async def test_a_turn_that_waits_for_its_second_look_is_never_learned(tmp_path: Path) -> None:
    clock, stillness = Clock(), Stillness()
    slow = SlowExtraction(extractor=ReadsIntoIt(), stillness=stillness)
    async with memory_in(tmp_path, clock=clock, slow=slow) as memory:
        await memory.remember("ann", "I keep bees.", language="en", conversation_id="c1")
        stillness.disturb("session")
        memory.observe(spoken(PORTO, turn_id="t2", at=clock.now + 1.0))
        memory.observe(spoken("Thanks.", turn_id="t3", at=clock.now + 2.0))
        async with running(memory):
            assert await forgotten(memory) == [PORTO]
            stillness.settle("session")
            await memory.caught_up()
            assert PORTO not in await texts(memory)
            assert "I keep bees." in await texts(memory)


async def test_small_talk_that_waits_does_not_keep_that_from_meaning_the_fact_before_it(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        await memory.remember("ann", "I keep bees.", language="en", conversation_id="c1")
        memory.observe(spoken("Okay, thanks a lot.", turn_id="t2", at=clock.now + 1.0))
        assert await forgotten(memory) == ["I keep bees."]


async def test_a_turn_of_long_ago_that_still_waits_is_not_meant(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        memory.observe(spoken("I play chess.", at=clock.now))
        clock.now += 601.0
        assert await forgotten(memory) == []
        async with running(memory):
            await memory.caught_up()
        assert await texts(memory) == {"I play chess."}
