"""What of each reply's audio has reached the listener.

Owns the playout position of every reply that is in the client's hands. Clients that report what they played are
believed. For the others the position is estimated: the client plays each sample as soon as it has it, one reply after
the other, without gaps. While playing is held nothing moves on. Refuses to know text (`speech.heard` turns a position
into words) and who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PlayoutLedger"]


@dataclass(slots=True)
class _Entry:
    total: int = 0
    starts_at: float = 0.0
    reported: int | None = None
    reported_at: float = 0.0
    cut: bool = False
    kept: int | None = None

    @property
    def reach(self) -> int:
        """The last sample that can have been heard."""
        return self.total if self.kept is None else min(self.total, self.kept)


class PlayoutLedger:
    """Playout positions by item, in samples at one rate."""

    def __init__(self, sample_rate_hz: int) -> None:
        self._rate = sample_rate_hz
        self._entries: dict[str, _Entry] = {}
        self._held_at: float | None = None
        self._held_seconds = 0.0

    def hold(self, now: float) -> None:
        """Note that the client falls silent and keeps what it has, until `resume`."""
        if self._held_at is None:
            self._held_at = now

    def resume(self, now: float) -> None:
        """Note that the client plays on from where it was held."""
        if self._held_at is not None:
            self._held_seconds += now - self._held_at
            self._held_at = None

    def sent(self, item_id: str, samples: int, now: float) -> None:
        """Note that `samples` more of the item went to the client."""
        entry = self._entries.get(item_id)
        if entry is None:
            starts_at = max(self._playing_time(now), self._end_of_others())
            entry = self._entries[item_id] = _Entry(starts_at=starts_at)
        # A client that ran dry plays on from where it stopped, later than planned.
        late_seconds = max(0, self._reached(entry, now) - entry.total) / self._rate
        entry.starts_at += late_seconds
        entry.reported_at += late_seconds
        entry.total += samples

    def reported(self, item_id: str, played_samples: int, now: float) -> None:
        """Believe the client about `item_id`; a report beyond what was sent, or kept, counts as all of it."""
        entry = self._entries.get(item_id)
        if entry is not None:
            entry.reported = max(0, min(played_samples, entry.reach))
            entry.reported_at = self._playing_time(now)

    def played(self, item_id: str, now: float) -> int:
        """Return how many of the item's samples were heard by `now`."""
        entry = self._entries.get(item_id)
        if entry is None:
            return 0
        if entry.reported is not None:
            return entry.reported
        return max(0, min(entry.total, self._reached(entry, now)))

    def sounding(self, now: float, *, lately_seconds: float = 0.0) -> tuple[str, int] | None:
        """Return the item that is in the air, and its position by now; None when there is none.

        Unlike `played` this goes on from the last report. Of an item that ended less than `lately_seconds` ago the
        position lies beyond its end.
        """
        for item_id, entry in reversed(self._entries.items()):
            position = self._reached(entry, now)
            if not entry.cut and 0 <= position < entry.total + lately_seconds * self._rate:
                return item_id, position
        return None

    def truncate(self, item_id: str, kept_samples: int, now: float) -> None:
        """Note that only the first `kept_samples` of the item exist any more: what is cut off never comes back."""
        entry = self._entries.setdefault(item_id, _Entry(starts_at=self._playing_time(now)))
        entry.kept = kept_samples
        self.reported(item_id, kept_samples, now)
        self.cut(item_id, now)

    def kept_samples(self, item_id: str) -> int:
        """Return how many of the samples that were sent of the item no client has truncated."""
        entry = self._entries.get(item_id)
        return entry.reach if entry else 0

    def sent_samples(self, item_id: str) -> int:
        """Return how many of the item's samples went to the client."""
        entry = self._entries.get(item_id)
        return entry.total if entry else 0

    def cut(self, item_id: str, now: float) -> None:
        """Note that the client drops what it has not played: the position stays, unless a report mends it."""
        entry = self._entries.get(item_id)
        if entry is not None:
            entry.reported = self.played(item_id, now)
            entry.reported_at = self._playing_time(now)
            entry.cut = True

    def is_cut(self, item_id: str) -> bool:
        """Whether the client drops what it has not played of the item."""
        entry = self._entries.get(item_id)
        return entry is not None and entry.cut

    def is_heard(self, item_id: str) -> bool:
        """Whether the client reported the item's last sample as played."""
        entry = self._entries.get(item_id)
        return entry is not None and entry.reported == entry.total

    def remaining_seconds(self, item_id: str, now: float) -> float:
        """Return how long the item will go on playing; 0 when it is over, cut, or unknown."""
        entry = self._entries.get(item_id)
        if entry is None or entry.cut:
            return 0.0
        if entry.reported is not None:
            return (entry.total - entry.reported) / self._rate
        return max(0.0, self._end(entry) - self._playing_time(now))

    def _playing_time(self, now: float) -> float:
        """Return the time of a clock that stands still while playing is held."""
        return (now if self._held_at is None else self._held_at) - self._held_seconds

    def _reached(self, entry: _Entry, now: float) -> int:
        """Return the position of a client that plays on from its last report, or from the start."""
        since = entry.starts_at if entry.reported is None else entry.reported_at
        return (entry.reported or 0) + round((self._playing_time(now) - since) * self._rate)

    def _end(self, entry: _Entry) -> float:
        return entry.starts_at + entry.total / self._rate

    def _end_of_others(self) -> float:
        return max((self._end(entry) for entry in self._entries.values() if not entry.cut), default=0.0)
