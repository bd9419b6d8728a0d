"""Spoken conversations with the embedded engines, over real sockets, with the stock OpenAI client."""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import anyio
import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from tests.deadlines import WAIT_SECONDS
from tests.integration.spoken import WIRE_HZ, recorded_command
from vivavoce.app.serving import in_process_server
from vivavoce.audio.pcm import float_to_pcm16, pcm16_to_float, rms_dbfs
from vivavoce.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import numpy as np
    from openai.resources.realtime.realtime import AsyncRealtimeConnection

pytestmark = pytest.mark.anyio

SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
FRAME_BYTES = WIRE_HZ // 50 * 2


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@asynccontextmanager
async def session(settings: dict[str, Any]) -> AsyncGenerator[AsyncRealtimeConnection, None]:
    """Connect the stock client to a server with the embedded engines and the smallest language model."""
    served = load_settings({"llm": "smollm2-135m", "offline": True})
    async with in_process_server(served, announce=print) as url:
        base = url.removesuffix("/realtime")
        client = AsyncOpenAI(api_key="local", base_url=base.replace("ws", "http", 1), websocket_base_url=base)
        async with client.realtime.connect(model="local") as connection:
            await connection.session.update(session=cast("Any", {"type": "realtime", **settings}))
            await collect(connection, until="session.updated")
            yield connection


async def speak(connection: AsyncRealtimeConnection, audio: np.ndarray[Any, Any]) -> None:
    """Stream speech in real time, as a microphone gives it, and then silence until cancelled."""
    data = float_to_pcm16(audio)
    start, sent = anyio.current_time(), 0
    while True:
        frame = data[sent * FRAME_BYTES : (sent + 1) * FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
        await connection.input_audio_buffer.append(audio=base64.b64encode(frame).decode())
        sent += 1
        await anyio.sleep_until(start + sent * 0.02)


async def collect(connection: AsyncRealtimeConnection, *, until: str) -> list[Any]:
    """Return the events up to the first of a kind, each checked against OpenAI's types."""
    events = []
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            raw = json.loads(await connection.recv_bytes())
            events.append(SERVER_EVENT.validate_python(raw))
            if raw["type"] == until:
                return events


def kinds(events: list[Any]) -> list[str]:
    return [event.type for event in events]


def audio_of(events: list[Any]) -> np.ndarray[Any, Any]:
    deltas = [base64.b64decode(event.delta) for event in events if event.type == "response.output_audio.delta"]
    return pcm16_to_float(b"".join(deltas))


VOICE = {"audio": {"input": {"transcription": {"model": "whisper-1", "language": "en"}}}}


async def test_a_recorded_command_is_understood_and_answered_in_speech_over_the_stock_client() -> None:
    async with session(VOICE) as connection, anyio.create_task_group() as microphone:
        microphone.start_soon(speak, connection, recorded_command())
        events = await collect(connection, until="response.done")
        microphone.cancel_scope.cancel()

    order = kinds(events)
    spoken = [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.completed",
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
    assert [order.index(kind) for kind in spoken] == sorted(order.index(kind) for kind in spoken)
    transcript = next(event.transcript for event in events if event.type.endswith("transcription.completed"))
    assert "forward" in transcript.lower()
    assert events[-1].response.status == "completed"
    assert rms_dbfs(audio_of(events)) > -40


async def test_a_reply_is_cancelled_and_truncated_to_what_was_heard() -> None:
    async with session({"instructions": "Tell long stories in many sentences."}) as connection:
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Tell me a story."}]}
        )
        await connection.response.create()
        begun = await collect(connection, until="response.output_audio.delta")
        item_id = begun[-1].item_id
        await connection.response.cancel()
        ended = await collect(connection, until="response.done")
        heard_ms = min(400, 1000 * len(audio_of(begun)) // WIRE_HZ)
        await connection.conversation.item.truncate(item_id=item_id, content_index=0, audio_end_ms=heard_ms)
        truncated = await collect(connection, until="conversation.item.truncated")
        await connection.conversation.item.retrieve(item_id=item_id)
        kept = (await collect(connection, until="conversation.item.retrieved"))[-1].item.content[0]

    said = "".join(event.delta for event in begun + ended if event.type == "response.output_audio_transcript.delta")
    assert ended[-1].response.status == "cancelled"
    assert truncated[-1].audio_end_ms == heard_ms
    assert said.startswith(kept.transcript)
    assert len(kept.transcript) < len(said)
    assert len(base64.b64decode(kept.audio)) // 2 == heard_ms * WIRE_HZ // 1000


async def test_a_written_question_is_answered_in_writing() -> None:
    async with session({"output_modalities": ["text"]}) as connection:
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello."}]}
        )
        await connection.response.create()
        events = await collect(connection, until="response.done")

    assert events[-1].response.output[0].content[0].text
    assert "response.output_audio.delta" not in kinds(events)
