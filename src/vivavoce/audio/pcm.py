"""PCM samples: 16-bit bytes and float32, and their levels.

Owns the arithmetic on mono float32 samples in -1..1. Refuses to know rates, codecs and containers.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from vivavoce.errors import InputError

__all__ = [
    "SILENCE_DBFS",
    "Samples",
    "check_pcm16",
    "duration_seconds",
    "float_to_int16",
    "float_to_pcm16",
    "frame_levels_dbfs",
    "int16_to_float",
    "pcm16_to_float",
    "rms_dbfs",
]

Samples = npt.NDArray[np.float32]
"""Mono PCM, float32 in -1..1."""

SILENCE_DBFS = -120.0
"""The level reported for digital silence, and the floor of every level."""

_FULL_SCALE = 32768.0
_FAINTEST_POWER = 10 ** (SILENCE_DBFS / 10)
_STEP = np.float32(1 / _FULL_SCALE)
_LOWEST, _HIGHEST = np.float32(-_FULL_SCALE), np.float32(_FULL_SCALE - 1)


def check_pcm16(data: bytes | bytearray | memoryview) -> None:
    """Make sure that `data` is whole 16-bit samples.

    Raises:
        InputError: `audio_misaligned`, an odd number of bytes.
    """
    if len(data) % 2:
        raise InputError(
            "audio_misaligned",
            f"The audio is {len(data)} bytes long, which is not a whole number of 16-bit samples.",
            remedy="Send an even number of bytes in every chunk.",
            param="audio",
        )


def pcm16_to_float(data: bytes | bytearray | memoryview) -> Samples:
    """Return little-endian 16-bit PCM as float32; every 16-bit value survives the way back exactly.

    Raises:
        InputError: `audio_misaligned`, an odd number of bytes.
    """
    check_pcm16(data)
    return int16_to_float(np.frombuffer(data, dtype="<i2"))


def float_to_pcm16(samples: Samples) -> bytes:
    """Return float32 samples as little-endian 16-bit PCM, clipped at full scale."""
    return float_to_int16(samples).astype("<i2", copy=False).tobytes()


def int16_to_float(samples: npt.NDArray[np.int16]) -> Samples:
    """Return 16-bit samples as float32 in -1..1."""
    floats = samples.astype(np.float32)
    floats *= _STEP  # a power of two: as exact as dividing
    return floats


def float_to_int16(samples: Samples) -> npt.NDArray[np.int16]:
    """Return float32 samples rounded to 16 bits, clipped at full scale; not-a-number becomes silence."""
    scaled = samples * np.float32(_FULL_SCALE)
    if math.isnan(np.dot(scaled, scaled)):
        scaled = np.nan_to_num(scaled, nan=0.0)
    np.maximum(scaled, _LOWEST, out=scaled)
    np.minimum(scaled, _HIGHEST, out=scaled)
    int16: npt.NDArray[np.int16] = np.rint(scaled, out=scaled).astype(np.int16)
    return int16


def duration_seconds(samples: Samples, rate_hz: int) -> float:
    """Return how long `samples` last at `rate_hz`."""
    return len(samples) / rate_hz


def rms_dbfs(samples: Samples) -> float:
    """Return the root mean square level in dB below full scale; `SILENCE_DBFS` for silence or nothing."""
    if not len(samples):
        return SILENCE_DBFS
    return _dbfs(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))


def frame_levels_dbfs(frames: Samples) -> list[float]:
    """Return the root mean square level of each row of `frames` [count, samples], as `rms_dbfs` of it."""
    power = np.einsum("ij,ij->i", frames, frames) / frames.shape[1]
    levels: list[float] = (10 * np.log10(np.maximum(power, _FAINTEST_POWER))).tolist()
    return levels


def _dbfs(level: float) -> float:
    return max(SILENCE_DBFS, 20 * float(np.log10(level))) if level > 0 else SILENCE_DBFS
