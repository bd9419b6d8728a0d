"""Somebody in a room, as data.

Owns what is known of one viewer. Refuses to know what they may do: `seat` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.audio.formats import AudioFormat
from vivavoce.realtime.query import RoomRole
from vivavoce.realtime.reporter import Reporter
from vivavoce.rooms.queue import Rank

__all__ = ["RANKS", "Viewer"]

RANKS: dict[RoomRole, Rank] = {"viewer": Rank.VIEWER, "speaker": Rank.SPEAKER, "host": Rank.HOST}


@dataclass(slots=True, kw_only=True, eq=False)
class Viewer:
    """One connection to a room.

    Attributes:
        id: unique in the room.
        name: what the others call them; unique among those present once they have joined.
        role: what they may do.
        reporter: tells them what happens.
        input_format: what their microphone sends.
    """

    id: str
    name: str
    role: RoomRole
    reporter: Reporter
    input_format: AudioFormat

    @property
    def rank(self) -> Rank:
        """How much their word counts."""
        return RANKS[self.role]
