"""Visitors who connect and say nothing, or too slowly."""

from __future__ import annotations

import datetime as dt
import socket
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.server import handshakes
from vivavoce.server.local_certificate import local_certificate
from vivavoce.server.patience import HEAD_SECONDS
from vivavoce.server.run import serve, serve_connections
from vivavoce.server.settings import ServerSettings, TlsFiles
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from pathlib import Path

    from anyio.abc import SocketStream
    from anyio.streams.memory import MemoryObjectSendStream
    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.anyio

HEAD = b"GET /slow HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after longer than the head of a request may take."""
    del scope, receive
    await anyio.sleep(2 * HEAD_SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


class Door:
    """Where visitors come in."""

    def __init__(self, handed_over: MemoryObjectSendStream[socket.socket], count: Callable[[], int]) -> None:
        self._handed_over = handed_over
        self.count = count

    async def visitor(self) -> SocketStream:
        here, there = socket.socketpair()
        await self._handed_over.send(there)
        here.setblocking(False)
        return await anyio.abc.UNIXSocketStream.from_socket(here)


@asynccontextmanager
async def door(tls: TlsFiles | None = None) -> AsyncGenerator[Door, None]:
    handed_over, intake = anyio.create_memory_object_stream[socket.socket](1_000)
    settings = ServerSettings(tls=tls)
    stop, started = anyio.Event(), anyio.Event()
    counts: list[Callable[[], int]] = []

    def ready(count: Callable[[], int]) -> None:
        counts.append(count)
        started.set()

    async def work() -> None:
        await serve_connections(slow, settings, intake, ready=ready, stop=stop)

    async with anyio.create_task_group() as group:
        group.start_soon(work)
        await started.wait()
        yield Door(handed_over, counts[0])
        stop.set()
        handed_over.close()
    intake.close()


async def hung_up_after(visitor: SocketStream) -> float:
    """Return how long a connection stays open."""
    before = anyio.current_time()
    with anyio.fail_after(100 * HEAD_SECONDS), suppress(anyio.EndOfStream, anyio.BrokenResourceError):
        while True:
            await visitor.receive()
    await visitor.aclose()
    return anyio.current_time() - before


async def test_whoever_says_nothing_is_hung_up_on() -> None:
    async with door() as entrance:
        assert await hung_up_after(await entrance.visitor()) == pytest.approx(HEAD_SECONDS, abs=1.0)


async def test_a_head_that_trickles_in_is_not_waited_for() -> None:
    async with door() as entrance:
        visitor = await entrance.visitor()

        async def trickle() -> None:
            with suppress(anyio.BrokenResourceError):
                for line in range(1_000):
                    await visitor.send(f"X-Line-{line}: 1\r\n".encode())
                    await anyio.sleep(1.0)

        await visitor.send(HEAD)
        async with anyio.create_task_group() as group:
            group.start_soon(trickle)
            assert await hung_up_after(visitor) == pytest.approx(HEAD_SECONDS, abs=1.5)
            group.cancel_scope.cancel()


async def test_an_answer_may_take_longer_and_the_next_request_comes_in_its_own_time() -> None:
    async with door() as entrance:
        visitor = await entrance.visitor()
        for _ in range(2):
            await visitor.send(HEAD + b"\r\n")
            with anyio.fail_after(10 * HEAD_SECONDS):
                assert (await visitor.receive()).startswith(b"HTTP/1.1 200")
        await visitor.aclose()


async def test_a_handshake_is_bounded_in_time(tmp_path: Path) -> None:
    async with door(certificate(tmp_path)) as entrance:
        assert await hung_up_after(await entrance.visitor()) == pytest.approx(HEAD_SECONDS, abs=1.0)


async def test_of_too_many_who_shake_hands_the_oldest_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "MOST_HANDSHAKES", 3)
    async with door(certificate(tmp_path)) as entrance:
        silent = [await entrance.visitor() for _ in range(3)]
        await anyio.sleep(1.0)
        newest = await entrance.visitor()
        assert await hung_up_after(silent[0]) < 1.0
        assert await hung_up_after(newest) == pytest.approx(HEAD_SECONDS, abs=1.0)
        for visitor in silent[1:]:
            assert await hung_up_after(visitor) < 1.0


async def test_whoever_shakes_hands_counts_among_those_who_are_there(tmp_path: Path) -> None:
    async with door(certificate(tmp_path)) as entrance:
        silent = [await entrance.visitor() for _ in range(3)]
        await anyio.sleep(1.0)
        assert entrance.count() == 3
        for visitor in silent:
            await visitor.aclose()
        await anyio.sleep(1.0)
        assert entrance.count() == 0


async def test_a_server_of_one_process_bounds_handshakes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshakes, "MOST_HANDSHAKES", 3)
    async with one_process(certificate(tmp_path)) as port:
        silent = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(3)]
        await anyio.sleep(1.0)
        newest = await anyio.connect_tcp("127.0.0.1", port)
        assert await hung_up_after(silent[0]) < 1.0
        assert await hung_up_after(newest) == pytest.approx(HEAD_SECONDS, abs=1.0)
        for visitor in silent[1:]:
            assert await hung_up_after(visitor) < 1.0


async def test_a_server_of_one_process_takes_nobody_once_it_is_told_to_stop(tmp_path: Path) -> None:
    async with one_process(certificate(tmp_path)) as port:
        pass
    with pytest.raises(OSError, match="connect"):
        await anyio.connect_tcp("127.0.0.1", port)


@asynccontextmanager
async def one_process(tls: TlsFiles) -> AsyncGenerator[int, None]:
    addresses: list[str] = []
    stop, started = anyio.Event(), anyio.Event()

    def ready(address: str) -> None:
        addresses.append(address)
        started.set()

    async with anyio.create_task_group() as group:
        group.start_soon(partial(serve, slow, ServerSettings(port=0, tls=tls), ready=ready, stop=stop))
        await started.wait()
        yield int(addresses[0].rpartition(":")[2])
        stop.set()


def certificate(folder: Path) -> TlsFiles:
    made = local_certificate(folder, ["localhost"], now=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    return TlsFiles(certificate=made.certificate, key=made.key)
