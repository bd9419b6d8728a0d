"""The Realtime route on real sockets, with the stock OpenAI client and with none; the engines are fakes."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np
import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.deadlines import WAIT_SECONDS
from vivavoce.app.serving import in_process_server
from vivavoce.audio.pcm import float_to_pcm16, pcm16_to_float, rms_dbfs
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.realtime.connection import ConnectionSettings
from vivavoce.realtime.wire.binary import pack_input_audio
from vivavoce.server.settings import ServerSettings
from vivavoce.settings import load_settings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import LiveServer, live_server

if TYPE_CHECKING:
    from pathlib import Path

    from openai.resources.realtime.realtime import AsyncRealtimeConnection

pytestmark = pytest.mark.anyio

EXTENDED = [Subprotocol("vivavoce.v1")]
SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
SETTINGS = ServerSettings(page_folder=None)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def speech(seconds: float = 0.8, silence_seconds: float = 1.0) -> bytes:
    """A sound that the fake detector takes for speech, and the silence that ends the turn."""
    loud = 0.3 * np.sin(np.arange(int(seconds * 24_000), dtype=np.float32) * 0.05)
    return float_to_pcm16(np.concatenate([loud, np.zeros(int(silence_seconds * 24_000), np.float32)]))


async def until(connection: AsyncRealtimeConnection, kind: str) -> list[Any]:
    """Return the events up to the first of a kind, each one checked against OpenAI's types."""
    events = []
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            raw = json.loads(await connection.recv_bytes())
            events.append(SERVER_EVENT.validate_python(raw))
            if raw["type"] == kind:
                return events


async def next_event(socket: ClientConnection) -> dict[str, Any]:
    """Return the next event of a bare socket, past any binary audio."""
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                event: dict[str, Any] = json.loads(message)
                return event


async def event_of(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while (event := await next_event(socket))["type"] != kind:
        pass
    return event


async def close_code(socket: ClientConnection) -> int | None:
    """Return the code with which the server closed the socket, whatever it said before."""
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            try:
                await socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None


def client_of(server: LiveServer) -> AsyncOpenAI:
    return AsyncOpenAI(api_key="any", base_url=server.api_url)


def kinds_of(events: list[Any]) -> list[str]:
    return [event.type for event in events]


async def test_the_stock_client_has_a_turn_in_writing() -> None:
    async with (
        live_server(fake_roster()) as server,
        client_of(server) as client,
        client.realtime.connect(model="local") as connection,
    ):
        await until(connection, "session.created")
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        updated = (await until(connection, "session.updated"))[-1]
        assert updated.session.output_modalities == ["text"]
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
        )
        await connection.response.create()
        events = await until(connection, "response.done")

        deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
        assert "".join(deltas) == "Hello there."
        done = events[-1].response
        assert done.status == "completed"
        assert done.usage.total_tokens == 5
        assert "response.output_audio.delta" not in kinds_of(events)


async def test_the_stock_client_speaks_and_is_answered_aloud() -> None:
    replies = ScriptedReplies(["Hello", " there."])
    async with (
        live_server(fake_roster(replies=replies, stt=FakeStt(["How are you?"]))) as server,
        client_of(server) as client,
        client.realtime.connect(model="local") as connection,
    ):
        await until(connection, "session.created")
        await connection.input_audio_buffer.append(audio=b64encode(speech()).decode())
        events = await until(connection, "response.done")
        kinds = kinds_of(events)

        order = [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "response.created",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_audio.delta",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
        ]
        assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
        audio = b"".join(b64decode(event.delta) for event in events if event.type == "response.output_audio.delta")
        assert rms_dbfs(pcm16_to_float(audio)) > -20
        assert events[-1].response.output[0].content[0].transcript == "Hello there."
        assert replies.requests[0].messages[-1].content == "How are you?"
        assert not [kind for kind in kinds if kind.startswith("vivavoce.")]


async def test_a_voice_of_openai_is_spoken_by_a_local_one() -> None:
    tts = FakeTts()
    async with (
        live_server(fake_roster(tts=tts)) as server,
        client_of(server) as client,
        client.realtime.connect(model="gpt-realtime") as connection,
    ):
        await connection.session.update(session={"type": "realtime", "audio": {"output": {"voice": "marin"}}})
        await until(connection, "session.updated")
        await connection.response.create()
        events = await until(connection, "response.done")
        assert events[-1].response.status == "completed"
        assert "response.output_audio.delta" in kinds_of(events)
        assert {request.voice for request in tts.spoken} == {""}


async def test_the_extension_brings_binary_audio_and_its_own_events() -> None:
    async with (
        live_server(fake_roster()) as server,
        connect(server.realtime_url, subprotocols=EXTENDED) as socket,
    ):
        assert socket.subprotocol == "vivavoce.v1"
        status = await event_of(socket, "vivavoce.service.status")
        assert {component["state"] for component in status["components"]} == {"ready"}
        await socket.send(pack_input_audio(speech()))
        received: list[str | bytes] = []
        with anyio.fail_after(WAIT_SECONDS):
            while not (received and '"response.done"' in str(received[-1])):
                received.append(await socket.recv())
        kinds = {json.loads(message)["type"] for message in received if isinstance(message, str)}
        assert {"vivavoce.turn.state", "vivavoce.audio.stream", "vivavoce.output.segment"} <= kinds
        assert "response.output_audio.delta" not in kinds
        assert sum(len(message) for message in received if isinstance(message, bytes)) > 10_000


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], None),
        (["realtime"], "realtime"),
        (["realtime", "openai-insecure-api-key.any", "openai-beta.realtime-v1"], "realtime"),
        (["realtime", "vivavoce.v1"], "vivavoce.v1"),
        (["something.else"], None),
    ],
)
async def test_the_best_subprotocol_both_know_is_chosen(offered: list[str], chosen: str | None) -> None:
    subprotocols = [Subprotocol(name) for name in offered] or None
    async with (
        live_server(fake_roster()) as server,
        connect(f"{server.realtime_url}?model=any", subprotocols=subprotocols) as socket,
    ):
        assert socket.subprotocol == chosen
        assert (await next_event(socket))["type"] == "session.created"


async def test_bad_messages_are_answered_and_the_session_goes_on() -> None:
    bad: list[str | bytes] = [
        "not json",
        "[]",
        '{"type": "session.fly"}',
        '{"type": "input_audio_buffer.append", "audio": "***", "event_id": "e1"}',
        '{"type": "response.cancel"}',
        b"\x01\x00\x00",
        json.dumps({"type": "session.update", "session": {"type": "realtime", "instructions": "x" * 300_000}}),
    ]
    async with live_server(fake_roster()) as server, connect(server.realtime_url) as socket:
        await event_of(socket, "conversation.created")
        for message in bad:
            await socket.send(message)
            error = await next_event(socket)
            SERVER_EVENT.validate_python(error)
            assert error["type"] == "error", message
            assert error["error"]["code"]
        await socket.send('{"type": "response.create", "response": {"output_modalities": ["text"]}}')
        assert (await event_of(socket, "response.done"))["response"]["status"] == "completed"


async def test_a_message_beyond_every_limit_closes_the_socket(capsys: pytest.CaptureFixture[str]) -> None:
    settings = replace(SETTINGS, max_message_bytes=1_000_000)
    async with live_server(fake_roster(), settings) as server:
        async with connect(server.realtime_url) as socket:
            await socket.send("x" * 1_000_001)
            assert await close_code(socket) == 1009
        assert "session_failed" not in capsys.readouterr().out
        async with connect(server.realtime_url) as socket:
            assert (await next_event(socket))["type"] == "session.created"


async def test_the_hundred_and_first_session_is_refused_at_once_and_a_slot_comes_back() -> None:
    async with live_server(fake_roster()) as server:
        sockets = [await connect(server.realtime_url) for _ in range(100)]
        for subprotocols in (None, EXTENDED):
            with anyio.fail_after(WAIT_SECONDS):
                async with connect(server.realtime_url, subprotocols=subprotocols) as refused:
                    error = await next_event(refused)
                    code = await close_code(refused)
            assert (error["type"], error["error"]["code"]) == ("error", "session_limit_reached")
            assert code == 1013
        await sockets.pop().close()
        async with connect(server.realtime_url) as socket:
            assert (await next_event(socket))["type"] == "session.created"
        for socket in sockets:
            await socket.close()


async def test_a_client_that_says_nothing_is_let_go() -> None:
    settings = replace(SETTINGS, connection=ConnectionSettings(idle_seconds=0.2))
    async with live_server(fake_roster(), settings) as server, connect(server.realtime_url) as socket:
        error = await event_of(socket, "error")
        assert error["error"]["code"] == "session_idle"
        assert await close_code(socket) == 1000


async def test_a_server_that_stops_closes_its_sessions_and_their_work() -> None:
    hold = Hold()
    replies = ScriptedReplies(["Once upon a time.", hold])
    async with live_server(fake_roster(replies=replies)) as server:
        socket = await connect(server.realtime_url)
        await socket.send('{"type": "response.create"}')
        with anyio.fail_after(WAIT_SECONDS):
            await hold.reached.wait()
    assert await close_code(socket) == 1012
    assert replies.active == 0


async def test_a_client_that_vanishes_in_mid_reply_stops_the_work() -> None:
    hold = Hold()
    replies = ScriptedReplies(["Once upon a time.", hold])
    async with live_server(fake_roster(replies=replies)) as server:
        socket = await connect(server.realtime_url)
        await socket.send('{"type": "response.create"}')
        with anyio.fail_after(WAIT_SECONDS):
            await hold.reached.wait()
            socket.transport.abort()
            await replies.stopped.wait()
    assert replies.active == 0


async def test_a_session_that_cannot_be_recorded_as_asked_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    settings = replace(SETTINGS, connection=ConnectionSettings(record_folder=tmp_path / "taken"))
    async with live_server(fake_roster(), settings) as server, connect(server.realtime_url) as socket:
        assert (await next_event(socket))["error"]["code"] == "recording_folder_not_writable"
        assert await close_code(socket) == 1011


@pytest.mark.parametrize(
    ("query", "code"), [("intent=transcription", "intent_not_supported"), ("call_id=rtc_1", "call_not_found")]
)
async def test_other_kinds_of_session_are_refused_in_words(query: str, code: str) -> None:
    async with (
        live_server(fake_roster()) as server,
        connect(f"{server.realtime_url}?{query}", subprotocols=EXTENDED) as socket,
    ):
        assert (await next_event(socket))["error"]["code"] == code
        assert await close_code(socket) == 1008


async def test_a_character_that_is_not_there_is_told_and_the_connection_closed_for_good(tmp_path: Path) -> None:
    settings = load_settings({"engines": "instant", "offline": True, "memory": False, "data": tmp_path})
    async with (
        in_process_server(settings, announce=lambda _: None) as url,
        connect(f"{url}?persona=nobody", subprotocols=EXTENDED) as socket,
    ):
        error = (await next_event(socket))["error"]
        assert error["code"] == "persona_not_found"
        assert "'nobody'" in error["message"]
        assert await close_code(socket) == 1008
