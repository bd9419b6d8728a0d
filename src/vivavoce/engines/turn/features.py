"""What Smart Turn v3 sees of an utterance: its last eight seconds as normalised Whisper features.

Owns the padding and the normalisation the model was trained with. Refuses to know the model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vivavoce.engines.log_mel import FRAMES_A_SECOND, HALF_WINDOW_SAMPLES, HOP_SAMPLES, compressed, log_mel

__all__ = ["smart_turn_features"]

Floats = npt.NDArray[np.float32]

_SECONDS = 8
_FRAMES = _SECONDS * FRAMES_A_SECOND
_SAMPLES = _FRAMES * HOP_SAMPLES
_VARIANCE_FLOOR = 1e-7


def smart_turn_features(audio: Floats) -> Floats:
    """Return log-mel features [80, 800] of the last 8 s of `audio` (16 kHz), a shorter clip being padded on the left.

    The padded clip is brought to zero mean and unit variance first, as Whisper's feature extractor does with
    `do_normalize`. Frames that lie in the padding are all alike: they are computed once.
    """
    clip = audio[-_SAMPLES:].astype(np.float32, copy=False)
    padding = _SAMPLES - clip.size
    mean = clip.sum(dtype=np.float64) / _SAMPLES
    variance = np.square(clip, dtype=np.float64).sum() / _SAMPLES - mean**2
    scale = 1.0 / np.sqrt(max(variance, 0.0) + _VARIANCE_FLOOR)
    silence = np.float32(-mean * scale)
    normalised = (clip - np.float32(mean)) * np.float32(scale)
    first = max(0, (padding - HALF_WINDOW_SAMPLES) // HOP_SAMPLES) if padding else 0
    sounding = log_mel(_centred(normalised, padding - first * HOP_SAMPLES, silence))[:, : _FRAMES - first]
    features = np.empty((sounding.shape[0], _FRAMES), dtype=np.float32)
    features[:, first:] = sounding
    if first:
        features[:, :first] = log_mel(np.full(2 * HALF_WINDOW_SAMPLES, silence, dtype=np.float32))
    return compressed(features)


def _centred(clip: Floats, silent_samples: int, silence: np.float32) -> Floats:
    """Put the last of the padding before the clip, and mirror both ends so that frames are centred on their time."""
    padded = np.concatenate([np.full(silent_samples, silence, dtype=np.float32), clip])
    return np.pad(padded, HALF_WINDOW_SAMPLES, mode="reflect")
