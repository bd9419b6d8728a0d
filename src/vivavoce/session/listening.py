"""The session's ear: wire audio in, turn events out.

Owns the input buffer, the place in the stream, and what of it the detectors hear. Refuses to decide anything about
turns (`turntaking` does), to know what becomes of them (`conversation` does), and when the voice activity detector runs
(`VadBatcher` does, for all sessions at once).

What is done for every message, fifty times a second a session, is next to nothing: its bytes are kept until they fill
a frame. What is done for every frame happens without waking a task, which only a signal of the detector does.
"""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING

import anyio

from vivavoce.audio.buffers import InputAudioBuffer
from vivavoce.audio.formats import AudioFormat, InputDecoder
from vivavoce.conversation import events as ev
from vivavoce.errors import CapacityError
from vivavoce.session.far_end import COMPARED_SAMPLES, FarEnd
from vivavoce.turntaking import detector as td
from vivavoce.turntaking.settings import SemanticTurns, SilenceTurns, TurnDetection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import numpy.typing as npt

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.judging import EndOfTurnJudge

__all__ = ["InputLimits", "Listener"]

KEEP_SAMPLES = 2 * 16_000
"""Audio kept while nobody speaks: more than any prefix padding."""

STALLED_SECONDS = 2.0
"""A client that stops sending in mid-turn has ended its turn: no silence will come to say so."""

IDLE_SWEEP_SECONDS = 30.0
JUDGED_SECONDS = 8.0
"""What the end-of-turn model hears at most."""


class InputLimits:
    """How much unheard input a session may hold."""

    def __init__(self, *, max_bytes: int = 10_000_000, max_chunks: int = 1_000) -> None:
        self.max_bytes = max_bytes
        self.max_chunks = max_chunks


class Listener:
    """Hears one session's input."""

    def __init__(
        self,
        *,
        roster: EngineRoster,
        dispatch: Callable[[ev.Event], None],
        clock: Callable[[], float],
        limits: InputLimits,
        judge: EndOfTurnJudge,
        far_end: FarEnd,
    ) -> None:
        self._roster = roster
        self._dispatch = dispatch
        self._judge = judge
        self._far_end = far_end
        self._clock = clock
        self._limits = limits
        self._decoder = InputDecoder(AudioFormat.PCM16_24K)
        self._format = AudioFormat.PCM16_24K
        self._unread: list[bytes | memoryview] = []
        self._unread_bytes = 0
        self._frame_bytes = self._decoder.bytes_for(td.FRAME_SAMPLES)
        self._buffer = InputAudioBuffer(max_bytes=limits.max_bytes, max_chunks=limits.max_chunks)
        self._uncommitted = 0
        self._arrivals: deque[tuple[int, float]] = deque(maxlen=1_024)
        self._detection: TurnDetection | None = SilenceTurns()
        self._detector = td.TurnDetector(SilenceTurns())
        self._batcher = roster.vad_batcher
        self._signals: deque[td.TurnSignal] = deque()
        self._failure: Exception | None = None
        self._news = anyio.Event()
        self._is_open = False

    @property
    def uncommitted(self) -> tuple[int, int]:
        """The samples that no turn has taken yet."""
        self._read_the_rest()
        return self._uncommitted, self._buffer.end_sample

    @property
    def buffer(self) -> InputAudioBuffer:
        """What has been heard and is still held; the newest frame may not be whole yet, and is missing then."""
        return self._buffer

    def configure(self, audio_format: AudioFormat, detection: TurnDetection | None) -> None:
        """Take up a format and a way to detect turns (None: the client commits them by hand)."""
        if audio_format is not self._format:
            self._read_the_rest()
            self._format, self._decoder = audio_format, InputDecoder(audio_format)
            self._frame_bytes = self._decoder.bytes_for(td.FRAME_SAMPLES)
        if detection is None:
            self._forget_turn()
        self._detection = detection
        self._detector.retune(self._possible(detection))

    def append(self, data: bytes | memoryview) -> None:
        """Take in audio of the session's format.

        Raises:
            InputError: half a sample.
            CapacityError: the buffer is full.
        """
        if not self._is_open:
            self._is_open = True
            self._dispatch(ev.InputAudioOpened())
        self._format.check(data)
        self._unread.append(data)
        self._unread_bytes += len(data)
        if self._unread_bytes < self._frame_bytes:
            return
        try:
            self._read()
        except CapacityError:
            # A turn that has filled the buffer is over: answering it is what makes room.
            self._emit(self._detector.end_now())
            raise
        self._have_heard()

    def slice(self, start_sample: int, end_sample: int) -> Samples:
        """Return what was heard between two places of the stream, as far as it is held."""
        return self._buffer.slice(start_sample, end_sample)

    def release(self, before_sample: int) -> None:
        """No turn will need the audio before this place."""
        self._uncommitted = max(self._uncommitted, before_sample)
        self._buffer.drop_before(before_sample)

    def forget_uncommitted(self) -> None:
        """Throw away what no turn has taken."""
        self._read_the_rest()
        self._uncommitted = self._buffer.end_sample
        self._buffer.clear()
        self.begin_afresh()

    def begin_afresh(self) -> None:
        """The turn under way ended by other means: listen for a new one from here on."""
        if self._detection is not None:
            self._skip_to(self._buffer.end_sample)
        self._forget_turn()

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Pass on what the detectors find in what arrives, until cancelled."""
        with self._batcher.stream(self):
            task_status.started()
            while True:
                await self._news.wait()
                self._news = anyio.Event()
                if self._failure is not None:
                    raise self._failure
                self._emit(())
                self._let_go_of_silence()
                self._batcher.submit(self)

    async def watch(self) -> None:
        """End turns whose audio stopped coming, and let go of input that nobody came back for."""
        while True:
            await anyio.sleep(1.0)
            last = self._buffer.last_append_seconds
            idle = 0.0 if last is None else self._clock() - last
            if idle >= STALLED_SECONDS and self._detector.is_in_turn:
                self._emit(self._detector.end_now())
            elif idle >= IDLE_SWEEP_SECONDS and self._buffer.statistics().held_bytes:
                self.forget_uncommitted()

    def next_frame(self, into: npt.NDArray[np.int16]) -> bool:
        """Write the next frame for the voice activity detector, and return whether there is one.

        There is none while signals wait: what becomes of them may decide from where on is listened.
        """
        if self._signals or self._detection is None:
            return False
        if self._detector.position < self._buffer.oldest_sample:
            self._skip_to(self._buffer.oldest_sample)
        position = self._detector.position
        if position + td.FRAME_SAMPLES > self._buffer.end_sample:
            return False
        self._buffer.copy_to(into, position)
        return True

    def take_probability(self, probability: float, level_db: float) -> bool:
        """Detect in the frame that was written last, and return whether the next one may be heard."""
        is_start = not self._detector.is_in_turn and probability >= td.ALERT_THRESHOLD
        is_alert = is_start and self._far_end.can_be_held()
        signals = self._detector.feed(probability, level_db, is_alert=is_alert)
        if signals:
            self._signals.extend(signals)
            self._news.set()
            return False
        self._let_go_of_silence()
        return self._buffer.end_sample - self._detector.position >= td.FRAME_SAMPLES

    def fail(self, error: Exception) -> None:
        """End the session: its detector has failed."""
        self._failure = error
        self._news.set()

    def _read(self) -> None:
        """Take the unread bytes into the buffer."""
        data = self._unread[0] if len(self._unread) == 1 else b"".join(self._unread)
        self._unread.clear()
        self._unread_bytes = 0
        now = self._clock()
        self._buffer.append(self._decoder.decode(data), now_seconds=now)
        self._arrivals.append((self._buffer.end_sample, now))

    def _read_the_rest(self) -> None:
        """Take in also what does not fill a frame; of a full buffer it is left out."""
        if self._unread:
            with contextlib.suppress(CapacityError):
                self._read()
            self._have_heard()

    def _have_heard(self) -> None:
        """Have the frames heard that are whole now, if anyone listens."""
        if self._detection is not None and self._batcher.is_ready:
            unheard = self._buffer.end_sample - self._detector.position
            if unheard >= td.FRAME_SAMPLES:
                self._batcher.submit(self)
            self._frame_bytes = self._decoder.bytes_for(td.FRAME_SAMPLES - unheard % td.FRAME_SAMPLES)
            return
        self._skip_to(self._buffer.end_sample)
        if self._detection is not None:
            # Nobody will ever take it: without this a microphone would fill the buffer.
            self._let_go_of_silence()

    def _let_go_of_silence(self) -> None:
        if not self._detector.is_in_turn:
            oldest = self._detector.position - KEEP_SAMPLES
            self._uncommitted = max(self._uncommitted, oldest)
            self._buffer.drop_before(oldest)

    def _skip_to(self, position: int) -> None:
        """Continue at `position` without listening to what lies before."""
        if position != self._detector.position:
            detection = self._possible(self._detection)
            self._detector = td.TurnDetector(detection, position=position, rhythm=self._detector.rhythm)
            self._judge.forget()

    def _possible(self, detection: TurnDetection | None) -> TurnDetection:
        """Return the way to detect turns that the engines at hand allow."""
        if isinstance(detection, SemanticTurns) and self._roster.turn is None:
            return SilenceTurns(threshold=detection.threshold, prefix_padding_ms=detection.prefix_padding_ms)
        return detection or SilenceTurns()

    def _forget_turn(self) -> None:
        self._detector.reset()
        self._judge.forget()
        self._signals.clear()

    def _emit(self, signals: Iterable[td.TurnSignal]) -> None:
        """Pass on what the detector found, behind what waits already."""
        self._signals.extend(signals)
        while self._signals:
            self._pass_on(self._signals.popleft())

    def _pass_on(self, signal: td.TurnSignal) -> None:
        match signal:
            case td.SpeechBegan() if self._far_end.explains(self._heard_lately()):
                self._detector.dismiss()
            case td.SpeechBegan():
                self._far_end.note_onset(signal.start_sample, self._detector.position)
                self._dispatch(ev.SpeechStarted(start_sample=signal.start_sample))
            case td.PauseBegan():
                self._judge.pause_began(signal, self._take_verdict)
                self._dispatch(ev.SpeechPaused(start_sample=signal.start_sample, end_sample=signal.end_sample))
            case td.SpeechWentOn():
                self._judge.forget()
                self._dispatch(ev.SpeechResumed())
            case td.JudgementWanted():
                start = max(signal.start_sample, signal.end_sample - int(JUDGED_SECONDS * 16_000))
                self._judge.hear(signal, self._buffer.slice(start, signal.end_sample))
            case td.TurnOver():
                self._judge.forget()
                self._dispatch(
                    ev.TurnEnded(
                        start_sample=signal.start_sample,
                        end_sample=signal.end_sample,
                        speech_ended_at=self._arrived_at(signal.last_speech_sample),
                    )
                )

    def _heard_lately(self) -> Samples:
        """Return what the detector's newest decision is about."""
        end = self._detector.position
        return self._buffer.slice(end - COMPARED_SAMPLES, end)

    def _take_verdict(self, pause: int, probability: float, *, is_final: bool) -> None:
        self._emit(self._detector.judged(pause, probability, is_final=is_final))

    def _arrived_at(self, sample: int) -> float:
        """Return when the audio up to `sample` had arrived."""
        for end, arrived in self._arrivals:
            if end >= sample:
                return arrived
        return self._clock()
