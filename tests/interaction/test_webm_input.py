"""A client whose microphone comes as WebM with Opus, in pieces, as a browser without an audio thread sends it."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from vivavoce.realtime.connection import ConnectionSettings, RealtimeConnection
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio

RECORDING = (Path(__file__).parents[1] / "unit" / "audio" / "data" / "mediarecorder_tone.webm").read_bytes()
WAIT_SECONDS = 100.0


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Recorder:
    """The socket of a client that sends what it is told to, and keeps what it hears."""

    def __init__(self, *, is_binary: bool) -> None:
        self.told: list[dict[str, Any]] = []
        self._is_binary = is_binary
        self._to_server, self._from_client = anyio.create_memory_object_stream[str | bytes](1_000)
        self._more = anyio.Event()

    async def receive(self) -> str | bytes | None:
        try:
            return await self._from_client.receive()
        except anyio.EndOfStream:
            return None

    async def send(self, data: str | bytes) -> None:
        if isinstance(data, str):
            self.told.append(json.loads(data))
            self._more.set()
            self._more = anyio.Event()

    async def close(self, code: int, reason: str) -> None:
        self._from_client.close()

    def says(self, kind: str, **fields: object) -> None:
        self._to_server.send_nowait(json.dumps({"type": kind, **fields}))

    def sends(self, data: bytes, *, size: int = 150) -> None:
        """Send a recording in pieces, cut anywhere."""
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            if self._is_binary:
                self._to_server.send_nowait(b"\x01" + piece)
            else:
                self.says("input_audio_buffer.append", audio=encoded(piece))

    async def hears(self, kind: str, count: int = 1) -> dict[str, Any]:
        with anyio.fail_after(WAIT_SECONDS):
            while len(self.all(kind)) < count:
                await self._more.wait()
        return self.all(kind)[count - 1]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.told if event["type"] == kind]

    def leaves(self) -> None:
        self._to_server.close()

    def close_streams(self) -> None:
        self._to_server.close()
        self._from_client.close()

    def asks_for(self, detection: dict[str, Any] | None) -> None:
        audio = {"input": {"format": {"type": "audio/webm"}, "turn_detection": detection}}
        self.says("session.update", session={"type": "realtime", "audio": audio})


@pytest.fixture(params=[True, False], ids=["binary", "base64"])
def client(request: pytest.FixtureRequest) -> Recorder:
    return Recorder(is_binary=request.param)


@asynccontextmanager
async def served(client: Recorder) -> AsyncGenerator[None, None]:
    """Connect a client, and have it leave at the end."""
    async with anyio.create_task_group() as group:
        group.start_soon(serve, client)
        yield
        client.leaves()
    client.close_streams()


async def serve(client: Recorder) -> None:
    await RealtimeConnection(
        client, session_id="sess_t", roster=fake_roster(), settings=ConnectionSettings(), extensions=True
    ).run()


@pytest.mark.requirement("input.webm.001")
async def test_a_recording_in_pieces_is_heard_whole_and_answered(client: Recorder) -> None:
    async with served(client):
        client.asks_for(None)
        updated = await client.hears("session.updated")
        assert updated["session"]["audio"]["input"]["format"] == {"type": "audio/webm"}
        client.sends(RECORDING)
        client.says("input_audio_buffer.commit")
        client.says("response.create")
        await client.hears("input_audio_buffer.committed")
        await client.hears("response.done")
    assert not client.all("error")


@pytest.mark.requirement("input.webm.001")
async def test_turns_are_detected_in_it(client: Recorder) -> None:
    async with served(client):
        client.asks_for({"type": "server_vad", "silence_duration_ms": 200})
        await client.hears("session.updated")
        client.sends(RECORDING)
        await client.hears("input_audio_buffer.speech_started")


@pytest.mark.requirement("input.webm.002")
async def test_damage_is_a_typed_error_told_once_and_a_new_recording_mends_it(client: Recorder) -> None:
    async with served(client):
        client.asks_for(None)
        await client.hears("session.updated")
        client.sends(RECORDING[:300] + RECORDING[900:])
        client.sends(RECORDING)
        client.says("input_audio_buffer.commit")
        await client.hears("input_audio_buffer.committed")
    assert [event["error"]["code"] for event in client.all("error")] == ["audio_unreadable"]


@pytest.mark.requirement("input.webm.001")
async def test_a_whole_recording_in_an_item_is_there_before_what_was_asked_after_it(client: Recorder) -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": encoded(RECORDING)}]}
    async with served(client):
        client.asks_for(None)
        client.says("conversation.item.create", item=item)
        client.says("response.create")
        added = await client.hears("conversation.item.added")
        done = await client.hears("response.done")
    assert not client.all("error")
    assert client.told.index(added) < client.told.index(client.all("response.created")[0])
    assert done["response"]["status"] == "completed"


@pytest.mark.requirement("input.webm.002")
async def test_a_damaged_recording_in_an_item_is_refused_by_the_id_of_its_event(client: Recorder) -> None:
    content = [{"type": "input_audio", "audio": encoded(RECORDING[:100])}]
    async with served(client):
        client.asks_for(None)
        client.says(
            "conversation.item.create", event_id="e1", item={"type": "message", "role": "user", "content": content}
        )
        refused = await client.hears("error")
    assert (refused["error"]["code"], refused["error"]["event_id"]) == ("audio_unreadable", "e1")


@pytest.mark.requirement("input.webm.003")
async def test_replies_cannot_be_asked_for_as_webm(client: Recorder) -> None:
    async with served(client):
        audio = {"output": {"format": {"type": "audio/webm"}}}
        client.says("session.update", session={"type": "realtime", "audio": audio})
        refused = await client.hears("error")
    assert refused["error"]["param"] == "session.audio.output.format.type"
