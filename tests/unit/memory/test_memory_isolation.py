"""What holds whatever is told, corrected and forgotten, and in whatever order."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.memory.memory_scene import memory_in

if TYPE_CHECKING:
    from vivavoce.memory.long_term import LongTermMemory

PEOPLE = ("ann", "bob", "陈立")
NOUNS = ("zebra", "violin", "harbour", "lantern", "pepper", "cactus", "钢琴", "海鲜")
PLACES = ("Kyoto", "Lisbon", "Oslo", "成都")

told = st.one_of(
    st.builds("I keep a {} called {}.".format, st.sampled_from(NOUNS), st.sampled_from(PLACES)),
    st.builds("I live in {}.".format, st.sampled_from(PLACES)),
    st.builds("My favourite thing is a {}.".format, st.sampled_from(NOUNS)),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(("tell", "tell", "tell", "correct", "forget", "forget about", "forget all")),
        st.sampled_from(PEOPLE),
        told,
        st.integers(0, 20),
    ),
    max_size=25,
)


def marked(text: str, person: str, number: int) -> str:
    """A sentence that nobody else says and that is never said again, so that a trace of it can be told."""
    return f"{text} Proof {PEOPLE.index(person)}q{number}q."


@settings(max_examples=25, deadline=None)
@given(steps)
def test_users_never_meet_replaced_facts_are_never_found_and_forgotten_ones_are_gone(
    taken: list[tuple[str, str, str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        anyio.run(partial(_live, Path(folder), taken))


async def _live(folder: Path, taken: list[tuple[str, str, str, int]]) -> None:
    forgotten: set[str] = set()
    async with memory_in(folder) as memory:
        for number, (what, person, text, choice) in enumerate(taken):
            known = await memory.facts(person)
            before = {fact.text for fact in await memory.facts(person, replaced=True)}
            sentence = marked(text, person, number)
            match what:
                case "tell":
                    await memory.remember(person, sentence, language="en")
                case "correct" if known:
                    await memory.correct(person, known[choice % len(known)].id, sentence)
                case "forget" if known:
                    await memory.forget(person, known[choice % len(known)].id)
                case "forget about":
                    await memory.forget_about(person, text)
                case "forget all":
                    await memory.forget_all(person)
            after = {fact.text for fact in await memory.facts(person, replaced=True)}
            forgotten |= before - after
            for someone in PEOPLE:
                held = {fact.text for fact in await memory.facts(someone)}
                found = {hit.fact.text for hit in await memory.search(someone, text, limit=50)}
                assert found == held
                assert all(f"Proof {PEOPLE.index(someone)}q" in fact for fact in held)
        assert not forgotten & (await _all(memory))
        assert _on_disk(folder, {text.rpartition("Proof ")[2] for text in forgotten}) == []


async def _all(memory: LongTermMemory) -> set[str]:
    return {fact.text for person in PEOPLE for fact in await memory.facts(person, replaced=True)}


def _on_disk(folder: Path, words: set[str]) -> list[str]:
    """Return which of these words can be read in the database or its log."""
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    return sorted(word for word in words if word.encode() in content)


def test_forgotten_facts_are_gone_from_a_file_that_has_grown_and_been_reordered(tmp_path: Path) -> None:
    async def live() -> None:
        async with memory_in(tmp_path) as memory:
            names = [f"Name{first}{second}End" for first in "abcde" for second in "ghijklmnop"]
            facts = [
                await memory.remember("ann", f"My friend {name} {'plays the flute ' * (place % 20)}", language="en")
                for place, name in enumerate(names)
            ]
            await memory.correct("ann", facts[0].id, "My friend WrongEnd plays golf.")
            for fact in facts[1::2]:
                await memory.forget("ann", fact.id)
            assert _on_disk(tmp_path, set(names[0::2])) == sorted(names[0::2])
            assert _on_disk(tmp_path, set(names[1::2])) == []
            assert await memory.forget_all("ann") == 26
            assert _on_disk(tmp_path, {*names, "WrongEnd"}) == []

    anyio.run(live)
