"""Changing the sample rate, in a stream or at once.

Owns the relation between sample positions at two rates: output sample `n` of a stream is the sound at time
`n / target_hz` since its start, exactly, however the input was cut. Refuses to know formats and buffers.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import soxr

if TYPE_CHECKING:
    import numpy.typing as npt

    from vivavoce.audio.pcm import Samples

__all__ = ["StreamingResampler", "resample"]

# 32 zero crossings a side under this window: stop band under -80 dB, pass band to 0.43 of the lower rate.
_ZERO_CROSSINGS = 32
_KAISER_BETA = 8.0
_ROLL_OFF = 0.94

_BLOCK_INPUTS = 48
"""Input samples that one row of the matrix product moves on by, about: wider rows waste more on their zeros."""


class StreamingResampler:
    """One stream from `source_hz` to `target_hz`, held back by 32 samples of the lower rate (2 ms at 16 kHz).

    A windowed-sinc polyphase filter (Smith, "Digital Audio Resampling"). soxr's stream was measured first: its block
    convolution holds back up to 37 ms from 24 to 16 kHz and 115 ms from 8 to 16 kHz, which every turn would pay.

    Output comes in periods of `up` samples for `down` of the input, and several periods at once are one row of a
    matrix product: 8 us for 32 ms of a microphone, where sliding a window along took 50.
    """

    def __init__(self, source_hz: int, target_hz: int) -> None:
        common = math.gcd(source_hz, target_hz)
        self._up = target_hz // common
        self._down = source_hz // common
        self._half = math.ceil(_ZERO_CROSSINGS * max(1.0, self._down / self._up))
        self._received = 0
        self._emitted = 0
        self._first = -(self._half - 1)
        """Stream position of the first held sample; the stream begins after silence."""
        self._held: Samples = np.zeros(self._half - 1, np.float32)

    def process(self, samples: Samples) -> Samples:
        """Take more of the stream; return what of the output is now certain."""
        if self._up == self._down:
            return samples
        self._held = np.concatenate((self._held, samples))
        self._received += len(samples)
        return self._emit(self._ceil_output(self._received - self._half))

    def samples_for(self, count: int) -> int:
        """Return how many more input samples make `process` give `count` more output samples."""
        if self._up == self._down:
            return count
        last = self._emitted + count - 1
        return max(0, last * self._down // self._up + self._half + 1 - self._received)

    def flush(self) -> Samples:
        """Return what is held back, as though silence followed.

        The stream may go on afterwards: positions stay exact, and the sound between is not repeated.
        """
        if self._up == self._down:
            return np.zeros(0, np.float32)
        return self._emit(self._ceil_output(self._received))

    def _ceil_output(self, position: int) -> int:
        return max(0, -(-position * self._up // self._down))

    def _emit(self, until: int) -> Samples:
        """Return the output up to a place; input beyond what is held counts as silence."""
        if until <= self._emitted:
            return np.zeros(0, np.float32)
        first_period = self._emitted // self._up
        matrix, periods = _block_filter(self._up, self._down, self._half)
        rows = -(-(-(-until // self._up) - first_period) // periods)
        step, width = periods * self._down, len(matrix)
        start = first_period * self._down - self._half + 1 - self._first
        end = start + (rows - 1) * step + width
        held = self._held
        if end > len(held):
            held = np.concatenate((held, np.zeros(end - len(held), np.float32)))
        blocks = np.ndarray((rows, width), np.float32, held, 4 * start, (4 * step, 4))
        out: Samples = (np.ascontiguousarray(blocks) @ matrix).reshape(-1)
        first_output = first_period * self._up
        out = out[self._emitted - first_output : until - first_output]
        self._emitted = until
        self._forget()
        return out

    def _forget(self) -> None:
        # From the start of the next output's period on.
        oldest_needed = self._emitted // self._up * self._down - self._half + 1
        surplus = max(0, min(oldest_needed - self._first, len(self._held)))
        self._held = self._held[surplus:].copy()
        self._first += surplus


def resample(samples: Samples, source_hz: int, target_hz: int) -> Samples:
    """Return a whole recording at another rate, by soxr at high quality."""
    if source_hz == target_hz or not len(samples):
        return samples
    return np.asarray(soxr.resample(samples, source_hz, target_hz, quality="HQ"), dtype=np.float32)


@cache
def _block_filter(up: int, down: int, half: int) -> tuple[npt.NDArray[np.float32], int]:
    """Return the matrix [inputs, outputs] of as many whole periods as fit a block, and how many they are."""
    bank = _filter_bank(up, down, half)
    periods = max(1, _BLOCK_INPUTS // down)
    last_tap = (periods * up - 1) * down // up + 2 * half
    matrix = np.zeros((last_tap, periods * up), np.float32)
    for output in range(periods * up):
        position = output * down
        start = position // up
        matrix[start : start + 2 * half, output] = bank[position % up]
    return matrix, periods


def _filter_bank(up: int, down: int, half: int) -> npt.NDArray[np.float32]:
    """Return [up, 2 * half] taps: row `phase` gives the sound `phase / up` of a sample past the window's middle."""
    cutoff = _ROLL_OFF * min(1.0, up / down)
    taps = np.arange(2 * half, dtype=np.float64) - (half - 1)
    distance = taps[np.newaxis, :] - (np.arange(up, dtype=np.float64) / up)[:, np.newaxis]
    shape = np.sqrt(np.clip(1 - np.square(distance / half), 0, None))
    bank = cutoff * np.sinc(cutoff * distance) * np.i0(_KAISER_BETA * shape) / np.i0(_KAISER_BETA)
    unit_gain: npt.NDArray[np.float32] = (bank / bank.sum(axis=1, keepdims=True)).astype(np.float32)
    return unit_gain
