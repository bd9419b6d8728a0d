from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.memory.memory_scene import FIRST_DAY, Clock, memory_in, running, spoken
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.memory.long_term import LongTermMemory

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def told(memory: LongTermMemory, *sentences: str, user_id: str = "ann") -> None:
    for sentence in sentences:
        await memory.remember(user_id, sentence, language="en")


async def texts(memory: LongTermMemory, user_id: str = "ann", *, replaced: bool = False) -> list[str]:
    return [fact.text for fact in await memory.facts(user_id, replaced=replaced)]


async def test_a_fact_is_found_by_its_words_and_survives_a_restart(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "My sister is called Clara.", "I keep bees in the garden.")
    async with memory_in(tmp_path) as memory:
        (best, *_) = await memory.search("ann", "What is my sister called?")
    assert best.fact.text == "My sister is called Clara."
    assert 0.0 < best.score <= 1.0


async def test_a_fact_keeps_where_and_when_it_was_told(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        fact = await memory.remember("ann", "  I keep\n bees. ", language="auto", conversation_id="c", turn_id="t")
        assert (fact.text, fact.language, fact.told_at) == ("I keep bees.", "en", FIRST_DAY)
        assert (fact.conversation_id, fact.turn_id, fact.confidence) == ("c", "t", 1.0)
        assert await memory.fact("ann", fact.id) == fact


async def test_a_contradicting_fact_takes_the_place_of_the_old_one_which_stays_readable(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "I live in Berlin.", "I've moved to Hamburg.")
        assert await texts(memory) == ["I've moved to Hamburg."]
        new, old = await memory.facts("ann", replaced=True)
        assert (old.text, old.replaced_by) == ("I live in Berlin.", new.id)
        found = await memory.search("ann", "Do I live in Berlin?", limit=10)
        assert [hit.fact.text for hit in found] == ["I've moved to Hamburg."]


@pytest.mark.parametrize(
    "past",
    [
        "When I was ten I lived in Rome.",
        "I lived in Rome for three years as a child.",
        "I used to live in Rome.",
        "I was a teacher before I retired.",
        "I used to work as a teacher.",
        "I work in the garden a lot.",
        "我小时候住在罗马。",
        "我以前是一名老师。",
    ],
)
async def test_what_was_so_once_takes_the_place_of_nothing(tmp_path: Path, past: str) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "I live in Berlin.", "I'm a nurse.", past)
        assert sorted(await texts(memory)) == sorted(["I live in Berlin.", "I'm a nurse.", past])


async def test_what_is_so_now_stays_when_it_is_told_of_earlier_times_too(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "I used to live in Rome.", "I live in Berlin.", "When I was ten I lived in Rome.")
        assert "I live in Berlin." in await texts(memory)
        await told(memory, "I used to live in Rome, but now I live in Oslo.")
        assert "I live in Berlin." not in await texts(memory)


async def test_a_fact_told_again_is_kept_once_and_counts_as_new(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        first = await memory.remember("ann", "I am allergic to nuts.", language="en")
        clock.now += 1_000.0
        again = await memory.remember("ann", "I'm allergic to nuts!", language="en")
        (only,) = await memory.facts("ann")
    assert again.id == first.id == only.id
    assert only.told_at == clock.now


@pytest.mark.parametrize(("text", "code"), [(" \n ", "memory_empty"), ("x" * 501, "memory_too_long")])
async def test_what_is_no_sentence_is_refused(tmp_path: Path, text: str, code: str) -> None:
    async with memory_in(tmp_path) as memory:
        with pytest.raises(InputError) as refused:
            await memory.remember("ann", text, language="en")
    assert refused.value.code == code


async def test_a_correction_takes_the_place_of_the_fact_whatever_it_says(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        wrong = await memory.remember("ann", "My cat is called Tom.", language="en")
        right = await memory.correct("ann", wrong.id, "I have no cat at all.")
        assert await texts(memory) == ["I have no cat at all."]
        assert (await memory.fact("ann", wrong.id)).replaced_by == right.id
        with pytest.raises(InputError, match="holds no longer"):
            await memory.correct("ann", wrong.id, "Something else.")
        with pytest.raises(InputError) as refused:
            await memory.correct("ann", "mem_unknown", "Something else.")
    assert refused.value.code == "memory_not_found"


async def test_forgetting_takes_every_earlier_version_along(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "I live in Berlin.", "I live in Rome.", "I live in Oslo.", "I keep bees.")
        (oslo,) = [fact for fact in await memory.facts("ann") if "Oslo" in fact.text]
        await memory.forget("ann", oslo.id)
        assert await texts(memory, replaced=True) == ["I keep bees."]
        with pytest.raises(InputError):
            await memory.forget("ann", oslo.id)


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ("my address", ["My address is 4 Mill Road."]),
        ("what I said about the bees", ["I keep bees in the garden."]),
        ("that", ["I play chess on Mondays."]),
        ("这个", ["I play chess on Mondays."]),
        ("my salary", []),
        ("", []),
    ],
)
async def test_what_the_words_clearly_mean_is_forgotten_and_nothing_else(
    tmp_path: Path, words: str, gone: list[str]
) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "My address is 4 Mill Road.", "I keep bees in the garden.", "I play chess on Mondays.")
        before = await texts(memory)
        assert [fact.text for fact in await memory.forget_about("ann", words)] == gone
        assert await texts(memory) == [text for text in before if text not in gone]


async def test_words_that_fit_two_facts_alike_forget_neither(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "My friend Tom likes golf.", "My friend Tim likes golf.")
        assert await memory.forget_about("ann", "my friend who likes golf") == ()


async def test_that_means_nothing_when_the_last_fact_is_old(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        await told(memory, "I keep bees.")
        clock.now += 3_600.0
        assert await memory.forget_about("ann", "that") == ()


async def test_an_export_holds_everything_and_deleting_all_leaves_nothing(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        await told(memory, "I live in Berlin.", "I live in Rome.", "I keep bees.")
        await told(memory, "I keep cows.", user_id="bob")
        exported = [fact async for fact in memory.export("ann")]
        assert sorted(fact.text for fact in exported) == ["I keep bees.", "I live in Berlin.", "I live in Rome."]
        assert await memory.forget_all("ann") == 3
        assert await texts(memory, replaced=True) == []
        assert await memory.search("ann", "bees") == ()
        assert await texts(memory, "bob") == ["I keep cows."]


async def test_facts_come_in_pages_the_newest_first(tmp_path: Path) -> None:
    clock = Clock()
    async with memory_in(tmp_path, clock=clock) as memory:
        for animal in ("ants", "bats", "cows"):
            clock.now += 1.0
            await told(memory, f"I saw {animal} yesterday.")
        newest, *_ = await memory.facts("ann", limit=1)
        oldest, *_ = await memory.facts("ann", limit=1, offset=2)
    assert (newest.text, oldest.text) == ("I saw cows yesterday.", "I saw ants yesterday.")


async def test_two_processes_on_one_database_see_each_others_changes_at_once(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as here, memory_in(tmp_path) as there:
        await told(here, "I keep bees.")
        assert [hit.fact.text for hit in await there.search("ann", "bees")] == ["I keep bees."]
        await told(there, "I keep bats.")
        assert len(await here.search("ann", "keep")) == 2
        (bees,) = await here.forget_about("ann", "the bees")
        assert bees.text == "I keep bees."
        assert [hit.fact.text for hit in await there.search("ann", "bees")] == ["I keep bats."]
        await told(here, "I keep ducks.")
        assert len(await there.search("ann", "keep")) == 2


async def test_what_another_process_corrects_replaces_or_deletes_is_not_found_here(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as here, memory_in(tmp_path) as there:

        async def found(words: str) -> list[str]:
            return [hit.fact.text for hit in await here.search("ann", words, limit=10)]

        await told(here, "My cat is called Tom.", "I live in Berlin.")
        assert sorted(await found("cat Berlin")) == ["I live in Berlin.", "My cat is called Tom."]
        (cat,) = [fact for fact in await there.facts("ann") if "cat" in fact.text]
        await there.correct("ann", cat.id, "My cat is called Tim.")
        assert sorted(await found("cat Berlin")) == ["I live in Berlin.", "My cat is called Tim."]
        await told(there, "I've moved to Oslo.")
        assert sorted(await found("cat Berlin")) == ["I've moved to Oslo.", "My cat is called Tim."]
        await told(here, "My cat is called Tim.")
        assert len(await there.facts("ann")) == 2
        assert await there.forget_all("ann") == 4
        assert await found("cat Berlin") == []
        await told(there, "I keep bees.")
        assert await found("cat Berlin") == ["I keep bees."]


async def test_a_search_asks_for_the_revision_each_time_but_reads_the_facts_in_once(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as here, memory_in(tmp_path) as there:
        await told(there, "I keep bees.")
        await here.warm("ann")
        read = await here._recall.index("ann")
        for _ in range(3):
            await here.search("ann", "bees")
        assert await here._recall.index("ann") is read
        await told(there, "I keep bats.")
        await here.search("ann", "bats")
        assert len(await here._recall.index("ann")) == 2


async def test_what_was_observed_is_learnt_with_its_turn(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory:
        async with running(memory):
            memory.observe(spoken("How are you? My brother is a pilot.", turn_id="t7", at=42.0))
            await memory.caught_up()
        (fact,) = await memory.facts("ann")
    assert (fact.text, fact.turn_id, fact.conversation_id, fact.told_at) == ("My brother is a pilot.", "t7", "c1", 42.0)
    assert 0.0 < fact.confidence < 1.0
