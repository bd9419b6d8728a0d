"""A loudspeaker that exists only in time: what a client would have played by now.

Owns the playout position of each reply, as a client with an ideal speaker has it: a sample plays as soon as it is there
and the one before has been played. Refuses to know sockets and sound cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vivavoce.audio.pcm import Samples
from vivavoce.client.recordings import WIRE_HZ

__all__ = ["Playback", "Speaker"]


@dataclass(slots=True)
class Playback:
    """One item's audio: what came, and when its next sample is due."""

    item_id: str
    chunks: list[Samples] = field(default_factory=list)
    samples: int = 0
    starts_at: float = 0.0
    cut_at: int | None = None

    def played(self, now: float) -> int:
        """Samples played by `now`."""
        limit = self.samples if self.cut_at is None else self.cut_at
        return max(0, min(limit, round((now - self.starts_at) * WIRE_HZ)))

    def audio_played(self, now: float) -> Samples:
        """The sound that was heard by `now`."""
        whole = np.concatenate(self.chunks) if self.chunks else np.zeros(0, np.float32)
        return whole[: self.played(now)]


class Speaker:
    """Plays items one after the other."""

    def __init__(self) -> None:
        self._items: dict[str, Playback] = {}

    @property
    def items(self) -> tuple[Playback, ...]:
        """Everything that was given to play, in order."""
        return tuple(self._items.values())

    def give(self, item_id: str, audio: Samples, now: float) -> None:
        """Queue more of an item's audio."""
        playback = self._items.get(item_id)
        if playback is None:
            playback = self._items[item_id] = Playback(item_id, starts_at=max(now, self.silent_at()))
        elif playback.cut_at is not None:
            return
        elif playback.starts_at + playback.samples / WIRE_HZ < now:
            playback.starts_at = now - playback.samples / WIRE_HZ
        playback.chunks.append(audio)
        playback.samples += len(audio)

    def clear(self, now: float) -> Playback | None:
        """Drop what has not been played, and return what was playing."""
        playing: Playback | None = None
        for playback in self._items.values():
            if playback.cut_at is None and playback.played(now) < playback.samples:
                playing = playing or playback
                playback.cut_at = playback.played(now)
        return playing

    def playing(self, now: float) -> Playback | None:
        """The item that is being heard now."""
        for playback in self._items.values():
            if playback.cut_at is None and playback.starts_at <= now and playback.played(now) < playback.samples:
                return playback
        return None

    def silent_at(self) -> float:
        """When the last sample given so far will have been played; 0 before there is any."""
        ends = [item.starts_at + item.samples / WIRE_HZ for item in self._items.values() if item.cut_at is None]
        return max(ends, default=0.0)
