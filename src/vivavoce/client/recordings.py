"""Recordings as a microphone would give them, and where the speech in them begins and ends.

Owns the decoding to the wire's rate and the finding of the speech. Refuses to know a server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vivavoce.audio.files import decode_file
from vivavoce.audio.pcm import Samples
from vivavoce.audio.resample import resample

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["WIRE_HZ", "Recording", "load_recording", "speech_span_seconds"]

WIRE_HZ = 24_000
FRAME_SECONDS = 0.01
BELOW_SPEECH_DB = 24.0
LASTING_FRAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording at 24 kHz mono, and where its first speech begins and its last speech ends, in seconds."""

    name: str
    audio: Samples
    speech_start_seconds: float
    speech_end_seconds: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.audio) / WIRE_HZ


def load_recording(path: Path) -> Recording:
    """Read a recording.

    Raises:
        InputError: it cannot be read.
    """
    audio, rate_hz = decode_file(path)
    start, end = speech_span_seconds(audio, rate_hz)
    return Recording(
        name=str(path),
        audio=resample(audio, rate_hz, WIRE_HZ),
        speech_start_seconds=start,
        speech_end_seconds=end,
    )


def speech_span_seconds(audio: Samples, rate_hz: int) -> tuple[float, float]:
    """Return when the first speech begins and the last ends, by level.

    Speech are stretches of 30 ms or more within 24 dB of the recording's loud parts (the loudest twentieth of its 10 ms
    frames): room noise lies lower, and clicks are shorter. No model is asked, so that a detector is never measured
    against itself. A faint last consonant may fall outside, which makes a delay measured from here longer, not shorter.
    """
    frame = int(rate_hz * FRAME_SECONDS)
    frames = len(audio) // frame
    if not frames:
        return 0.0, len(audio) / rate_hz
    power = np.mean(np.square(audio[: frames * frame].reshape(frames, frame)), axis=1)
    level_db = 10 * np.log10(power + 1e-10)
    is_loud = level_db >= np.percentile(level_db, 95) - BELOW_SPEECH_DB
    lasts = np.convolve(is_loud, np.ones(LASTING_FRAMES), mode="valid") == LASTING_FRAMES
    found = np.flatnonzero(lasts)
    if not len(found):
        return 0.0, len(audio) / rate_hz
    return float(found[0] * FRAME_SECONDS), float((found[-1] + LASTING_FRAMES) * FRAME_SECONDS)
