"""G.711: the eight-bit telephone codes, mu-law and A-law.

Owns the mapping between code bytes and 16-bit linear values (ITU-T G.711, with the 16-bit alignment of the ITU's own
software library, G.191). Refuses to know sample rates; the network uses 8 kHz.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vivavoce.audio.pcm import float_to_int16, int16_to_float

if TYPE_CHECKING:
    import numpy.typing as npt

    from vivavoce.audio.pcm import Samples

__all__ = ["alaw_decode", "alaw_encode", "mulaw_decode", "mulaw_encode"]

_MULAW_BIAS = 33
_MULAW_CLIP = 8191
_ALAW_TOGGLE = 0x55


def mulaw_decode(data: bytes | bytearray | memoryview) -> Samples:
    """Return the float32 samples of mu-law bytes."""
    return int16_to_float(_mulaw_values()[np.frombuffer(data, np.uint8)])


def mulaw_encode(samples: Samples) -> bytes:
    """Return float32 samples as mu-law bytes, clipped at full scale."""
    return _mulaw_codes()[float_to_int16(samples).view(np.uint16)].tobytes()


def alaw_decode(data: bytes | bytearray | memoryview) -> Samples:
    """Return the float32 samples of A-law bytes."""
    return int16_to_float(_alaw_values()[np.frombuffer(data, np.uint8)])


def alaw_encode(samples: Samples) -> bytes:
    """Return float32 samples as A-law bytes, clipped at full scale."""
    return _alaw_codes()[float_to_int16(samples).view(np.uint16)].tobytes()


@cache
def _mulaw_values() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((2 * (code & 0x0F) + _MULAW_BIAS) << (code >> 4 & 0x07)) - _MULAW_BIAS
    return (np.where(code & 0x80, -magnitude, magnitude) * 4).astype(np.int16)


@cache
def _mulaw_codes() -> npt.NDArray[np.uint8]:
    """Return the code of every 16-bit value, at the index that the value has as an unsigned one."""
    value = _every_int16()
    biased = np.minimum((_ones_complement_magnitude(value) >> 2) + _MULAW_BIAS, _MULAW_CLIP)
    segment = _bit_length(biased) - 6
    code = segment << 4 | (biased >> (segment + 1)) & 0x0F
    codes: npt.NDArray[np.uint8] = (~np.where(value < 0, code | 0x80, code) & 0xFF).astype(np.uint8)
    return codes


@cache
def _alaw_values() -> npt.NDArray[np.int16]:
    code = np.arange(256, dtype=np.int32) ^ _ALAW_TOGGLE
    segment = code >> 4 & 0x07
    mantissa = 2 * (code & 0x0F) + 1
    magnitude = np.where(segment == 0, mantissa, (mantissa + 32) << np.maximum(segment - 1, 0))
    return (np.where(code & 0x80, magnitude, -magnitude) * 8).astype(np.int16)


@cache
def _alaw_codes() -> npt.NDArray[np.uint8]:
    """Return the code of every 16-bit value, at the index that the value has as an unsigned one."""
    value = _every_int16()
    magnitude = _ones_complement_magnitude(value) >> 4
    segment = np.maximum(_bit_length(magnitude) - 4, 0)
    code = segment << 4 | (magnitude >> np.maximum(segment - 1, 0)) & 0x0F
    codes: npt.NDArray[np.uint8] = (np.where(value < 0, code, code | 0x80) ^ _ALAW_TOGGLE).astype(np.uint8)
    return codes


def _every_int16() -> npt.NDArray[np.int32]:
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _ones_complement_magnitude(value: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return np.where(value < 0, ~value, value)


def _bit_length(value: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return np.frexp(value)[1].astype(np.int32)
