"""A person on the line: speaks recordings in real time, hears the answers out, or interrupts them.

Owns the pace (20 ms of audio every 20 ms), the playing of what comes, and what a good client tells the server about it.
Refuses to know files and output formats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import numpy as np

from vivavoce.client.recordings import WIRE_HZ, Recording
from vivavoce.client.speaker import Playback, Speaker
from vivavoce.client.turn import Turn
from vivavoce.errors import NetworkError

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.client.line import Line

__all__ = ["Caller"]

FRAME_SECONDS = 0.02
FRAME_SAMPLES = int(WIRE_HZ * FRAME_SECONDS)
REPORT_EVERY_SECONDS = 0.25
NO_TURN_SECONDS = 3.0
"""Silence after a recording in which a turn would have been noticed, whatever the server's patience."""

ANSWER_DEADLINE_SECONDS = 90.0


class Caller:
    """One conversation. Run `listen` beside the calls of `say`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.speaker = Speaker()
        self.turns: list[Turn] = []
        self.session: dict[str, Any] = {}
        self._greeted = anyio.Event()
        self._configured = anyio.Event()
        self._last_report = 0.0
        self._reported = ("", 0)
        self._is_gone = False

    async def configure(self, session: dict[str, Any]) -> None:
        """Wait for the session, change its settings, and wait until they are in force.

        Raises:
            NetworkError: the server does not answer.
        """
        try:
            with anyio.fail_after(10.0):
                await self._greeted.wait()
                await self._line.send({"type": "session.update", "session": {"type": "realtime", **session}})
                await self._configured.wait()
        except TimeoutError:
            raise NetworkError("server_silent", "The server did not answer.", remedy="See the server's log.") from None

    async def listen(self) -> None:
        """Take in what the server sends, until it closes the line."""
        async for event, audio in self._line.messages():
            now = anyio.current_time()
            if audio is not None:
                self._play(event["item_id"], audio, now)
            await self._react(event, now)
        self._is_gone = True

    async def say(self, recording: Recording, *, leave_after: float | None = None) -> Turn:
        """Speak a recording and hear the answer out; or only until it has been heard for `leave_after` seconds.

        Raises:
            NetworkError: the server went away.
        """
        start = anyio.current_time()
        turn = Turn(recording=recording, speech_end_at=start + recording.speech_end_seconds)
        self.turns.append(turn)
        sent = 0
        while True:
            await self._line.send_audio(_frame(recording, sent))
            sent += 1
            await anyio.sleep_until(start + (sent + 1) * FRAME_SECONDS)
            now = anyio.current_time()
            await self._report_playout(now)
            if self._is_gone:
                raise NetworkError("server_gone", "The server closed the connection.", remedy="See the server's log.")
            if sent * FRAME_SECONDS < recording.seconds:
                continue
            if self._is_finished(turn, now, leave_after=leave_after):
                return turn

    async def stay(self, seconds: float) -> None:
        """Say nothing for so long, and then hear out what is being said.

        A conversation that the assistant ends meanwhile is over.
        """
        start, sent = anyio.current_time(), 0
        silence = np.zeros(FRAME_SAMPLES, np.float32)
        while (now := anyio.current_time()) < start + seconds or (
            self.speaker.playing(now) is not None and now < start + seconds + ANSWER_DEADLINE_SECONDS
        ):
            if self._is_gone:
                return
            await self._line.send_audio(silence)
            sent += 1
            await anyio.sleep_until(start + sent * FRAME_SECONDS)
            await self._report_playout(now)

    def _is_finished(self, turn: Turn, now: float, *, leave_after: float | None) -> bool:
        quiet_for = now - turn.speech_end_at - (turn.recording.seconds - turn.recording.speech_end_seconds)
        if quiet_for > ANSWER_DEADLINE_SECONDS:
            turn.errors.append(f"No answer within {ANSWER_DEADLINE_SECONDS:.0f} seconds.")
            return True
        playing = self.speaker.playing(now)
        if leave_after is not None and playing is not None and playing.item_id in turn.reply_items:
            return playing.played(now) >= leave_after * WIRE_HZ
        if not turn.turns and quiet_for < NO_TURN_SECONDS:
            return False
        return turn.is_over(now, silent_at=self.speaker.silent_at())

    def _play(self, item_id: str, audio: Samples, now: float) -> None:
        self.speaker.give(item_id, audio, now)
        for turn in self.turns:
            turn.late_audio += turn.silenced_at is not None and item_id in turn.reply_items

    async def _react(self, event: dict[str, Any], now: float) -> None:
        kind = event["type"]
        if kind == "session.created":
            self.session = event["session"]
            self._greeted.set()
        elif kind == "session.updated":
            self.session = event["session"]
            self._configured.set()
        elif kind == "vivavoce.playout.clear" or (
            kind == "input_audio_buffer.speech_started" and not self._line.extensions
        ):
            await self._fall_silent(now)
        elif kind in ("vivavoce.playout.hold", "vivavoce.playout.resume"):
            await self._hold_or_resume(now, is_hold=kind == "vivavoce.playout.hold")
        if self.turns:
            self.turns[-1].take(event, now)

    async def _fall_silent(self, now: float) -> None:
        """Stop playing, and tell the server where."""
        silent_since = self.speaker.held_since or now
        playback = self.speaker.clear(now)
        if playback is None:
            return
        for turn in self.turns[:-1]:
            if playback.item_id in turn.reply_items:
                turn.is_interrupted = True
                turn.silenced_at = silent_since
        played = playback.played(now)
        if self._line.extensions:
            await self._line.send(_playout_report(playback, played, buffered=0))
        else:
            await self._line.send(
                {
                    "type": "conversation.item.truncate",
                    "item_id": playback.item_id,
                    "content_index": 0,
                    "audio_end_ms": played * 1000 // WIRE_HZ,
                }
            )

    async def _hold_or_resume(self, now: float, *, is_hold: bool) -> None:
        """Stop playing for now, or go on, and tell the server where."""
        playback = self.speaker.playing(now)
        if is_hold:
            self.speaker.hold(now)
        else:
            self.speaker.resume(now)
        if playback is not None:
            played = playback.played(now)
            await self._line.send(_playout_report(playback, played, buffered=playback.samples - played))

    async def _report_playout(self, now: float) -> None:
        """Tell the server what was played, four times a second while anything plays, and once at its end."""
        if not self._line.extensions or now - self._last_report < REPORT_EVERY_SECONDS or not self.speaker.items:
            return
        playback = self.speaker.playing(now) or self.speaker.items[-1]
        played = playback.played(now)
        if playback.cut_at is not None or (playback.item_id, played) == self._reported:
            return
        self._last_report, self._reported = now, (playback.item_id, played)
        await self._line.send(_playout_report(playback, played, buffered=playback.samples - played))


def _frame(recording: Recording, index: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return the recording's next 20 ms; silence once it is over."""
    frame = recording.audio[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES]
    return np.pad(frame, (0, FRAME_SAMPLES - len(frame)))


def _playout_report(playback: Playback, played: int, *, buffered: int) -> dict[str, object]:
    return {
        "type": "vivavoce.playout.report",
        "item_id": playback.item_id,
        "content_index": 0,
        "played_samples": played,
        "buffered_samples": buffered,
    }
