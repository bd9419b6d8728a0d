"""Nothing of a visit is left behind once it is over."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import httpx2
import psutil
import pytest
from websockets.asyncio.client import connect

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

VISITS = 50
PACKAGES = ("vivavoce.conversation", "vivavoce.realtime", "vivavoce.server", "vivavoce.session")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def held() -> tuple[int, int, int]:
    """Return the tasks, threads and open files of this process."""
    return len(asyncio.all_tasks()), threading.active_count(), psutil.Process().num_fds()


def living_parts() -> int:
    """Return how many objects of sessions, connections and sockets there are."""
    gc.collect()
    return sum(str(type(thing).__module__).startswith(PACKAGES) for thing in gc.get_objects())


async def has_grown(base: tuple[int, int, int]) -> bool:
    """Tell whether more is held than at first, still so after a while."""
    with anyio.move_on_after(WAIT_SECONDS):
        await until(lambda: all(now <= before for now, before in zip(held(), base, strict=True)))
        return False
    return True


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await anyio.lowlevel.checkpoint()


async def visit(url: str, replies: ScriptedReplies, *, politely: bool) -> None:
    """Connect, get a reply going, and leave in the middle of it."""
    socket = await connect(url)
    seen = len(replies.requests)
    await socket.send('{"type": "response.create"}')
    with anyio.fail_after(WAIT_SECONDS):
        while len(replies.requests) == seen:
            await socket.recv()
    if politely:
        await socket.close()
    else:
        socket.transport.abort()
        await socket.wait_closed()


@pytest.mark.parametrize("politely", [True, False], ids=["closing", "vanishing"])
async def test_sessions_left_in_mid_reply_leave_no_task_thread_or_file(politely: bool) -> None:
    replies = ScriptedReplies(["Once upon a time.", Hold()])
    parts_before = living_parts()
    async with live_server(fake_roster(replies=replies)) as server:
        base = held()
        for _ in range(VISITS):
            await visit(server.realtime_url, replies, politely=politely)
        assert not await has_grown(base), (base, held())
        assert replies.active == 0
        assert living_parts() < parts_before + VISITS


async def test_abandoned_requests_leave_no_task_thread_or_file() -> None:
    replies = ScriptedReplies(["Once upon a time.", Hold()])
    body = {"messages": [{"role": "user", "content": "Tell me a story."}], "stream": True}

    async def abandon() -> None:
        async with (
            httpx2.AsyncClient() as client,
            client.stream("POST", f"{server.api_url}/chat/completions", json=body) as answer,
        ):
            async for _ in answer.aiter_lines():
                return

    async with live_server(fake_roster(replies=replies)) as server:
        base = held()
        for _ in range(VISITS):
            await abandon()
        assert not await has_grown(base), (base, held())
        assert replies.active == 0
