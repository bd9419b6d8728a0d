"""The rooms of a server, by name.

Owns which rooms there are, who may open one, and how often one may write from outside. Refuses to know sockets. A room
is hosted by the task of whoever opened it: that task stays until the room is over, though its own client may be gone.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import anyio

from vivavoce.errors import CapacityError, InputError
from vivavoce.rooms.queue import Line
from vivavoce.rooms.rate import TokenBucket

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractContextManager

    from vivavoce.realtime.query import ConnectionQuery
    from vivavoce.rooms.room import Room, RoomSummary

__all__ = ["MakesRoom", "Rooms"]


class MakesRoom(Protocol):
    """Makes the room that somebody asks for, in the user's name."""

    def __call__(self, query: ConnectionQuery, user_id: str) -> Room:
        """Return a room that does not run yet."""
        ...


class Rooms:
    """All rooms; `slot` is held for each as long as it is there, for it costs what a session costs."""

    def __init__(
        self,
        make_room: MakesRoom,
        *,
        slot: Callable[[], AbstractContextManager[None]],
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self._make_room = make_room
        self._slot = slot
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._buckets: dict[tuple[str, str], TokenBucket] = {}

    @asynccontextmanager
    async def enter(self, query: ConnectionQuery, user_id: str) -> AsyncGenerator[Room, None]:
        """Give the room that is asked for, opened if need be; whoever opened it waits at the end until it is over.

        Raises:
            InputError: `room_not_found`, for who would watch or speak where nobody is host.
            CapacityError: there is no slot for another room.
            VivavoceError: the room could not be opened, or is being closed.
        """
        async with AsyncExitStack() as hosting:
            room = self._rooms.get(query.room)
            if room is None:
                room = await hosting.enter_async_context(self._hosted(query, user_id))
            else:
                await _begun(room)
            yield room

    def listing(self) -> tuple[RoomSummary, ...]:
        """Return how each room is, by name."""
        return tuple(self._rooms[name].summary() for name in sorted(self._rooms))

    def post(self, name: str, line: Line, *, user_id: str) -> RoomSummary:
        """Write in a room from outside, in anyone's name, and return how the room is.

        Raises:
            InputError: `room_not_found`, `line_empty` or `line_too_long`.
            CapacityError: `rate_limited` or `room_queue_full`.
        """
        room = self._rooms.get(name)
        if room is None:
            raise _not_found(name)
        now = self._clock()
        bucket = self._buckets.setdefault((name, user_id), TokenBucket(room.settings.posted_lines, now=now))
        if not bucket.take(now):
            raise CapacityError(
                "rate_limited", "Too many lines were posted with this key.", remedy="Try again in a moment."
            )
        room.write(Line(name=room.audience.free_name(line.name), text=line.text, priority=line.priority))
        return room.summary()

    @asynccontextmanager
    async def _hosted(self, query: ConnectionQuery, user_id: str) -> AsyncGenerator[Room, None]:
        if query.role in ("speaker", "viewer"):
            raise _not_found(query.room)
        with self._slot():
            # There from now on, so that whoever else asks for it waits for it.
            room = self._rooms[query.room] = self._make_room(query, user_id)
            async with anyio.create_task_group() as group:
                group.start_soon(self._host, room)
                await room.begun.wait()
                has_begun = not room.over.is_set()
                if has_begun:
                    yield room
            if not has_begun:
                raise room.closed()

    async def _host(self, room: Room) -> None:
        try:
            await room.run()
        finally:
            del self._rooms[room.name]
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if key[0] != room.name}


async def _begun(room: Room) -> None:
    await room.begun.wait()
    if room.over.is_set():
        raise room.closed()


def _not_found(name: str) -> InputError:
    return InputError(
        "room_not_found",
        f"There is no room '{name[:64]}'.",
        remedy="A room is there once its host has come in.",
        param="room",
    )
