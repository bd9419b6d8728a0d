"""Which conversations leave the history, and how."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import StorageError
from vivavoce.history import retention
from vivavoce.history.history import History, begin_history
from vivavoce.history.records import Entry, KeptConversation, Portion, Turn
from vivavoce.history.retention import DAY_SECONDS, SPARED_SECONDS, RetentionPolicy, due, keep_to, retire
from vivavoce.storage.database import database_url, open_engine
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

pytestmark = pytest.mark.anyio

NOW = 100 * DAY_SECONDS
TWO_DAYS = RetentionPolicy.of(days=2, max_bytes=None)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def history(tmp_path: Path) -> AsyncGenerator[History, None]:
    async with open_engine(database_url("", tmp_path)) as engine:
        yield await begin_history(engine, folder=tmp_path, archive=tmp_path / "archive")


def kept(name: str, *, days: float, size: int = 100) -> KeptConversation:
    return KeptConversation(id=name, user_id="ann", updated_at=NOW - days * DAY_SECONDS, bytes=size)


def leaving(conversations: list[KeptConversation], *, days: float | None = None, size: int | None = None) -> list[str]:
    return [each.id for each in due(conversations, RetentionPolicy.of(days=days, max_bytes=size), NOW)]


async def talked(history: History, name: str, *, days: float, words: str = "Hello.") -> None:
    entry = Entry(id="q", said=words, place=1.0)
    at = NOW - days * DAY_SECONDS
    turn = Turn(response_id="r", created_at=at)
    await history.store.append(
        Portion(conversation_id=name, user_id="ann", at=at, opens=True, entries=(entry,), turns=(turn,))
    )


def test_what_is_older_than_it_may_be_leaves() -> None:
    assert leaving([kept("new", days=1), kept("old", days=3), kept("older", days=5)], days=2) == ["older", "old"]


def test_the_oldest_leave_until_the_rest_fits() -> None:
    conversations = [kept(name, days=days, size=400) for days, name in enumerate("abcd", start=1)]
    assert leaving(conversations, size=800) == ["d", "c"]
    assert leaving(conversations, size=1_600) == []


def test_what_may_still_go_on_is_spared_whatever_it_takes() -> None:
    just_now = KeptConversation(id="live", user_id="ann", updated_at=NOW - SPARED_SECONDS + 1, bytes=10**9)
    assert leaving([just_now], days=0.001, size=1) == []


def test_without_limits_nothing_leaves() -> None:
    assert leaving([kept("old", days=5_000, size=10**12)]) == []


@given(
    st.lists(st.tuples(st.floats(0.05, 400), st.integers(1, 10_000)), max_size=30),
    st.integers(1, 50_000),
    st.floats(1, 200),
)
def test_what_stays_is_young_enough_and_small_enough(
    conversations: list[tuple[float, int]], size: int, days: float
) -> None:
    given_all = [kept(str(number), days=age, size=weight) for number, (age, weight) in enumerate(conversations)]
    gone = due(given_all, RetentionPolicy.of(days=days, max_bytes=size), NOW)
    staying = [each for each in given_all if each not in gone]
    assert sum(each.bytes for each in staying) <= size
    assert all(NOW - each.updated_at <= days * DAY_SECONDS for each in staying)
    # Nothing leaves while something older stays.
    assert all(one.updated_at <= other.updated_at for one in gone for other in staying)


async def test_a_conversation_that_leaves_is_in_the_archive_with_all_that_was_said(
    history: History, tmp_path: Path
) -> None:
    await talked(history, "old", days=3, words="今天天气怎么样？")
    await talked(history, "new", days=1)
    await history.recordings.save("old", "q", np.zeros(2_400, np.float32), 24_000)
    assert await retire(history, TWO_DAYS, NOW) == 1
    assert await history.store.ids() == {"new"}
    assert await history.recordings.bytes_of(["old"]) == {}
    with gzip.open(tmp_path / "archive/ann/old.jsonl.gz", "rt", encoding="utf-8") as file:
        conversation, entry, turn = (json.loads(line) for line in file)
    assert (conversation["object"], conversation["id"], conversation["user_id"]) == ("conversation", "old", "ann")
    assert (entry["object"], entry["said"]) == ("entry", "今天天气怎么样？")
    assert (turn["object"], turn["response_id"]) == ("turn", "r")
    assert await retire(history, TWO_DAYS, NOW) == 0


async def test_sound_counts_for_what_all_conversations_may_take(history: History) -> None:
    await talked(history, "old", days=3)
    await talked(history, "new", days=1)
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 240_000).astype(np.float32)
    await history.recordings.save("old", "q", noise, 24_000)
    assert await retire(history, RetentionPolicy.of(days=None, max_bytes=20_000), NOW) == 1
    assert await history.store.ids() == {"new"}


async def test_what_cannot_be_archived_stays(history: History, tmp_path: Path) -> None:
    await talked(history, "old", days=3)
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(StorageError) as refusal:
        await retire(history, TWO_DAYS, NOW)
    assert refusal.value.code == "file_not_written"
    assert await history.store.ids() == {"old"}


async def test_a_user_who_deletes_everything_is_forgotten_in_the_archive_too(history: History, tmp_path: Path) -> None:
    await talked(history, "old", days=3)
    await retire(history, TWO_DAYS, NOW)
    await talked(history, "new", days=1)
    assert await history.delete_all("ann") == 1
    assert not (tmp_path / "archive/ann").exists()


async def test_the_archive_of_a_user_with_capitals_is_kept_apart_and_forgotten(
    history: History, tmp_path: Path
) -> None:
    await history.store.append(Portion(conversation_id="c", user_id="Ann", at=NOW - 3 * DAY_SECONDS, opens=True))
    await talked(history, "other", days=3)
    assert await retire(history, TWO_DAYS, NOW) == 2
    assert len([*(tmp_path / "archive").iterdir()]) == 2
    await history.delete_all("Ann")
    assert [place.name for place in (tmp_path / "archive").iterdir()] == ["ann"]


async def test_without_limits_nobody_looks(history: History) -> None:
    await keep_to(RetentionPolicy(), history, wall_clock=lambda: NOW)


@pytest.mark.parametrize(
    "failure", [StorageError("database_locked", "Locked.", retryable=True), FileNotFoundError("gone"), OSError("disk")]
)
def test_it_is_looked_again_every_hour_and_a_disk_that_fails_ends_nothing(
    failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    async def look(_history: object, _policy: object, now: float) -> int:
        looks.append(now)
        raise failure

    async def three_hours() -> None:
        with anyio.move_on_after(3 * 3_600.0):
            await keep_to(TWO_DAYS, None, wall_clock=lambda: NOW)  # type: ignore[arg-type] # nobody looks at it

    monkeypatch.setattr(retention, "retire", look)
    anyio.run(three_hours, backend_options={"loop_factory": VirtualTimeLoop})
    assert looks == [NOW] * 3
