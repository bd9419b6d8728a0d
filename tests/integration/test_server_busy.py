"""A server that is too busy for another session, on real sockets."""

from __future__ import annotations

import json

import anyio
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.deadlines import WAIT_SECONDS
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def test_a_session_too_many_is_told_so_at_once_and_those_that_are_there_go_on() -> None:
    roster = fake_roster()
    async with live_server(roster, ServerSettings(page_folder=None)) as server:
        async with connect(server.realtime_url) as first, connect(server.realtime_url):
            for _ in range(10):
                roster.workload.note_first_audio(9.0, work_seconds=8.8, now=anyio.current_time())
            with anyio.fail_after(WAIT_SECONDS):
                async with connect(server.realtime_url) as third:
                    refusal = json.loads(await third.recv())
                    with pytest.raises(ConnectionClosed) as closed:
                        await third.recv()
                await first.send(json.dumps({"type": "input_audio_buffer.clear"}))
                while json.loads(await first.recv())["type"] != "input_audio_buffer.cleared":
                    pass
        assert refusal["error"]["code"] == "server_busy"
        assert "too busy" in refusal["error"]["message"]
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
