"""Listening, starting and stopping, with real sockets and signals."""

from __future__ import annotations

import os
import signal
import socket
import sys

import anyio
import httpx2
import pytest

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.errors import InputError
from vivavoce.server.application import create_application
from vivavoce.server.run import serve, stop_on_signals
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def start_and_fail(settings: ServerSettings) -> InputError:
    with pytest.raises(InputError) as refusal, anyio.fail_after(WAIT_SECONDS):
        await serve(create_application(fake_roster(), settings), settings)
    return refusal.value


async def test_a_port_that_is_taken_is_named_in_plain_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refusal = await start_and_fail(ServerSettings(port=port))
    assert refusal.code == "port_in_use"
    assert str(refusal) == f"Port {port} is taken. Stop the other program, or use --port with another number."


async def test_a_name_takes_all_of_its_addresses_or_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refusal = await start_and_fail(ServerSettings(host="localhost", port=other.getsockname()[1]))
    assert refusal.code == "port_in_use"


@pytest.mark.parametrize("host", ["203.0.113.9", "no-such-name.invalid"])
async def test_an_address_of_another_machine_is_refused(host: str) -> None:
    refusal = await start_and_fail(ServerSettings(host=host, port=0, api_key="key"))
    assert refusal.code == "address_not_available"


async def test_a_server_that_others_can_reach_does_not_start_without_a_key() -> None:
    assert (await start_and_fail(ServerSettings(host="0.0.0.0", port=0))).code == "bind_needs_api_key"


async def test_a_server_on_every_address_is_announced_by_one_that_works() -> None:
    settings = ServerSettings(host="0.0.0.0", api_key="key", page_folder=None)
    async with live_server(fake_roster(), settings) as server, httpx2.AsyncClient() as client:
        assert server.url.startswith("http://127.0.0.1:")
        assert (await client.get(f"{server.url}/health")).status_code == 200


async def test_a_name_is_served_on_all_of_its_addresses() -> None:
    settings = ServerSettings(host="localhost", page_folder=None)
    async with live_server(fake_roster(), settings) as server, httpx2.AsyncClient() as client:
        assert (await client.get(f"{server.url}/health")).status_code == 200
        port = server.url.rpartition(":")[2]
        assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200


async def test_the_port_is_free_again_at_once() -> None:
    async with live_server(fake_roster()) as server, httpx2.AsyncClient() as client:
        assert (await client.get(f"{server.url}/health")).status_code == 200
    with socket.create_server(("127.0.0.1", int(server.url.rpartition(":")[2]))):
        pass


async def test_a_request_under_way_is_finished_before_the_end() -> None:
    hold = Hold()
    replies = ScriptedReplies(["Almost", hold, " done."])
    answers: list[httpx2.Response] = []
    async with anyio.create_task_group() as group, httpx2.AsyncClient(timeout=WAIT_SECONDS) as client:
        async with live_server(fake_roster(replies=replies)) as server:

            async def ask() -> None:
                body = {"messages": [{"role": "user", "content": "Hi"}]}
                answers.append(await client.post(f"{server.api_url}/chat/completions", json=body))

            group.start_soon(ask)
            with anyio.fail_after(WAIT_SECONDS):
                await hold.reached.wait()
            group.start_soon(release_after_stop, server.url, hold)
        assert replies.active == 0
    assert answers[0].json()["choices"][0]["message"]["content"] == "Almost done."


async def release_after_stop(url: str, hold: Hold) -> None:
    """Let the reply go on once the server takes no new connections."""
    host, _, port = url.removeprefix("http://").partition(":")
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            try:
                await (await anyio.connect_tcp(host, int(port))).aclose()
            except OSError:
                hold.until.set()
                return


async def test_a_request_that_does_not_finish_is_cut_off_at_the_deadline() -> None:
    hold = Hold()
    replies = ScriptedReplies(["Never", hold])
    answers: list[httpx2.Response] = []
    settings = ServerSettings(page_folder=None, shutdown_seconds=0.2)
    async with anyio.create_task_group() as group, httpx2.AsyncClient(timeout=WAIT_SECONDS) as client:
        async with live_server(fake_roster(replies=replies), settings) as server:

            async def ask() -> None:
                body = {"messages": [{"role": "user", "content": "Hi"}]}
                answers.append(await client.post(f"{server.api_url}/chat/completions", json=body))

            group.start_soon(ask)
            with anyio.fail_after(WAIT_SECONDS):
                await hold.reached.wait()
        assert replies.active == 0
    assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (503, "server_stopping")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_the_server_in_order(number: signal.Signals) -> None:
    settings = ServerSettings(port=0, page_folder=None)
    stop = anyio.Event()
    with anyio.fail_after(WAIT_SECONDS):
        async with anyio.create_task_group() as group:
            group.start_soon(stop_on_signals, stop)

            def ready(_: str) -> None:
                os.kill(os.getpid(), number)

            await serve(create_application(fake_roster(), settings), settings, ready=ready, stop=stop)
    assert stop.is_set()
