"""A callback that computes on the event loop is found and named; a busy machine is not blamed on anyone."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
from websockets.asyncio.client import connect

from tests.interaction.caller import call
from vivavoce.conversation import effects as fx
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.testing.blocking import BlockedLoopError, no_blocking_callbacks
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, Samples, Transcript

pytestmark = pytest.mark.anyio

LIMIT_MS = 50.0


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": False}


def compute(ms: float) -> None:
    """Keep a core busy."""
    end = time.thread_time() + ms / 1000
    while time.thread_time() < end:
        pass


class BlockingStt(FakeStt):
    """A recogniser that forgot its thread."""

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        compute(6 * LIMIT_MS)
        return await super().transcribe(audio, language=language, prompt=prompt)


class BlockingReplies(ScriptedReplies):
    """A language model that forgot its thread."""

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        compute(6 * LIMIT_MS)
        async for delta in super().reply(request):
            yield delta


async def speak_with(stt: FakeStt) -> None:
    """Have a spoken turn."""
    async with call(fake_roster(stt=stt)) as caller:
        await caller.asks(0.4)
        await caller.hears(fx.ReplyDone)


async def be_answered_by(replies: ScriptedReplies) -> None:
    """Ask for a reply over a socket."""
    async with live_server(fake_roster(replies=replies)) as server, connect(server.realtime_url) as socket:
        await socket.send('{"type": "response.create"}')
        with anyio.fail_after(10.0):
            while b"response.done" not in await socket.recv(decode=False):
                pass


async def test_an_engine_that_computes_on_the_loop_of_its_session_is_found_and_named() -> None:
    with pytest.raises(BlockedLoopError, match="transcribe") as found, no_blocking_callbacks(LIMIT_MS):
        await speak_with(BlockingStt())
    assert "compute" in found.value.callbacks[0].culprit
    assert found.value.callbacks[0].took_ms >= 5 * LIMIT_MS


async def test_an_engine_that_computes_on_the_loop_of_its_server_is_found_and_named() -> None:
    with pytest.raises(BlockedLoopError, match="reply"), no_blocking_callbacks(LIMIT_MS):
        await be_answered_by(BlockingReplies())


async def test_work_in_a_thread_and_waiting_raise_no_alarm() -> None:
    with no_blocking_callbacks(LIMIT_MS):
        await anyio.to_thread.run_sync(compute, 4 * LIMIT_MS)
        await anyio.sleep(4 * LIMIT_MS / 1000)


async def test_a_callback_that_others_keep_from_running_raises_no_alarm() -> None:
    release = threading.Timer(4 * LIMIT_MS / 1000, (gate := threading.Event()).set)
    with no_blocking_callbacks(LIMIT_MS):
        release.start()
        gate.wait()
        await anyio.lowlevel.checkpoint()
    release.join()


async def test_garbage_collection_raises_no_alarm() -> None:
    def slow_to_collect(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            compute(3 * LIMIT_MS)

    with no_blocking_callbacks(LIMIT_MS):
        gc.callbacks.append(slow_to_collect)
        try:
            await anyio.lowlevel.checkpoint()
            gc.collect()
            await anyio.lowlevel.checkpoint()
        finally:
            gc.callbacks.remove(slow_to_collect)
