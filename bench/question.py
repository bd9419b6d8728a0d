"""A recorded question cut to its speech, and when the server's own detector hears that it is over.

Owns the choice of the recording, its cutting and the detector's replay: decoder, Silero and turn detector as a session
runs them, without a server around. What a server adds can then be told from what the detector takes. Refuses to talk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.clips import clips
from bench.crowd import FRAME_SAMPLES, WIRE_HZ, Script
from vivavoce.audio.files import decode_file
from vivavoce.audio.formats import AudioFormat, InputDecoder
from vivavoce.audio.pcm import float_to_int16, frame_levels_dbfs, int16_to_float
from vivavoce.audio.resample import resample
from vivavoce.engines.vad.silero import SileroVad
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root
from vivavoce.turntaking.detector import FRAME_SAMPLES as VAD_SAMPLES
from vivavoce.turntaking.detector import TurnDetector, TurnOver
from vivavoce.turntaking.settings import SilenceTurns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vivavoce.audio.pcm import Samples

__all__ = ["own_stops", "questions"]

SPEECH_SECONDS = (2.0, 3.0)
PEAK, AUDIBLE = 0.7, 0.01
"""The loudest sample after scaling, and the level above which a sample is speech: as the peer's bench cuts."""


def questions(folder: Path, *, silence_ms: int, count: int = 1) -> list[Samples]:
    """Return recordings of 2 to 3 s at 24 kHz that are heard as one turn, ending with the last of their speech."""
    found: list[Samples] = []
    for clip in clips(folder, ("en_prompt", "en_command", "en_read"), max_seconds=8.0):
        audio, rate_hz = decode_file(clip.path)
        speech = _cut(resample(audio, rate_hz, WIRE_HZ))
        if not SPEECH_SECONDS[0] <= len(speech) / WIRE_HZ <= SPEECH_SECONDS[1]:
            continue
        if _is_one_turn(speech, silence_ms):
            found.append(speech)
        if len(found) == count:
            return found
    raise SystemExit(f"Only {len(found)} of {count} recordings in {folder} are one turn of 2 to 3 seconds.")


def own_stops(scripts: Sequence[Script], frames: int, *, silence_ms: int) -> list[list[int]]:
    """Return for each user the numbers of the frames whose arrival makes the detector say that a turn is over."""
    vad = SileroVad(ModelStore(default_root(), load_manifest()).path("silero-vad", "silero_vad.onnx"))
    ears = [_Ear(silence_ms) for _ in scripts]
    states = np.stack([vad.initial_state() for _ in scripts])
    stops: list[list[int]] = [[] for _ in scripts]
    for number in range(frames):
        for ear, script in zip(ears, scripts, strict=True):
            ear.hear(script.frame(number))
        # All have heard the same number of frames: either each of them has a frame for the detector or none.
        while ears[0].has_frame:
            heard = np.stack([ear.next_frame() for ear in ears])
            probabilities = vad.probabilities(heard, states).tolist()
            for ear, probability, level, found in zip(
                ears, probabilities, frame_levels_dbfs(heard), stops, strict=True
            ):
                found += [number] * ear.is_over(probability, level)
    return stops


class _Ear:
    """What stands around the detector of one user."""

    def __init__(self, silence_ms: int) -> None:
        self._decoder = InputDecoder(AudioFormat.PCM16_24K)
        self._detector = TurnDetector(SilenceTurns(silence_ms=silence_ms))
        self._waiting: Samples = np.zeros(0, np.float32)

    @property
    def has_frame(self) -> bool:
        return len(self._waiting) >= VAD_SAMPLES

    def hear(self, audio: bytes) -> None:
        # Through 16 bits, as the session's buffer holds it.
        samples = int16_to_float(float_to_int16(self._decoder.decode(audio)))
        self._waiting = np.concatenate((self._waiting, samples))

    def next_frame(self) -> Samples:
        frame, self._waiting = self._waiting[:VAD_SAMPLES], self._waiting[VAD_SAMPLES:]
        return frame

    def is_over(self, probability: float, level_db: float) -> int:
        return sum(isinstance(signal, TurnOver) for signal in self._detector.feed(probability, level_db))


def _is_one_turn(speech: Samples, silence_ms: int) -> bool:
    cycle = len(speech) // FRAME_SAMPLES + 75
    script = Script(speech, cycle_frames=cycle, offset_frames=cycle - 25)
    (stops,) = own_stops([script], cycle, silence_ms=silence_ms)
    return len(stops) == 1 and stops[0] >= 25 + len(script.speech_frames)


def _cut(audio: Samples) -> Samples:
    scaled = audio * np.float32(PEAK / max(1e-6, float(np.abs(audio).max())))
    loud = np.flatnonzero(np.abs(scaled) > AUDIBLE)
    return scaled[loud[0] : loud[-1] + 1]
