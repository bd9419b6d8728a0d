"""The recent input of one session, addressed by its place in the session.

Owns how much of a session's audio is held, and where each held sample stood in the stream. Refuses to know turns and
clocks: its user says what may be dropped, and what time it is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vivavoce.audio.pcm import Samples, float_to_int16, int16_to_float
from vivavoce.errors import CapacityError

__all__ = ["BufferStatistics", "InputAudioBuffer"]

_BYTES_PER_SAMPLE = 2
# An append joins the last chunk until that one holds this much, so that 1,000 chunks hold at least as much as 10 MB do,
# 320 s, however small a client's frames are. The chunk bound then catches what it is for: memory lost to overhead.
_CHUNK_SAMPLES = 5_120


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferStatistics:
    """What a buffer holds, and how often it had no room for more."""

    held_bytes: int
    chunks: int
    refused_appends: int


class InputAudioBuffer:
    """A bounded window on the session's audio at 16 kHz, held as 16-bit samples.

    Positions count the samples appended since the session began, so they stay true whatever is dropped. What is held
    is always one unbroken stretch, `oldest_sample` to `end_sample`.
    """

    def __init__(self, *, max_bytes: int = 10_000_000, max_chunks: int = 1_000) -> None:
        self._max_samples = max_bytes // _BYTES_PER_SAMPLE
        self._max_chunks = max_chunks
        self._chunks: deque[npt.NDArray[np.int16]] = deque()
        self._oldest = 0
        self._end = 0
        self._refused = 0
        self._last_append_seconds: float | None = None

    @property
    def end_sample(self) -> int:
        """The position after the newest sample: the length of the session's audio so far."""
        return self._end

    @property
    def oldest_sample(self) -> int:
        """The position of the oldest sample held; `end_sample` when nothing is."""
        return self._oldest

    @property
    def last_append_seconds(self) -> float | None:
        """The time given with the last append, for the owner's idle sweep; None before the first."""
        return self._last_append_seconds

    def append(self, samples: Samples, *, now_seconds: float) -> None:
        """Hold more of the stream.

        Raises:
            CapacityError: `input_buffer_full`; nothing of `samples` was taken and no position moved.
        """
        joined = bool(self._chunks) and len(self._chunks[-1]) < _CHUNK_SAMPLES
        self._refuse_if_over(len(samples), chunks=len(self._chunks) + (not joined))
        self._last_append_seconds = now_seconds
        if not len(samples):
            return
        chunk = float_to_int16(samples)
        if joined:
            self._chunks[-1] = np.concatenate([self._chunks[-1], chunk])
        else:
            self._chunks.append(chunk)
        self._end += len(samples)

    def slice(self, start_sample: int, end_sample: int) -> Samples:
        """Return the held part of `start_sample` up to `end_sample` as float32; empty when none of it is held."""
        start = max(start_sample, self._oldest)
        end = min(end_sample, self._end)
        pieces: list[npt.NDArray[np.int16]] = []
        position = self._oldest
        for chunk in self._chunks:
            if position >= end:
                break
            if position + len(chunk) > start:
                pieces.append(chunk[max(0, start - position) : end - position])
            position += len(chunk)
        return int16_to_float(np.concatenate(pieces)) if pieces else np.zeros(0, np.float32)

    def copy_to(self, into: npt.NDArray[np.int16], start_sample: int) -> None:
        """Fill `into` with what is held from `start_sample` on, all of which must be held; cheap near the end."""
        end = self._end
        wanted_end = start_sample + len(into)
        for chunk in reversed(self._chunks):
            start = end - len(chunk)
            if start < wanted_end:
                first, last = max(start, start_sample), min(end, wanted_end)
                into[first - start_sample : last - start_sample] = chunk[first - start : last - start]
            if start <= start_sample:
                return
            end = start

    def drop_before(self, sample: int) -> None:
        """Let go of everything older than position `sample`."""
        while self._chunks and self._oldest < sample:
            first = self._chunks[0]
            surplus = min(sample - self._oldest, len(first))
            if surplus == len(first):
                self._chunks.popleft()
            else:
                self._chunks[0] = _tail(first, surplus)
            self._oldest += surplus

    def clear(self) -> None:
        """Let go of everything held; the next append continues at `end_sample`."""
        self.drop_before(self._end)

    def statistics(self) -> BufferStatistics:
        """Return what is held, and what was refused so far."""
        return BufferStatistics(
            held_bytes=(self._end - self._oldest) * _BYTES_PER_SAMPLE,
            chunks=len(self._chunks),
            refused_appends=self._refused,
        )

    def _refuse_if_over(self, added: int, *, chunks: int) -> None:
        held = self._end - self._oldest + added
        if held <= self._max_samples and (not added or chunks <= self._max_chunks):
            return
        self._refused += 1
        raise CapacityError(
            "input_buffer_full",
            f"The input buffer is full: {held * _BYTES_PER_SAMPLE:,} bytes in {chunks:,} chunks would pass its "
            f"bound of {self._max_samples * _BYTES_PER_SAMPLE:,} bytes or {self._max_chunks:,} chunks.",
            remedy="Commit or clear the audio, then go on.",
        )


def _tail(chunk: npt.NDArray[np.int16], start: int) -> npt.NDArray[np.int16]:
    """Return `chunk` from `start`; copied once half of the memory behind it is waste, which keeps dropping linear."""
    tail = chunk[start:]
    whole = tail if tail.base is None else tail.base
    return tail.copy() if whole.nbytes > 2 * tail.nbytes else tail
