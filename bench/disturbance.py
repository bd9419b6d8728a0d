"""One listener of long replies, and the sounds around them: what each sound does to the reply.

Owns the conversation (asked for by text, so that only the sounds under test reach the microphone), the microphone with
its noise and the loudspeaker's echo, and the reading of what became of the reply. Refuses to know where sounds come
from and what is made of the outcomes.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np

from vivavoce.audio.pcm import Samples
from vivavoce.client.line import Line, open_line
from vivavoce.client.recordings import WIRE_HZ
from vivavoce.client.speaker import Speaker
from vivavoce.client.talk import session_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

__all__ = ["EchoPath", "Outcome", "Sound", "listener"]

FRAME_SAMPLES = WIRE_HZ // 50
MOST_LATE_SAMPLES = WIRE_HZ // 10
ROOM_NOISE = 10 ** (-65 / 20)
HEARD_FIRST_SECONDS = 1.0
SETTLES_SECONDS = 4.0
"""How long after a sound its consequences may still come."""

LEFT_SECONDS = 8.0
"""How much of a reply must be left to disturb it."""

REPLY_DEADLINE_SECONDS = 60.0
INSTRUCTIONS = "You tell very long stories, with many details, and you never stop before the story has its end."
REQUEST = "Tell me a very long story about a voyage by sea, with at least fifty sentences."


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoPath:
    """From the loudspeaker to the microphone; `response` begins with the direct sound."""

    delay_seconds: float
    response: Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What is played into the microphone, when it begins within `audio` (seconds), and whether the echo is there."""

    kind: str
    name: str
    audio: Samples
    begins: float = 0.0
    echo: EchoPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a sound did.

    Attributes:
        silent_ms: when the client first fell silent, after the sound began; None when it did not.
        held_ms: how long each hold lasted.
        is_cut: whether words of the reply were lost.
        heard: what the server took the sound for.
    """

    kind: str
    name: str
    silent_ms: float | None
    held_ms: tuple[float, ...]
    is_cut: bool
    heard: str


@dataclass(slots=True)
class _Listener:
    """A client that plays replies, and does with its queue what the server, or the protocol, asks for."""

    line: Line
    speaker: Speaker = field(default_factory=Speaker)
    silent_at: float | None = None
    texts: list[str] = field(default_factory=list)
    cut_reply: int | None = None
    is_writing: bool = False
    heard: list[str] = field(default_factory=list)
    _sounded: Samples = field(default_factory=lambda: np.zeros(2 * WIRE_HZ, np.float32))
    _given: dict[str, Samples] = field(default_factory=dict)
    _followed: tuple[str, int] = ("", 0)
    _noise: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    async def listen(self) -> None:
        async for event, audio in self.line.messages():
            now = anyio.current_time()
            if audio is not None:
                self.speaker.give(event["item_id"], audio, now)
                before = self._given.get(event["item_id"], np.zeros(0, np.float32))
                self._given = {event["item_id"]: np.concatenate([before, audio])}
            await self._react(event, now)

    async def disturb(self, sound: Sound) -> Outcome:
        """Have a reply heard, play the sound over it, and tell what became of it."""
        if not self._is_long():
            await self._ask()
        holds = len(self.speaker.holds)
        self.silent_at, self.cut_reply = None, None
        self.heard.clear()
        began = anyio.current_time() + sound.begins
        await self._send(sound, len(sound.audio) / WIRE_HZ + SETTLES_SECONDS)
        return Outcome(
            kind=sound.kind,
            name=sound.name,
            silent_ms=None if self.silent_at is None else round((self.silent_at - began) * 1000),
            held_ms=tuple(round((end - start) * 1000) for start, end in self.speaker.holds[holds:]),
            is_cut=self.cut_reply is not None and not self._goes_on(self.cut_reply),
            heard=" ".join(self.heard),
        )

    async def _react(self, event: dict[str, Any], now: float) -> None:
        match event["type"]:
            case "vivavoce.playout.hold":
                self._fall_silent(now)
                await self._report(now)
                self.speaker.hold(now)
            case "vivavoce.playout.resume":
                self.speaker.resume(now)
                await self._report(now)
            case "vivavoce.playout.clear":
                await self._clear(now)
            case "input_audio_buffer.speech_started" if not self.line.extensions:
                await self._clear(now)
            case "response.created":
                self.is_writing = True
                self.texts.append("")
            case "response.output_audio_transcript.delta":
                self.texts[-1] += event["delta"]
            case "response.done":
                self.is_writing = False
            case "conversation.item.input_audio_transcription.completed":
                self.heard.append(event["transcript"])
            case _:
                pass

    def _fall_silent(self, now: float) -> None:
        if self.silent_at is None and self.speaker.playing(now) is not None:
            self.silent_at = now

    async def _clear(self, now: float) -> None:
        if self.silent_at is None:
            self._fall_silent(now)
        playback = self.speaker.clear(now)
        if playback is None:
            return
        self.cut_reply = len(self.texts) - 1
        if self.line.extensions:
            await self._send_report(playback.item_id, playback.played(now), 0)
        else:
            end_ms = playback.played(now) * 1000 // WIRE_HZ
            place = {"item_id": playback.item_id, "content_index": 0, "audio_end_ms": end_ms}
            await self.line.send({"type": "conversation.item.truncate", **place})

    async def _report(self, now: float) -> None:
        playback = self.speaker.playing(now)
        if playback is not None and self.line.extensions:
            played = playback.played(now)
            await self._send_report(playback.item_id, played, playback.samples - played)

    async def _send_report(self, item_id: str, played: int, buffered: int) -> None:
        place = {"item_id": item_id, "content_index": 0, "played_samples": played, "buffered_samples": buffered}
        await self.line.send({"type": "vivavoce.playout.report", **place})

    def _goes_on(self, cut_reply: int) -> bool:
        """Whether what was said afterwards is the rest of what was cut."""
        cut, *later = (text.strip() for text in self.texts[cut_reply:])
        return any(text and cut.endswith(text) for text in later)

    def _is_long(self) -> bool:
        now = anyio.current_time()
        return self.speaker.playing(now) is not None and self.speaker.silent_at() - now > LEFT_SECONDS

    async def _ask(self) -> None:
        now = anyio.current_time()
        if self.is_writing or (self.line.extensions and self.speaker.playing(now) is not None):
            await self.line.send({"type": "response.cancel"})
        await self._clear(now)
        with anyio.fail_after(REPLY_DEADLINE_SECONDS):
            while not self._is_long():
                if not self.is_writing:
                    content = [{"type": "input_text", "text": REQUEST}]
                    item = {"type": "message", "role": "user", "content": content}
                    await self.line.send({"type": "conversation.item.create", "item": item})
                    await self.line.send({"type": "response.create"})
                    self.is_writing = True
                await anyio.sleep(0.1)
        await self._send(None, HEARD_FIRST_SECONDS)

    async def _send(self, sound: Sound | None, seconds: float) -> None:
        """Keep the microphone open for so long, with the sound in it."""
        start = anyio.current_time()
        for frame in range(round(seconds * 50)):
            await anyio.sleep_until(start + frame / 50)
            now = anyio.current_time()
            heard = ROOM_NOISE * self._noise.standard_normal(FRAME_SAMPLES).astype(np.float32)
            echo = self._echo(now, None if sound is None else sound.echo)
            if sound is not None:
                piece = sound.audio[frame * FRAME_SAMPLES : (frame + 1) * FRAME_SAMPLES]
                heard[: len(piece)] += piece
            await self.line.send_audio(heard + echo)
            if not frame % 12:
                await self._report(now)

    def _echo(self, now: float, path: EchoPath | None) -> Samples:
        """Follow the loudspeaker by a frame, and return what of it comes back."""
        self._sounded = np.concatenate([self._sounded[FRAME_SAMPLES:], self._follow(now)])
        if path is None:
            return np.zeros(FRAME_SAMPLES, np.float32)
        end = len(self._sounded) - round(path.delay_seconds * WIRE_HZ)
        past = self._sounded[end - FRAME_SAMPLES - len(path.response) + 1 : end]
        return np.convolve(past, path.response, mode="valid").astype(np.float32)

    def _follow(self, now: float) -> Samples:
        """Return the next frame that comes out of the loudspeaker: without gaps, though this loop may be late."""
        frame = np.zeros(FRAME_SAMPLES, np.float32)
        playing = self.speaker.playing(now)
        if playing is None or self.speaker.held_since is not None:
            return frame
        played = playing.played(now)
        item_id, place = self._followed
        if item_id != playing.item_id or abs(played - place) > MOST_LATE_SAMPLES:
            place = max(0, played - FRAME_SAMPLES)
        # Not `audio_played`, which puts minutes together for every frame.
        piece = self._given.get(playing.item_id, frame)[place : place + FRAME_SAMPLES]
        frame[: len(piece)] = piece
        self._followed = (playing.item_id, place + len(piece))
        return frame


@asynccontextmanager
async def listener(url: str, *, extensions: bool) -> AsyncGenerator[_Listener, None]:
    """Open a conversation of long replies."""
    async with open_line(url, extensions=extensions) as line, anyio.create_task_group() as group:
        client = _Listener(line)
        group.start_soon(client.listen)
        session = session_settings(language="en", turn_detection="semantic_vad", voice=None)
        settings = {"type": "realtime", "instructions": INSTRUCTIONS, **session}
        await line.send({"type": "session.update", "session": settings})
        yield client
        group.cancel_scope.cancel()
