"""What the routes of one server share.

Owns nothing but the names of the parts, given to every route at its making. Refuses to make the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from vivavoce.engines.roster import EngineRoster
from vivavoce.rooms.directory import Rooms
from vivavoce.server.admission import SessionSlots, Slots
from vivavoce.server.auth import Gatekeeper
from vivavoce.server.colleagues import Colleagues
from vivavoce.server.settings import ServerSettings

if TYPE_CHECKING:
    from vivavoce.mind.conversation import ConversationMind

__all__ = ["MakesMind", "Services"]


class MakesMind(Protocol):
    """Makes what one conversation thinks with."""

    def __call__(
        self, *, session_id: str, user_id: str, conversation_id: str, goes_on: bool = False, tells: bool = False
    ) -> ConversationMind:
        """Return it; `goes_on` if it was begun in an earlier session, `tells` if its client says what is recorded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts.

    Attributes:
        session_slots: room for spoken conversations.
        rooms: the conversations that several share; None where another process could have the same room.
        make_mind: makes what a conversation thinks with; None where it has only a language model.
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
    make_mind: MakesMind | None = None
    worker: int = 0
    colleagues: Colleagues = field(default_factory=Colleagues)
