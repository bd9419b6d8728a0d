"""`/v1/rooms`: which rooms there are, and a way to write in one from outside, for bridges from chat platforms.

Owns the shapes of these answers. Refuses to know when a line is answered.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from vivavoce.realtime.query import NAME_IN_A_ROOM
from vivavoce.rooms.directory import Rooms
from vivavoce.rooms.queue import MAX_PRIORITY, Line
from vivavoce.rooms.room import RoomSummary
from vivavoce.server.perimeter import user_of

__all__ = ["PostedLine", "RoomCard", "RoomList", "rooms_routes"]

Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=f"^{NAME_IN_A_ROOM}$")]


class RoomCard(BaseModel):
    """A room that is open."""

    name: str
    object: Literal["room"] = "room"
    viewers: int = Field(description="how many are in it")
    speaker: str = Field(description="whose microphone is heard; empty for nobody's")
    waiting: int = Field(description="lines that wait for an answer")
    taken: int = Field(description="lines that have been answered, so far")
    dropped: int = Field(description="lines that too many others waited before, so far")


class RoomList(BaseModel):
    """All that are open."""

    object: Literal["list"] = "list"
    data: list[RoomCard]


class PostedLine(BaseModel):
    """Something that somebody wrote elsewhere."""

    text: str = Field(min_length=1)
    name: Name = Field(description="who wrote it: up to 40 characters in one line, without ':'")
    priority: int = Field(0, ge=0, le=MAX_PRIORITY, description="a higher one is answered sooner, as for a donation")


def rooms_routes(rooms: Rooms) -> APIRouter:
    """Return the routes over the rooms of one server."""
    router = APIRouter(tags=["rooms"])

    @router.get("/v1/rooms")
    async def list_rooms() -> RoomList:
        """List the rooms that are open, by name."""
        return RoomList(data=[_card(summary) for summary in rooms.listing()])

    @router.post("/v1/rooms/{name}/messages", status_code=202)
    async def post_line(name: str, line: PostedLine, request: Request) -> RoomCard:
        """Write in a room, in anybody's name; the line is answered when its turn comes."""
        posted = Line(name=" ".join(line.name.split()), text=line.text, priority=line.priority)
        return _card(rooms.post(name, posted, user_id=user_of(request)))

    return router


def _card(summary: RoomSummary) -> RoomCard:
    return RoomCard(
        name=summary.name,
        viewers=summary.viewers,
        speaker=summary.speaker,
        waiting=summary.waiting,
        taken=summary.taken,
        dropped=summary.dropped,
    )
