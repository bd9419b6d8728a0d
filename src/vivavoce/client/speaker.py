"""A loudspeaker that exists only in time: what a client would have played by now.

Owns the playout position of each reply, as a client with an ideal speaker has it: a sample plays as soon as it is there
and the one before has been played, unless the speaker is held. Refuses to know sockets and sound cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

import numpy as np

from vivavoce.audio.pcm import Samples
from vivavoce.client.recordings import WIRE_HZ

__all__ = ["Playback", "Speaker"]


@dataclass(slots=True)
class _PlayingTime:
    """A clock that stands still while the speaker is held."""

    held_at: float | None = None
    held_seconds: float = 0.0

    def at(self, now: float) -> float:
        """What the clock shows `now`."""
        return (now if self.held_at is None else self.held_at) - self.held_seconds


@dataclass(slots=True)
class Playback:
    """One item's audio: what came, and when its next sample is due (on the speaker's own clock)."""

    item_id: str
    clock: _PlayingTime
    chunks: list[Samples] = field(default_factory=list)
    samples: int = 0
    starts_at: float = 0.0
    cut_at: int | None = None

    def played(self, now: float) -> int:
        """Samples played by `now`."""
        limit = self.samples if self.cut_at is None else self.cut_at
        return max(0, min(limit, round((self.clock.at(now) - self.starts_at) * WIRE_HZ)))

    def audio_played(self, now: float) -> Samples:
        """The sound that was heard by `now`."""
        whole = np.concatenate(self.chunks) if self.chunks else np.zeros(0, np.float32)
        return whole[: self.played(now)]


class Speaker:
    """Plays items one after the other.

    Attributes:
        holds: when it was held, and until when: the holds that are over.
    """

    def __init__(self) -> None:
        self._items: dict[str, Playback] = {}
        self._clock = _PlayingTime()
        self.holds: list[tuple[float, float]] = []

    @property
    def items(self) -> tuple[Playback, ...]:
        """Everything that was given to play, in order."""
        return tuple(self._items.values())

    @property
    def held_since(self) -> float | None:
        """Since when it has been held; None while it is not."""
        return self._clock.held_at

    def give(self, item_id: str, audio: Samples, now: float) -> None:
        """Queue more of an item's audio."""
        shown = self._clock.at(now)
        playback = self._items.get(item_id)
        if playback is None:
            starts_at = max(shown, self._ends_at())
            playback = self._items[item_id] = Playback(item_id, self._clock, starts_at=starts_at)
        elif playback.cut_at is not None:
            return
        elif playback.starts_at + playback.samples / WIRE_HZ < shown:
            playback.starts_at = shown - playback.samples / WIRE_HZ
        playback.chunks.append(audio)
        playback.samples += len(audio)

    def hold(self, now: float) -> None:
        """Fall silent, and keep everything that is queued."""
        if self._clock.held_at is None:
            self._clock.held_at = now

    def resume(self, now: float) -> None:
        """Go on from the sample where it was held."""
        if self._clock.held_at is not None:
            self.holds.append((self._clock.held_at, now))
            self._clock.held_seconds += now - self._clock.held_at
            self._clock.held_at = None

    def clear(self, now: float) -> Playback | None:
        """Drop what has not been played, and return what was playing."""
        playing: Playback | None = None
        for playback in self._items.values():
            if playback.cut_at is None and playback.played(now) < playback.samples:
                playing = playing or playback
                playback.cut_at = playback.played(now)
        self.resume(now)
        return playing

    def playing(self, now: float) -> Playback | None:
        """The item that is being heard now, or was when the speaker was held."""
        for playback in self._items.values():
            has_begun = playback.starts_at <= self._clock.at(now)
            if playback.cut_at is None and has_begun and playback.played(now) < playback.samples:
                return playback
        return None

    def silent_at(self) -> float:
        """When the last sample given so far will have been played; 0 before there is any, infinity while held."""
        if self._clock.held_at is not None:
            return inf
        return self._ends_at() + self._clock.held_seconds

    def _ends_at(self) -> float:
        ends = [item.starts_at + item.samples / WIRE_HZ for item in self._items.values() if item.cut_at is None]
        return max(ends, default=0.0)
