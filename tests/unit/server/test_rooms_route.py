"""`/v1/rooms` over HTTP, with a note of what reaches the rooms."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from tests.unit.server.asking import asking
from vivavoce.errors import CapacityError
from vivavoce.rooms.directory import Rooms
from vivavoce.rooms.room import RoomSummary
from vivavoce.server.rooms_route import rooms_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2 as httpx

    from vivavoce.realtime.query import ConnectionQuery
    from vivavoce.rooms.queue import Line
    from vivavoce.rooms.room import Room

pytestmark = pytest.mark.anyio

AS_JSON = {"Content-Type": "application/json"}
"""The test's client writes no half characters by itself."""

STAGE = RoomSummary(name="stage", viewers=2, speaker="Ann", waiting=1, taken=3, dropped=0)


class Heard(Rooms):
    """One room, which takes every line but one that says too much."""

    def __init__(self) -> None:
        super().__init__(no_room, slot=nullcontext)
        self.lines: list[tuple[str, Line, str]] = []

    def listing(self) -> tuple[RoomSummary, ...]:
        """Return it."""
        return (STAGE,)

    def post(self, name: str, line: Line, *, user_id: str) -> RoomSummary:
        """Take a line down."""
        if line.text == "too much":
            raise CapacityError("rate_limited", "Too many lines were posted with this key.")
        self.lines.append((name, line, user_id))
        return STAGE


def no_room(query: ConnectionQuery, user_id: str) -> Room:
    raise AssertionError((query, user_id))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def rooms() -> Heard:
    return Heard()


@pytest.fixture
async def client(rooms: Rooms) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(rooms_routes(rooms)) as client:
        yield client


async def test_the_rooms_that_are_open_are_listed(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/rooms")).json()
    assert listed["object"] == "list"
    assert listed["data"] == [
        {"name": "stage", "object": "room", "viewers": 2, "speaker": "Ann", "waiting": 1, "taken": 3, "dropped": 0}
    ]


async def test_a_line_reaches_the_room_with_its_writers_name_in_one_line(
    client: httpx.AsyncClient, rooms: Heard
) -> None:
    body = {"name": "  Bob\u2028Ann ", "text": "Hello!", "priority": 2}
    answer = await client.post("/v1/rooms/stage/messages", json=body)
    assert (answer.status_code, answer.json()["waiting"]) == (202, 1)
    ((room, line, user_id),) = rooms.lines
    assert (room, line.name, line.text, line.priority, user_id) == ("stage", "Bob Ann", "Hello!", 2, "ann")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "Ann: Bob"}, "name"),
        ({"name": "Ann\nBob"}, "name"),
        ({"name": "half a \ud83d"}, "name"),
        ({"text": ""}, "text"),
        ({"text": "half a \ud83d"}, "text"),
        ({"text": 7}, "text"),
        ({"priority": 10}, "priority"),
        ({"priority": -1}, "priority"),
    ],
)
async def test_what_is_no_line_is_refused(
    client: httpx.AsyncClient, rooms: Heard, change: dict[str, object], param: str
) -> None:
    body = json.dumps({"name": "Bob", "text": "Hello!"} | change)
    answer = await client.post("/v1/rooms/stage/messages", content=body, headers=AS_JSON)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert rooms.lines == []


async def test_who_posts_too_often_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/rooms/stage/messages", json={"name": "Bob", "text": "too much"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited")
