"""The sound of a session on disk, on virtual time."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.session.chronicle_scene import STORY, Book, Shelf, written_down
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.session.chronicle_tape import Tape
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def test_sound_is_kept_of_those_who_agreed_and_no_more_than_was_heard() -> None:
    book, shelf = Book(), Shelf()
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    async with written_down(book, fake_roster(replies=replies), shelf=shelf) as caller:
        await caller.asks(1.0)
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
        await caller.speaks(0.5)
        await caller.hears(fx.PlayoutCleared)
        await caller.falls_silent(4.0)
        question, story = book.in_order[:2]
        assert 1.0 <= shelf.seconds[question.id] <= 2.5
        assert 2.0 <= shelf.seconds[story.id] <= 3.5


async def test_the_sound_of_a_reply_is_kept_as_far_as_it_was_heard_when_the_session_ended() -> None:
    book, shelf = Book(), Shelf()
    async with written_down(book, fake_roster(replies=ScriptedReplies(saying(STORY))), shelf=shelf) as caller:
        await caller.asks(1.0)
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
    _, story = book.in_order
    assert 1.5 <= shelf.seconds[story.id] <= 3.0


async def test_sound_that_still_waits_when_the_session_ends_is_written() -> None:
    book, shelf = Book(), Shelf()
    async with written_down(book, shelf=shelf) as caller:
        shelf.takes_seconds = 20.0
        for _ in range(2):
            await caller.asks(1.0)
            await caller.falls_silent(3.0)
        shelf.takes_seconds = 0.1
    assert shelf.seconds.keys() == book.entries.keys()


async def test_sound_that_could_not_be_written_or_deleted_is_tried_again() -> None:
    book, shelf = Book(), Shelf()
    async with written_down(book, shelf=shelf) as caller:
        await caller.asks(1.0)
        await caller.falls_silent(3.0)
        question, answer = book.in_order
        shelf.is_broken = True
        caller.session.dispatch(ev.ItemDeleteRequested(item_id=question.id))
        await caller.asks(1.0)
        await caller.falls_silent(3.0)
        assert shelf.seconds.keys() == {question.id, answer.id}
        shelf.is_broken = False
    assert shelf.seconds.keys() == book.entries.keys()


def test_a_tape_that_is_full_drops_what_is_newest() -> None:
    tape = Tape(max_bytes=4_000)
    for item_id in ("a", "b", "c"):
        tape.add(item_id, np.zeros(1_000, np.float32), 24_000)
    assert [take.item_id for take in tape.takes(lambda _: True, lambda _: None)] == ["a", "b"]
    assert tape.dropped == 1
    tape.add("d", np.zeros(2_000, np.float32), 24_000)
    assert [len(take.audio) for take in tape.takes(lambda _: True, lambda _: 500)] == [500]
