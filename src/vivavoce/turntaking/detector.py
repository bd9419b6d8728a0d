"""When a turn starts, pauses and ends, from one speech probability a frame.

Owns the decision. Refuses to know the models behind the probabilities (the driver runs them) and the clock: every
number here counts samples of 16 kHz audio, so that audio which comes late, early or all at once is judged alike.

    speech   ____######____________########_____________________
                 ^start   ^pause   ^resumed ^pause ^judged ^end
                          |--------|        |--delay-------|

A start needs several speech frames close together. A pause begins when speech has been absent, or has faded away, for
`PAUSE_MS`; the words so far can be sought then. Under `SemanticTurns` the end-of-turn model is asked, and once more
where a doubt is left; whoever weighs the evidence says how likely the end is as often as there is more of it, and that
sets how much silence ends the turn. Until something is known, the maximum applies, and while more is to come, at least
`hear_out_ms`. What is waited beyond the minimum is stretched by the speaker's own rhythm.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from vivavoce.turntaking.rhythm import Rhythm
from vivavoce.turntaking.settings import DEFAULT_START_FRAMES, SemanticTurns, SilenceTurns, TurnDetection

__all__ = [
    "ALERT_THRESHOLD",
    "FRAME_SAMPLES",
    "JudgementWanted",
    "PauseBegan",
    "SpeechBegan",
    "SpeechWentOn",
    "TurnDetector",
    "TurnOver",
    "TurnSignal",
]

FRAME_SAMPLES = 512
SAMPLES_PER_MS = 16
FRAME_MS = FRAME_SAMPLES / SAMPLES_PER_MS
START_WINDOW = 5
"""Frames within which the speech frames of a start must lie."""

ALERT_THRESHOLD, ALERT_START_FRAMES = 0.3, 2
"""What makes a start on the alert: while a client plays that can be held and go on, to be quick is worth an error."""

PAUSE_MS = 32
"""Silence after which the words so far are sought, which takes as long again. In ten minutes of speech 262 gaps last
one frame, 125 two and 82 three: waiting for the second would save a recognition every four seconds, most of which the
next word calls off half-way, and make every answer 32 ms later."""

FADED_DB = 33.0
"""A frame so far below the loud parts of the turn is the end of a sound, not speech that goes on. The model goes on
hearing speech for 75 ms after the last of it (median of 67 sentences; 110 ms for a quarter), with this for 26 ms."""

LOUD_PARTS_FADE_DB = 0.1
"""By how much the loud parts are taken to sink with each frame: 3 dB a second, for who turns away or falls quiet."""

CUT_SHORT_MS = 1_000
"""Who speaks again so soon after the last word was not done, whatever was decided: nobody hears a reply and answers it
in that time."""

HYSTERESIS = 0.15
"""How far below the threshold the probability must fall before speech counts as over (Silero's own example uses it)."""

SURE_SILENCE = 0.01
"""Probability under which nothing is speech that goes on, however low the threshold: else no turn would ever end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechBegan:
    """A turn begins; `start_sample` includes the prefix padding."""

    start_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseBegan:
    """The speaker fell silent."""

    pause: int
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechWentOn:
    """The pause was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementWanted:
    """Ask the end-of-turn model about this audio, and answer with `TurnDetector.judged` once something is known."""

    pause: int
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOver:
    """The turn is over; the last speech lies at `last_speech_sample`."""

    start_sample: int
    end_sample: int
    last_speech_sample: int


TurnSignal = SpeechBegan | PauseBegan | SpeechWentOn | JudgementWanted | TurnOver


class TurnDetector:
    """Follows one stream. Positions count from `position` (samples since the session began)."""

    def __init__(self, detection: TurnDetection, *, position: int = 0, rhythm: Rhythm | None = None) -> None:
        self._detection = detection
        self._position = position
        self.rhythm = rhythm or Rhythm()
        self._floor = position
        self._recent: deque[float] = deque(maxlen=START_WINDOW)
        self._start: int | None = None
        self._last_speech = position
        self._is_paused = False
        self._looks = 0
        self._is_in_doubt = False
        self._pause = 0
        self._ended_at: int | None = None
        self._began: int | None = None
        self._loud_db = -math.inf
        self._delay_ms = self._patience_ms()

    @property
    def position(self) -> int:
        """Samples seen so far."""
        return self._position

    @property
    def is_in_turn(self) -> bool:
        """Whether a turn is under way."""
        return self._start is not None

    def retune(self, detection: TurnDetection) -> None:
        """Go on by another policy; a turn under way stays under way, and a pause is judged anew."""
        if detection == self._detection:
            return
        self._detection = detection
        self._looks = 0
        self._delay_ms = self._patience_ms()

    def feed(self, probability: float, level_db: float = 0.0, *, is_alert: bool = False) -> list[TurnSignal]:
        """Take in the next frame's speech probability, and its level in dB; on the alert less of it makes a start."""
        self._position += FRAME_SAMPLES
        if self._start is None:
            self._loud_db = level_db
            return self._look_for_start(probability, is_alert=is_alert)
        self._learn_from_end()
        if probability >= self._threshold() and not self._has_faded(level_db):
            return self._hear_speech()
        return self._hear_silence(self._start)

    def judged(self, pause: int, probability: float, *, is_final: bool = True) -> list[TurnSignal]:
        """Take in how likely the end is by what is known of a pause; a judgement of an earlier pause is ignored.

        While a judgement is not final, more evidence is on its way, and waited for up to `hear_out_ms`.
        """
        detection = self._detection
        if pause != self._pause or not self._is_paused or not isinstance(detection, SemanticTurns):
            return []
        self._is_in_doubt = is_final and probability < detection.sure
        self._delay_ms = detection.delay_ms(probability, stretch=self.rhythm.stretch)
        if not is_final:
            self._delay_ms = max(self._delay_ms, detection.hear_out_ms)
        return self._end_if_due()

    def end_now(self) -> list[TurnSignal]:
        """End the turn under way, for a client that stopped sending audio."""
        return [self._end(self._start)] if self._start is not None else []

    def reset(self) -> None:
        """Forget the turn under way; audio up to here belongs to no later one."""
        self._start = None
        self._is_paused = self._is_in_doubt = False
        self._looks = 0
        self._floor = self._position
        self._recent.clear()

    def dismiss(self) -> None:
        """What began was no turn: listen for one, to which what was heard lately may still belong."""
        self._start = self._began = None
        self._recent.clear()

    def _look_for_start(self, probability: float, *, is_alert: bool) -> list[TurnSignal]:
        self._recent.append(probability)
        threshold = min(ALERT_THRESHOLD, self._detection.threshold) if is_alert else self._detection.threshold
        is_speech = [recent >= threshold for recent in self._recent]
        if sum(is_speech) < (ALERT_START_FRAMES if is_alert else DEFAULT_START_FRAMES) or not is_speech[-1]:
            return []
        first_speech = self._position - FRAME_SAMPLES * (len(is_speech) - is_speech.index(True))
        padding = self._detection.prefix_padding_ms * SAMPLES_PER_MS
        self._start = max(self._floor, first_speech - padding)
        self._began = first_speech
        self._last_speech = self._position
        self._delay_ms = self._patience_ms()
        return [SpeechBegan(start_sample=self._start)]

    def _threshold(self) -> float:
        """The probability that counts as speech within a turn: lower while the speech has not stopped."""
        threshold = self._detection.threshold
        if self._last_speech < self._position - FRAME_SAMPLES:
            return threshold
        return min(threshold, max(threshold - HYSTERESIS, SURE_SILENCE))

    def _has_faded(self, level_db: float) -> bool:
        self._loud_db = max(self._loud_db - LOUD_PARTS_FADE_DB, level_db)
        return level_db < self._loud_db - FADED_DB

    def _hear_speech(self) -> list[TurnSignal]:
        silence_ms = self._silence_ms() - FRAME_MS
        self._last_speech = self._position
        if not self._is_paused:
            return []
        self.rhythm.went_on(silence_ms)
        self._is_paused = self._is_in_doubt = False
        self._looks = 0
        self._delay_ms = self._patience_ms()
        return [SpeechWentOn()]

    def _hear_silence(self, start: int) -> list[TurnSignal]:
        signals: list[TurnSignal] = []
        silence_ms = self._silence_ms()
        if not self._is_paused and silence_ms >= PAUSE_MS:
            self._is_paused = True
            self._pause += 1
            signals.append(PauseBegan(pause=self._pause, start_sample=start, end_sample=self._position))
        if self._is_paused and self._wants_judgement(silence_ms):
            self._looks += 1
            signals.append(JudgementWanted(pause=self._pause, start_sample=start, end_sample=self._position))
        return signals + self._end_if_due()

    def _end_if_due(self) -> list[TurnSignal]:
        if self._start is None or not self._is_paused or self._silence_ms() < self._delay_ms:
            return []
        return [self._end(self._start)]

    def _end(self, start: int) -> TurnOver:
        over = TurnOver(start_sample=start, end_sample=self._position, last_speech_sample=self._last_speech)
        self.reset()
        self._ended_at = self._last_speech
        return over

    def _learn_from_end(self) -> None:
        """Whoever goes on at once had only paused: the turn before was ended too soon."""
        if self._began is None:
            return
        if self._ended_at is not None and (silence := self._began - self._ended_at) < CUT_SHORT_MS * SAMPLES_PER_MS:
            self.rhythm.went_on(silence / SAMPLES_PER_MS)
        self._ended_at = self._began = None

    def _silence_ms(self) -> float:
        return (self._position - self._last_speech) / SAMPLES_PER_MS

    def _patience_ms(self) -> float:
        """The silence that ends the turn while nothing is known of how finished it seems."""
        detection = self._detection
        return detection.silence_ms if isinstance(detection, SilenceTurns) else detection.max_delay_ms

    def _wants_judgement(self, silence_ms: float) -> bool:
        detection = self._detection
        if isinstance(detection, SilenceTurns) or self._looks > 1:
            return False
        if self._looks:
            return self._is_in_doubt and silence_ms >= detection.judge_again_ms
        return silence_ms >= detection.judge_after_ms
