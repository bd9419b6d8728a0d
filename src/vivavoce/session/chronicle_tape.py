"""The sound of a conversation until it is written to disk.

Owns what of it is in memory, bounded: beyond `MAX_BYTES` what is newest is dropped, and counted. Refuses to know files,
and whether anybody has agreed to be recorded: who did not has no tape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vivavoce.audio.pcm import Samples, float_to_int16, int16_to_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Take", "Tape"]

MAX_BYTES = 32_000_000
"""About eleven minutes of the assistant's voice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The sound of one entry."""

    item_id: str
    audio: Samples
    rate_hz: int


@dataclass(slots=True)
class _Reel:
    rate_hz: int
    pieces: list[npt.NDArray[np.int16]]


class Tape:
    """What has been said and is not on disk yet, by item."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.dropped = 0
        self._max_bytes = max_bytes
        self._reels: dict[str, _Reel] = {}
        self._bytes = 0

    def add(self, item_id: str, audio: Samples, rate_hz: int) -> None:
        """Append to an item's sound."""
        if self._bytes + 2 * len(audio) > self._max_bytes:
            self.dropped += 1
            return
        piece = float_to_int16(audio)
        self._reels.setdefault(item_id, _Reel(rate_hz, [])).pieces.append(piece)
        self._bytes += piece.nbytes

    def forget(self, item_id: str) -> None:
        """Let go of an item's sound."""
        reel = self._reels.pop(item_id, None)
        if reel is not None:
            self._bytes -= sum(piece.nbytes for piece in reel.pieces)

    def takes(self, is_over: Callable[[str], bool], length_of: Callable[[str], int | None]) -> Iterator[Take]:
        """Yield the items that are over, cut to their `length_of` in samples (None: all of it).

        Each is let go of once the next is asked for: what whoever takes them did not get done is there again.
        """
        for item_id in [item_id for item_id in self._reels if is_over(item_id)]:
            reel = self._reels.get(item_id)
            if reel is None:
                continue
            audio = int16_to_float(np.concatenate(reel.pieces))[: length_of(item_id)]
            yield Take(item_id=item_id, audio=audio, rate_hz=reel.rate_hz)
            self.forget(item_id)
