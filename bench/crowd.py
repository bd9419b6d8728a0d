"""Many people talking to one server, each with 20 ms of audio every 20 ms, as cheaply as they can be had.

Owns the sockets, the pace and the moments at which a user's speech ended and an answer's first audio came. A user's
frames are made once, masked and all, so that sending one is a single write: a hundred users take a tenth of a core.
Knows of the protocol only what that needs. Refuses to know what is measured with it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from vivavoce.client.recordings import WIRE_HZ
from vivavoce.realtime.wire.binary import pack_input_audio, unpack_output_audio
from vivavoce.realtime.wire.extension_events import SUBPROTOCOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.audio.pcm import Samples

__all__ = ["FRAME_SAMPLES", "FRAME_SECONDS", "WIRE_HZ", "Crowd", "Script", "Spoken", "User"]

FRAME_SECONDS = 0.02
FRAME_SAMPLES = round(WIRE_HZ * FRAME_SECONDS)
REPORT_EVERY_FRAMES = 13
"""A quarter of a second, as the protocol asks of clients that report what was played."""

CONNECT_DEADLINE_SECONDS = 30.0
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA


class Script:
    """What a user says, over and over: speech at 24 kHz, then silence until the cycle is full.

    `offset_frames` is where in the cycle the user begins.
    """

    def __init__(self, speech: Samples, *, cycle_frames: int, offset_frames: int = 0) -> None:
        # Silence goes before the speech, so that its last sample is the last of a frame.
        whole = np.pad(speech, (-len(speech) % FRAME_SAMPLES, 0))
        self.speech_frames = [_pcm16(frame) for frame in whole.reshape(-1, FRAME_SAMPLES)]
        self.silence = _pcm16(np.zeros(FRAME_SAMPLES, np.float32))
        self._cycle_frames = cycle_frames
        self._offset_frames = offset_frames

    def place(self, number: int) -> int:
        """Return where in the cycle the user's frame of this number stands."""
        return (number + self._offset_frames) % self._cycle_frames

    def frame(self, number: int) -> bytes:
        """Return the user's frame of this number, 16-bit PCM."""
        place = self.place(number)
        return self.speech_frames[place] if place < len(self.speech_frames) else self.silence


@dataclass(slots=True, kw_only=True)
class Spoken:
    """One thing said: the number of its last frame, when that was sent, and when the answer's first audio came."""

    last_frame: int
    ended_at: float
    answered_at: float | None = None


class User(asyncio.Protocol):
    """One connection. Speaks when `send_next` is called, fifty times a second."""

    def __init__(self, script: Script, *, session: dict[str, Any], extensions: bool, watched: set[int]) -> None:
        self._extensions = extensions
        self._session = session
        self._place = script.place
        self._speech = [self._message_of(frame) for frame in script.speech_frames]
        self._silence = self._message_of(script.silence)
        self._watched = watched
        self._received = bytearray()
        self._is_open = False
        self._sent = 0
        self._playing = _Playing()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.spoken: list[Spoken] = []
        self.sent_at: dict[int, float] = {}
        self.faults: list[str] = []
        self.audio_bytes = 0

    # ------------------------------------------------------------------ speaking

    def send_next(self) -> None:
        """Send the next 20 ms."""
        place = self._place(self._sent)
        is_speech = place < len(self._speech)
        self._transport.write(self._speech[place] if is_speech else self._silence)
        # A user who begins in mid-sentence has not said one.
        if place == len(self._speech) - 1 and self._sent >= place:
            self.spoken.append(Spoken(last_frame=self._sent, ended_at=time.monotonic()))
        if self._sent in self._watched:
            self.sent_at[self._sent] = time.monotonic()
        self._sent += 1
        if self._extensions and self._sent % REPORT_EVERY_FRAMES == 0:
            self._report_playout()

    def close(self) -> None:
        """Leave."""
        self.ready.cancel()
        if self._is_open:
            self._transport.write(_masked(CLOSE, struct.pack(">H", 1000)))
            self._transport.close()

    def _message_of(self, audio: bytes) -> bytes:
        if self._extensions:
            return _masked(BINARY, pack_input_audio(audio))
        event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()}
        return _masked(TEXT, json.dumps(event).encode())

    def _report_playout(self) -> None:
        report = self._playing.report(time.monotonic())
        if report is not None:
            self._say(report)

    def _say(self, event: dict[str, Any]) -> None:
        self._transport.write(_masked(TEXT, json.dumps(event).encode()))

    # ------------------------------------------------------------------ listening

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = transport = cast("asyncio.Transport", transport)  # uvloop's does not derive from it
        key = base64.b64encode(os.urandom(16)).decode()
        name = SUBPROTOCOL if self._extensions else "realtime"
        transport.write(
            f"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {name}\r\n\r\n".encode()
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server is gone."""
        self._is_open = False
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"the server hung up: {bytes(self._received[:200])!r}"))

    @property
    def is_open(self) -> bool:
        """Whether the server still listens."""
        return self._is_open

    def data_received(self, data: bytes) -> None:
        """Take the messages out of what came."""
        received = self._received
        received += data
        if not self._is_open:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                return
            if not received.startswith(b"HTTP/1.1 101"):
                self._transport.close()
                return
            self._is_open = True
            del received[: end + 4]
        while (message := _take_message(received)) is not None:
            self._hear(*message)

    def _hear(self, kind: int, payload: bytes) -> None:
        if kind == BINARY:
            self._hear_audio(len(payload))
            self._playing.add(len(unpack_output_audio(payload).audio) // 2)
        elif kind == TEXT:
            self._take(payload)
        elif kind == PING:
            self._transport.write(_masked(PONG, payload))

    def _take(self, payload: bytes) -> None:
        name = payload[9 : payload.index(b'"', 9)]
        match name:
            case b"response.output_audio.delta":
                self._hear_audio(len(payload))
            case b"session.created":
                self._say({"type": "session.update", "session": {"type": "realtime", **self._session}})
            case b"session.updated":
                self.ready.set_result(None)
            case b"vivavoce.audio.stream":
                self._playing = _Playing(json.loads(payload)["item_id"], time.monotonic())
            case b"error":
                self.faults.append(json.loads(payload)["error"]["message"])
            case b"response.done" if b'"status":"failed"' in payload:
                self.faults.append("a response failed")

    def _hear_audio(self, size: int) -> None:
        self.audio_bytes += size
        if self.spoken and self.spoken[-1].answered_at is None:
            self.spoken[-1].answered_at = time.monotonic()


@dataclass(slots=True)
class _Playing:
    """An item's audio at the speaker."""

    item_id: str = ""
    since: float = 0.0
    samples: int = 0
    reported: int = -1

    def add(self, samples: int) -> None:
        self.samples += samples

    def report(self, now: float) -> dict[str, Any] | None:
        """Return what has been played, unless that has been told."""
        played = min(self.samples, round((now - self.since) * WIRE_HZ))
        if not self.item_id or played == self.reported:
            return None
        self.reported = played
        return {
            "type": "vivavoce.playout.report",
            "item_id": self.item_id,
            "content_index": 0,
            "played_samples": played,
            "buffered_samples": self.samples - played,
        }


class Crowd:
    """Users at one server, their frames spread evenly over every 20 ms."""

    def __init__(self, users: Sequence[User]) -> None:
        self.users = users
        self.late_ms: list[float] = []

    async def connect(self, port: int, *, within_seconds: float) -> None:
        """Connect all of them, one after the other."""
        loop = asyncio.get_running_loop()
        for user in self.users:
            await loop.create_connection(lambda user=user: user, "127.0.0.1", port)  # type: ignore[misc] # bound at once
            await asyncio.wait_for(user.ready, CONNECT_DEADLINE_SECONDS)
            await asyncio.sleep(within_seconds / len(self.users))

    async def speak(self, frames: int) -> None:
        """Have each of them send that many frames, in real time."""
        start, count = time.monotonic(), len(self.users)
        for turn in range(frames * count):
            due = start + turn * FRAME_SECONDS / count
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            elif not turn % count:
                await asyncio.sleep(0)  # one who is late still has to hear the answers
            user = self.users[turn % count]
            if user.is_open:
                user.send_next()
            self.late_ms.append((time.monotonic() - due) * 1000)

    def close(self) -> None:
        """Have all of them leave."""
        for user in self.users:
            user.close()


def _pcm16(samples: Samples) -> bytes:
    return np.rint(samples * 32_767).astype("<i2").tobytes()


def _masked(kind: int, payload: bytes) -> bytes:
    """Return a client's WebSocket frame (RFC 6455, 5.2)."""
    key = os.urandom(4)
    size = len(payload)
    head = bytes((0x80 | kind, 0x80 | size)) if size < 126 else struct.pack(">BBH", 0x80 | kind, 0xFE, size)
    mask = np.resize(np.frombuffer(key, np.uint8), size)
    return head + key + (np.frombuffer(payload, np.uint8) ^ mask).tobytes()


def _take_message(received: bytearray) -> tuple[int, bytes] | None:
    """Take a server's whole message out of what was received; servers do not mask, and ours does not fragment."""
    if len(received) < 2:
        return None
    size, start = received[1], 2
    if size == 126:
        size, start = int.from_bytes(received[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(received[2:10], "big"), 10
    if len(received) < start + size:
        return None
    kind, payload = received[0] & 0x0F, bytes(received[start : start + size])
    del received[: start + size]
    return kind, payload
