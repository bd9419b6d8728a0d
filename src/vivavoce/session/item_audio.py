"""The audio of recent conversation items, for clients that ask for an item back.

Owns how much of it is kept (bounded, the oldest item leaves first). Refuses to know the wire; audio is float32, the
user's at 16 kHz, the assistant's at 24 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vivavoce.audio.pcm import Samples, float_to_int16, int16_to_float

__all__ = ["ItemAudio"]

MAX_BYTES = 4_000_000
"""About 80 s of the assistant's voice."""

OLD_BYTES = 300_000
"""What may be held when an item is there that is none of the newest two: those are what a client that truncates asks
for, and all else is multiplied by the sessions there are."""

WANTED_ITEMS = 2


@dataclass(slots=True)
class _Track:
    rate_hz: int
    samples: np.ndarray[tuple[int], np.dtype[np.int16]]


class ItemAudio:
    """Audio by item id, newest kept."""

    def __init__(self, max_bytes: int = MAX_BYTES, old_bytes: int = OLD_BYTES) -> None:
        self._max_bytes = max_bytes
        self._old_bytes = min(old_bytes, max_bytes)
        self._tracks: dict[str, _Track] = {}

    @property
    def held_bytes(self) -> int:
        """What is held now."""
        return sum(track.samples.nbytes for track in self._tracks.values())

    def add(self, item_id: str, audio: Samples, rate_hz: int) -> None:
        """Append to the item's audio, and let go of the oldest items while too much is held."""
        track = self._tracks.pop(item_id, None)
        samples = float_to_int16(audio)
        if track is not None:
            samples = np.concatenate([track.samples, samples])
        self._tracks[item_id] = _Track(rate_hz, samples)
        while len(self._tracks) > 1 and self.held_bytes > self._allowed_bytes():
            del self._tracks[next(iter(self._tracks))]
        # Of an item that is too long alone the beginning stays: positions in it must mean what they say.
        newest = self._tracks[item_id]
        newest.samples = newest.samples[: self._max_bytes // newest.samples.itemsize]

    def truncate(self, item_id: str, audio_ms: int) -> None:
        """Keep only the first `audio_ms` of the item."""
        track = self._tracks.get(item_id)
        if track is not None:
            track.samples = track.samples[: audio_ms * track.rate_hz // 1000].copy()

    def forget(self, item_id: str) -> None:
        """Let go of the item's audio."""
        self._tracks.pop(item_id, None)

    def get(self, item_id: str) -> tuple[Samples, int] | None:
        """Return the item's audio and its rate, or None when it is not held."""
        track = self._tracks.get(item_id)
        return (int16_to_float(track.samples), track.rate_hz) if track is not None else None

    def _allowed_bytes(self) -> int:
        return self._max_bytes if len(self._tracks) <= WANTED_ITEMS else self._old_bytes
