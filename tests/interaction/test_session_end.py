"""Sessions end at any moment, and leave nothing behind."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest

from tests.interaction.caller import Caller, call
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.session.replying import ReplyRunner
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import semantic_turns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest

pytestmark = pytest.mark.anyio

LONG = "There was a small house. It stood in the woods. Nobody lived there. " * 10


def tasks() -> set[int]:
    return {task.id for task in anyio.get_running_tasks()}


async def to_mid_reply(caller: Caller) -> None:
    await caller.asks()
    await caller.sees("speaking")
    await anyio.sleep(1.0)


async def to_mid_speech(caller: Caller) -> None:
    await caller.speaks(1.0)


async def to_mid_transcription(caller: Caller) -> None:
    await caller.asks()


async def to_mid_judgement(caller: Caller) -> None:
    await caller.speaks(1.0)
    await caller.falls_silent(0.18)


MOMENTS = [to_mid_reply, to_mid_speech, to_mid_transcription, to_mid_judgement]


@pytest.mark.requirement("session.end.001")
@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_client_that_leaves_at_any_moment_leaves_no_task(moment: object) -> None:
    assert callable(moment)
    before = tasks()
    slow = 0.0 if moment is to_mid_reply else 5.0
    replies = ScriptedReplies(saying(LONG, every=0.05))
    roster = fake_roster(replies=replies, stt=FakeStt(delay_seconds=slow), tts=FakeTts(delay_seconds=0.2))
    settings = ConversationSettings(playout_reports=True, transcripts=True)
    async with call(roster, settings, detection=semantic_turns("medium")) as caller:
        await moment(caller)
        assert len(tasks()) > len(before) + 2
    assert tasks() == before
    assert replies.active == 0


@pytest.mark.requirement("session.end.001")
async def test_a_session_that_is_cancelled_leaves_no_task() -> None:
    before = tasks()
    replies = ScriptedReplies(saying(LONG, every=0.05))
    with anyio.CancelScope() as server:
        async with call(fake_roster(replies=replies)) as caller:
            await to_mid_reply(caller)
            server.cancel()
            await anyio.sleep_forever()
    assert tasks() == before
    assert replies.active == 0
    assert caller.session.machine.state == "closed"


async def reply_runners() -> list[ReplyRunner]:
    """Look through all there is: on a thread of its own, for that keeps the loop longer than anything may."""
    return await anyio.to_thread.run_sync(lambda: [thing for thing in gc.get_objects() if type(thing) is ReplyRunner])


@pytest.mark.requirement("session.end.001")
async def test_a_reply_that_is_over_leaves_nothing_in_its_session() -> None:
    # What earlier tests left to the collector may take it more than one round.
    earlier = await reply_runners()
    async with call() as caller:
        before = len(anyio.get_running_tasks())
        for turn in range(1, 4):
            await caller.asks()
            await caller.hears(fx.ReplyDone, turn)
            await caller.sees("listening")
        gc.collect()
        assert [runner for runner in await reply_runners() if runner not in earlier] == []
        assert len(anyio.get_running_tasks()) == before


class BrokenVoice(FakeTts):
    """A voice with a bug."""

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        raise ZeroDivisionError
        yield


@pytest.mark.requirement("session.end.001")
async def test_a_bug_ends_the_session_and_leaves_no_task() -> None:
    before = tasks()
    with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
        async with call(fake_roster(tts=BrokenVoice())) as caller:
            await caller.asks()
            await anyio.sleep(10.0)
    assert tasks() == before
    assert caller.session.machine.state == "closed"


@pytest.mark.requirement("session.end.002")
async def test_a_hundred_sessions_that_end_in_mid_reply_leave_nothing() -> None:
    before, threads = tasks(), threading.active_count()
    replies = ScriptedReplies(saying(LONG, every=0.05))
    roster = fake_roster(replies=replies)
    callers: list[weakref.ref[Caller]] = []

    async def one_call(seconds: float) -> None:
        async with call(roster) as caller:
            callers.append(weakref.ref(caller))
            await caller.asks()
            await caller.sees("speaking")
            await anyio.sleep(seconds)

    async with anyio.create_task_group() as group:
        for number in range(100):
            group.start_soon(one_call, number / 50)
    assert tasks() == before
    assert threading.active_count() == threads
    assert replies.active == 0
    assert len(replies.requests) >= 100
    gc.collect()
    assert [caller() for caller in callers] == [None] * 100


@pytest.mark.requirement("session.end.003")
async def test_nothing_is_told_after_the_end() -> None:
    async with call(fake_roster(replies=ScriptedReplies(saying(LONG, every=0.05)))) as caller:
        await to_mid_reply(caller)
        caller.session.close("client_left")
        told = len(caller.told)
        caller.session.dispatch(ev.ReplyRequested())
        caller.session.commit_input(None)
        caller.session.clear_input(None)
        caller.types("Hello?")
        caller.session.hear(bytes(960))
        caller.session.close("again")
        await anyio.sleep(10.0)
    caller.session.close("and again")
    caller.session.dispatch(ev.ReplyRequested())
    assert len(caller.told) == told
