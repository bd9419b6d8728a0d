"""How rooms are bounded.

Owns the numbers with their units. Refuses to know where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vivavoce.rooms.floor import FloorLimits
from vivavoce.rooms.queue import QueueLimits
from vivavoce.rooms.rate import Rate

__all__ = ["RoomSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSettings:
    """The bounds of every room of a server.

    Attributes:
        max_viewers: how many may be in one room.
        grace_seconds: how long a room waits for somebody to come back once the last one has left.
        line_characters: the longest line that may be written.
        viewer_lines: how often one viewer may write.
        posted_lines: how often lines may be posted with one key, to one room.
        outbox_bytes: what may wait for one viewer: 40 s of stock audio; who takes less has left.
        past_items: how many items of the past a newcomer is told.
    """

    max_viewers: int = 100
    grace_seconds: float = 15.0
    line_characters: int = 500
    viewer_lines: Rate = field(default_factory=lambda: Rate(per_second=1.0, burst=10))
    posted_lines: Rate = field(default_factory=lambda: Rate(per_second=10.0, burst=50))
    outbox_bytes: int = 4_000_000
    past_items: int = 50
    queue: QueueLimits = field(default_factory=QueueLimits)
    floor: FloorLimits = field(default_factory=FloorLimits)
