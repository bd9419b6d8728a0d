"""A user who is not there any more is asked twice, wished well, and let go; the client is told why."""

from __future__ import annotations

import base64
import json
from typing import Any

import anyio
import numpy as np
import pytest

from vivavoce.audio.pcm import float_to_int16
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.realtime.connection import ConnectionSettings, RealtimeConnection
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio

QUESTION = float_to_int16(np.random.default_rng(1).uniform(-0.3, 0.3, 24_000).astype(np.float32)).tobytes()
FRAME_BYTES = 960
PATIENCE_MS = 5_000
UPDATE = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": PATIENCE_MS}}},
    },
}


class OpenMicrophone:
    """The socket of a client that asks one question, and sends silence from then on."""

    def __init__(self, *, is_binary: bool) -> None:
        self.told: list[dict[str, Any]] = []
        self.closed: tuple[int, str] | None = None
        self._is_binary = is_binary
        self._sound = QUESTION
        self._has_updated = False

    async def receive(self) -> str | bytes | None:
        if not self._has_updated:
            self._has_updated = True
            return json.dumps(UPDATE)
        await anyio.sleep(0.02)
        frame, self._sound = self._sound[:FRAME_BYTES].ljust(FRAME_BYTES, b"\0"), self._sound[FRAME_BYTES:]
        if self._is_binary:
            return b"\x01" + frame
        return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(frame).decode()})

    async def send(self, data: str | bytes) -> None:
        if isinstance(data, str):
            self.told.append(json.loads(data))

    async def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)


@pytest.mark.parametrize("extensions", [False, True])
@pytest.mark.requirement("turn.silence.002")
async def test_a_user_who_has_gone_is_let_go(extensions: bool) -> None:
    replies = ScriptedReplies(saying("Hello."), saying("Still there?"), saying("I am here."), saying("Goodbye."))
    socket = OpenMicrophone(is_binary=extensions)
    connection = RealtimeConnection(
        socket,
        session_id="sess_t",
        roster=fake_roster(replies=replies),
        settings=ConnectionSettings(idle_seconds=1_000.0),
        extensions=extensions,
    )
    with anyio.fail_after(200.0):
        await connection.run()
    assert [request.messages[-1].content[:22] for request in replies.requests][1:] == [
        "(The user has been sil",
        "(The user is still sil",
        "(The user has not answ",
    ]
    error = socket.told[-1]
    assert (error["type"], error["error"]["code"]) == ("error", "user_silent")
    assert socket.closed == (1000, "user_silent")
    timeouts = [event for event in socket.told if event["type"] == "input_audio_buffer.timeout_triggered"]
    assert len(timeouts) == 3
