"""One viewer's connection to a room: their events to their seat, the room's news to their socket, their end.

Owns the tasks of one viewer (they end with the socket, and the room goes on). Refuses to know which web server carries
the socket, and what the viewer may do.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from vivavoce.realtime.delivery import MESSAGES_A_TURN, closing_in_words, deliver
from vivavoce.realtime.outbox import Outbox
from vivavoce.realtime.reporter import Reporter
from vivavoce.realtime.requests import RequestHandler
from vivavoce.realtime.translation import audio_format_of
from vivavoce.realtime.wire import client_events as ce
from vivavoce.rooms.seat import Seat, SharedSettings
from vivavoce.rooms.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.realtime.delivery import Socket
    from vivavoce.realtime.query import ConnectionQuery
    from vivavoce.rooms.room import Room

__all__ = ["RoomConnection"]


class RoomConnection:
    """Serves one socket in a room. `extensions` once the client asked for `vivavoce.v1`.

    Raises:
        CapacityError: `room_full`.
        UnauthorisedError: `room_not_yours`.
    """

    def __init__(
        self,
        socket: Socket,
        room: Room,
        *,
        query: ConnectionQuery,
        user_id: str,
        roster: EngineRoster,
        extensions: bool,
        limits: ce.EventLimits = ce.DEFAULT_LIMITS,
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self._socket = socket
        self._room = room
        self._roster = roster
        self._outbox = Outbox(room.settings.outbox_bytes)
        config = room.agreement.in_force.config
        self._viewer = Viewer(
            id=secrets.token_hex(6),
            name=query.name or user_id,
            role=room.role_for(query, user_id),
            reporter=Reporter(self._outbox, config, conversation_id=room.conversation_id, extensions=extensions),
            input_format=audio_format_of(config.audio.input.format),
        )
        seat = Seat(room, self._viewer, clock=clock)
        self._requests = RequestHandler(
            seat,
            self._viewer.reporter,
            in_force=SharedSettings(room, self._viewer),
            limits=limits,
            asking=partial(room.audience.asking, self._viewer),
        )

    async def run(self) -> None:
        """Serve until the viewer leaves, takes too little, or the room is over."""
        reporter = self._viewer.reporter
        unsubscribe = self._roster.subscribe(reporter.tell_status)
        try:
            async with closing_in_words(self._socket, reporter, session_id=self._room.session.id):
                await self._serve()
        finally:
            unsubscribe()

    async def _serve(self) -> None:
        async with anyio.create_task_group() as group:
            self._viewer.reporter.greet(self._roster.statuses)
            with self._room.seat(self._viewer):
                group.start_soon(deliver, self._outbox, self._socket)
                # Beside the writer, which may be waiting on the socket while the outbox fills.
                group.start_soon(self._outbox.overflow)
                group.start_soon(self._end_with_the_room)
                await self._read()
            group.cancel_scope.cancel()

    async def _read(self) -> None:
        # Who only watches may be silent for as long as they like: pings find out who is gone.
        heard = 0
        while (message := await self._socket.receive()) is not None:
            await self._requests.handle(message)
            heard += 1
            if not heard % MESSAGES_A_TURN:
                await anyio.lowlevel.checkpoint()

    async def _end_with_the_room(self) -> None:
        await self._room.over.wait()
        raise self._room.closed()
