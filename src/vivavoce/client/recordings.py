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
ABOVE_NOISE_DB = 6.0
BELOW_SPEECH_DB = 35.0


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
    """Return when the first speech begins and the last ends, by level: louder than the noise and near the speech.

    Those 10 ms frames count that are 6 dB above the noise (the quietest tenth of the frames) and within 35 dB of the
    loudest twentieth. No model is asked, so that a detector is never measured against itself.
    """
    frame = int(rate_hz * FRAME_SECONDS)
    frames = len(audio) // frame
    if not frames:
        return 0.0, len(audio) / rate_hz
    power = np.mean(np.square(audio[: frames * frame].reshape(frames, frame)), axis=1)
    level_db = 10 * np.log10(power + 1e-10)
    noise_db, speech_db = np.percentile(level_db, [10, 95])
    threshold = min(max(noise_db + ABOVE_NOISE_DB, speech_db - BELOW_SPEECH_DB), speech_db)
    loud = np.flatnonzero(level_db >= threshold)
    return float(loud[0] * FRAME_SECONDS), float((loud[-1] + 1) * FRAME_SECONDS)
