"""What of each reply's audio has reached the listener.

Owns the playout position of every reply that is in the client's hands. Clients that report what they played are
believed. For the others the position is estimated: the client plays each sample as soon as it has it, one reply after
the other, without gaps. Refuses to know text (`speech.heard` turns a position into words) and who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PlayoutLedger"]


@dataclass(slots=True)
class _Entry:
    total: int = 0
    starts_at: float = 0.0
    reported: int | None = None
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

    def sent(self, item_id: str, samples: int, now: float) -> None:
        """Note that `samples` more of the item went to the client."""
        entry = self._entries.get(item_id)
        if entry is None:
            entry = self._entries[item_id] = _Entry(starts_at=max(now, self._end_of_others()))
        elif self._end(entry) < now:
            # The client ran dry: playing goes on from where it stopped, later than planned.
            entry.starts_at = now - entry.total / self._rate
        entry.total += samples

    def reported(self, item_id: str, played_samples: int) -> None:
        """Believe the client about `item_id`; a report beyond what was sent, or kept, counts as all of it."""
        entry = self._entries.get(item_id)
        if entry is not None:
            entry.reported = max(0, min(played_samples, entry.reach))

    def played(self, item_id: str, now: float) -> int:
        """Return how many of the item's samples were heard by `now`."""
        entry = self._entries.get(item_id)
        if entry is None:
            return 0
        if entry.reported is not None:
            return entry.reported
        return max(0, min(entry.total, round((now - entry.starts_at) * self._rate)))

    def truncate(self, item_id: str, kept_samples: int, now: float) -> None:
        """Note that only the first `kept_samples` of the item exist any more: what is cut off never comes back."""
        entry = self._entries.setdefault(item_id, _Entry(starts_at=now))
        entry.kept = kept_samples
        self.reported(item_id, kept_samples)
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
        return max(0.0, self._end(entry) - now)

    def _end(self, entry: _Entry) -> float:
        return entry.starts_at + entry.total / self._rate

    def _end_of_others(self) -> float:
        return max((self._end(entry) for entry in self._entries.values() if not entry.cut), default=0.0)
