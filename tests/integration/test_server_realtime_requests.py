"""What clients ask for over the Realtime route, where their request meets the session; the engines are fakes."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np
import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.asyncio.client import connect

from tests.deadlines import WAIT_SECONDS
from vivavoce.audio.pcm import float_to_pcm16
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.testing.blocking import no_blocking_callbacks
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from websockets.asyncio.client import ClientConnection

    from vivavoce.engines.roster import EngineRoster

pytestmark = pytest.mark.anyio

SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    # asyncio's own loop, whose callbacks can be timed.
    return "asyncio", {"use_uvloop": False}


@pytest.fixture(autouse=True)
def no_blocking() -> Iterator[None]:
    with no_blocking_callbacks():
        yield


class Caller:
    """A client that sends what it likes and checks every event that it gets against OpenAI's types."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, kind: str, **fields: object) -> None:
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """Return the events up to the first of a kind."""
        events: list[dict[str, Any]] = []
        with anyio.fail_after(WAIT_SECONDS):
            while not events or events[-1]["type"] != kind:
                events.append(json.loads(await self._socket.recv()))
                SERVER_EVENT.validate_python(events[-1])
        return events

    async def event(self, kind: str) -> dict[str, Any]:
        return (await self.until(kind))[-1]

    async def update(self, **session: object) -> dict[str, Any]:
        """Change the session and return all of it."""
        await self.send("session.update", session={"type": "realtime", **session})
        updated: dict[str, Any] = (await self.event("session.updated"))["session"]
        return updated


@asynccontextmanager
async def calling(roster: EngineRoster) -> AsyncGenerator[Caller, None]:
    async with live_server(roster) as server, connect(server.realtime_url) as socket:
        yield Caller(socket)


def tone(seconds: float) -> str:
    wave = 0.3 * np.sin(np.arange(int(seconds * 24_000), dtype=np.float32) * 0.05)
    return b64encode(float_to_pcm16(wave)).decode()


def spoken(*seconds: float, **item: object) -> dict[str, object]:
    content = [{"type": "input_audio", "audio": tone(length)} for length in seconds]
    return {"type": "message", "role": "user", "content": content, **item}


async def test_an_item_in_several_pieces_of_audio_is_heard_whole_and_given_back_whole() -> None:
    stt = FakeStt(["All of it."])
    async with calling(fake_roster(stt=stt)) as caller:
        await caller.update(audio={"input": {"transcription": {"model": "any"}}})
        await caller.send("conversation.item.create", item=spoken(1.0, 0.5, id="mine"))
        completed = await caller.event("conversation.item.input_audio_transcription.completed")
        assert completed["usage"]["seconds"] == 1.5
        assert stt.heard_samples == [24_000]
        await caller.send("conversation.item.retrieve", item_id="mine")
        first, second = (await caller.event("conversation.item.retrieved"))["item"]["content"]
        assert (first["transcript"], second["transcript"]) == ("All of it.", "")
        assert len(b64decode(first["audio"])) == 2 * 36_000
        assert "audio" not in second


async def test_a_response_may_be_without_the_session_s_bound() -> None:
    replies = ScriptedReplies(["Hello", " there."])
    async with calling(fake_roster(replies=replies)) as caller:
        await caller.update(max_output_tokens=4, output_modalities=["text"])
        for asked in ({"max_output_tokens": "inf"}, {"max_output_tokens": 9}, {}):
            await caller.send("response.create", response=asked)
            await caller.event("response.done")
    assert [request.max_tokens for request in replies.requests] == [None, 9, 4]


WEATHER = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        pytest.param({"tool_choice": {"type": "function", "name": "nothing"}}, "response.tool_choice", id="tool"),
        pytest.param({"input": [spoken(0.5)]}, "response.input", id="audio"),
        pytest.param({"input": [{"type": "item_reference", "id": "nothing"}]}, "item_id", id="reference"),
    ],
)
async def test_a_response_that_cannot_be_made_is_refused_and_the_next_one_is_made(
    asked: dict[str, object], param: str
) -> None:
    async with calling(fake_roster()) as caller:
        await caller.update(tools=[WEATHER], output_modalities=["text"])
        await caller.send("response.create", event_id="e1", response=asked)
        error = (await caller.event("error"))["error"]
        assert (error["type"], error["param"], error["event_id"]) == ("invalid_request_error", param, "e1")
        await caller.send("response.create")
        assert (await caller.event("response.done"))["response"]["status"] == "completed"


async def test_one_response_may_speak_in_another_format_than_the_session() -> None:
    spoken_bytes: list[int] = []
    async with calling(fake_roster()) as caller:
        for asked in ({"audio": {"output": {"format": {"type": "audio/pcmu"}}}}, {}):
            await caller.send("response.create", response=asked)
            events = await caller.until("response.done")
            formats = {
                event["response"]["audio"]["output"]["format"]["type"] for event in events if "response" in event
            }
            assert formats == {"audio/pcmu" if asked else "audio/pcm"}
            deltas = [b64decode(event["delta"]) for event in events if event["type"] == "response.output_audio.delta"]
            spoken_bytes.append(sum(map(len, deltas)))
    assert spoken_bytes[0] == pytest.approx(spoken_bytes[1] / 6, rel=0.02)
