"""Visitors of a room without a network: each a socket that the test moves, on virtual time.

Owns the sockets and the room's hosting. Refuses to know what is tested.
"""

from __future__ import annotations

import json
from collections import deque
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np

from vivavoce.audio.pcm import float_to_int16
from vivavoce.realtime.connection import ConnectionSettings
from vivavoce.realtime.query import ConnectionQuery
from vivavoce.rooms.connection import RoomConnection
from vivavoce.rooms.directory import Rooms
from vivavoce.rooms.opening import RoomMaker
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.realtime.query import RoomRole
    from vivavoce.rooms.settings import RoomSettings

__all__ = ["House", "Visitor", "house"]

FRAME_SECONDS = 0.02
NOISE = float_to_int16(np.random.default_rng(1).uniform(-0.3, 0.3, 480).astype(np.float32)).tobytes()
WAIT_SECONDS = 100.0


class Visitor:
    """A client of `vivavoce.v1`; a `Socket`. One that is stuck takes nothing any more."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: list[dict[str, Any]] = []
        self.frames = 0
        self.closed: tuple[int, str] | None = None
        self.is_stuck = False
        self._said: deque[str | bytes | None] = deque()
        self._has_said = anyio.Event()
        self._more = anyio.Event()

    async def receive(self) -> str | bytes | None:
        """Return what the visitor says next."""
        while not self._said:
            self._has_said = anyio.Event()
            await self._has_said.wait()
        return self._said.popleft()

    async def send(self, data: str | bytes) -> None:
        """Take what the room tells."""
        if self.is_stuck:
            await anyio.sleep_forever()
        if isinstance(data, bytes):
            self.frames += 1
            return
        self.told.append(json.loads(data))
        self._tell()

    async def close(self, code: int, reason: str) -> None:
        """Note the end."""
        self.closed = self.closed or (code, reason)
        self._tell()

    def says(self, kind: str, **fields: object) -> None:
        """Send an event."""
        self._say(json.dumps({"type": kind, **fields}))

    def writes(self, text: str, *, item_id: str | None = None, event_id: str | None = None) -> None:
        """Write a line."""
        content = [{"type": "input_text", "text": text}]
        item = {"id": item_id, "type": "message", "role": "user", "content": content}
        self.says("conversation.item.create", item=item, event_id=event_id)

    async def speaks(self, seconds: float, *, sound: bytes = NOISE) -> None:
        """Speak into the microphone."""
        for _ in range(round(seconds / FRAME_SECONDS)):
            self._say(b"\x01" + sound)
            await anyio.sleep(FRAME_SECONDS)

    async def falls_silent(self, seconds: float = 1.0) -> None:
        """Leave the microphone open without a word."""
        await self.speaks(seconds, sound=bytes(len(NOISE)))

    def leaves(self) -> None:
        """Hang up."""
        self._say(None)

    def _tell(self) -> None:
        self._more.set()
        self._more = anyio.Event()

    def _say(self, message: str | bytes | None) -> None:
        self._said.append(message)
        self._has_said.set()

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind so far."""
        return [event for event in self.told if event["type"] == kind]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until what was told makes something true."""
        with anyio.fail_after(WAIT_SECONDS):
            while not is_so():
                await self._more.wait()

    async def hears(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the `count`th event of a kind."""
        await self.until(lambda: len(self.all(kind)) >= count)
        return self.all(kind)[count - 1]

    def words(self) -> list[str]:
        """Return the words of voices that were told, with whose they are."""
        done = "conversation.item.input_audio_transcription.completed"
        return [event["transcript"] for event in self.all(done)]

    def speaker(self) -> str | None:
        """Return who is heard, as far as this visitor was told."""
        states = self.all("vivavoce.room.state")
        return states[-1]["speaker"] if states else None


class House:
    """The rooms of a server that is not there."""

    def __init__(self, rooms: Rooms, roster: EngineRoster, group: anyio.abc.TaskGroup) -> None:
        self.rooms = rooms
        self._roster = roster
        self._group = group

    async def visit(
        self, name: str, role: RoomRole | None = None, *, room: str = "stage", user_id: str = "local"
    ) -> Visitor:
        """Have somebody come in."""
        visitor = Visitor(name)
        self._group.start_soon(self._serve, visitor, ConnectionQuery(room=room, name=name, role=role or ""), user_id)
        await visitor.hears("vivavoce.room.state")
        return visitor

    async def _serve(self, visitor: Visitor, query: ConnectionQuery, user_id: str) -> None:
        async with self.rooms.enter(query, user_id) as room:
            await RoomConnection(
                visitor, room, query=query, user_id=user_id, roster=self._roster, extensions=True
            ).run()


@asynccontextmanager
async def house(
    settings: RoomSettings | None = None, *, roster: EngineRoster | None = None
) -> AsyncGenerator[House, None]:
    """Keep rooms while the context is open."""
    roster = roster or fake_roster()
    maker = RoomMaker(roster, ConnectionSettings(), settings=settings)
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(anyio.create_task_group())
        yield House(Rooms(maker, slot=nullcontext), roster, group)
        group.cancel_scope.cancel()
