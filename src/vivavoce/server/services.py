"""What the routes of one server share.

Owns nothing but the names of the parts, given to every route at its making. Refuses to make the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vivavoce.engines.roster import EngineRoster
from vivavoce.rooms.directory import Rooms
from vivavoce.server.admission import SessionSlots, Slots
from vivavoce.server.auth import Gatekeeper
from vivavoce.server.colleagues import Colleagues
from vivavoce.server.settings import ServerSettings

__all__ = ["Services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts.

    Attributes:
        session_slots: room for spoken conversations.
        rooms: the conversations that several share; None where another process could have the same room.
        request_slots: room for requests that keep an engine busy.
        wall_clock: seconds since 1970, for the objects that carry a date.
        clock: seconds on a clock that never jumps.
        started: when the server was made, on that clock.
        loop_lag_seconds: how late the event loop wakes (99th percentile of the recent past).
        worker: the number of this process among the server's workers.
        colleagues: what is known of the others.
    """

    roster: EngineRoster
    settings: ServerSettings
    gatekeeper: Gatekeeper
    session_slots: SessionSlots
    request_slots: Slots
    wall_clock: Callable[[], float]
    clock: Callable[[], float]
    started: float
    loop_lag_seconds: Callable[[], float]
    rooms: Rooms | None = None
    worker: int = 0
    colleagues: Colleagues = field(default_factory=Colleagues)
