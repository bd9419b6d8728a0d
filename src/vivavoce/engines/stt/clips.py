"""Preparing an utterance for a recogniser: its loudness, and cutting what is too long for one pass.

Owns arithmetic on samples only. Refuses to know any model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.engines.protocols import Samples

__all__ = ["raised_to_speaking_level", "split_at_quiet", "with_silence"]

RATE_HZ = 16_000
_FRAME_SAMPLES = RATE_HZ // 40

_SPEAKING_LEVEL = 0.05
"""RMS, -26 dB full scale. Louder clips stay as they are: recognisers are trained on a wide range."""
_LARGEST_GAIN = 30.0


def raised_to_speaking_level(audio: Samples) -> Samples:
    """Amplify a faint clip to the level of ordinary speech; the level is taken where the clip is loud."""
    frames = audio[: audio.size // _FRAME_SAMPLES * _FRAME_SAMPLES].reshape(-1, _FRAME_SAMPLES)
    if not frames.size:
        return audio
    powers = np.mean(np.square(frames), axis=1)
    level = float(np.sqrt(np.mean(powers[powers >= powers.max() / 100])))
    gain = min(_SPEAKING_LEVEL / max(level, 1e-9), _LARGEST_GAIN)
    if gain <= 1.0:
        return audio
    raised: Samples = np.clip(audio * np.float32(gain), -1.0, 1.0)
    return raised


def with_silence(audio: Samples, *, before_ms: int, after_ms: int) -> Samples:
    """Put digital silence around a clip."""
    return np.pad(audio, (before_ms * RATE_HZ // 1000, after_ms * RATE_HZ // 1000))


def split_at_quiet(audio: Samples, *, longest_seconds: float) -> Iterator[Samples]:
    """Cut a clip into parts of at most `longest_seconds`, at the quietest 200 ms of each second half."""
    longest = int(longest_seconds * RATE_HZ)
    while audio.size > longest:
        cut = _quietest(audio, longest // 2, longest)
        yield audio[:cut]
        audio = audio[cut:]
    yield audio


def _quietest(audio: Samples, start: int, stop: int) -> int:
    """Return the middle of the quietest 200 ms between two samples."""
    hop, window = RATE_HZ // 100, 20
    levels = np.abs(audio[start:stop][: (stop - start) // hop * hop]).reshape(-1, hop).mean(axis=1)
    smooth = np.convolve(levels, np.ones(window), mode="valid")
    return start + (int(smooth.argmin()) + window // 2) * hop
