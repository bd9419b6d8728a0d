"""What a client asks for in the address it connects to, once checked.

Owns the fields and their meaning. Refuses to know how an address is read, and whether what is asked for is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["NAME_IN_A_ROOM", "ConnectionQuery", "RoomRole"]

NAME_IN_A_ROOM = r"[^\x00-\x1f\x7f:]{1,40}"
"""A pattern: nobody's name has a line break, or a colon, which ends it where a line is told with its writer's name."""

RoomRole = Literal["host", "speaker", "viewer"]
"""What somebody may do in a room: a viewer may write, a speaker may speak too, the host comes first in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionQuery:
    """The parameters of `/v1/realtime`; empty for what was not asked for.

    Attributes:
        persona: the character's id.
        conversation: the id of a conversation of the user's own that is to be gone on with.
        language: ISO 639-1 code, or auto, of a session that says nothing else.
        voice: the voice's name, from the first word on.
        speed: speaking rate; 1 for the character's own.
        greet: whether the character is to speak first, in a conversation that is new; a room's never does.
        room: the name of the conversation shared with others.
        name: what the others call this one.
        role: what this one would be in the room; empty for host to its owner where nobody else is, else speaker.
    """

    persona: str = ""
    conversation: str = ""
    language: str = ""
    voice: str = ""
    speed: float = 1.0
    greet: bool = False
    room: str = ""
    name: str = ""
    role: RoomRole | Literal[""] = ""
