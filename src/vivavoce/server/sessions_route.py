"""`/v1/sessions`: the user's conversations that are being held just now, and a change of character from outside.

Owns the shapes of these answers, and that nobody finds a session of somebody else's. Refuses to know what a character
is.
"""

from collections.abc import Mapping
from typing import Literal, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from vivavoce.dialogue.switch import TalkingTo
from vivavoce.errors import InputError
from vivavoce.mind.conversation import ConversationMind
from vivavoce.server.perimeter import user_of
from vivavoce.tools.definition import ChangePersona

__all__ = ["PersonaChange", "SessionCard", "SessionList", "own_session", "sessions_routes"]

Held = TypeVar("Held", bound=TalkingTo)


class SessionCard(BaseModel):
    """A session that is under way."""

    id: str
    object: Literal["session"] = "session"
    conversation_id: str
    persona_id: str = Field(description="the character that speaks; empty where the client brings its own instructions")
    language: str = Field(description="ISO 639-1 code of what is spoken, or auto")


class SessionList(BaseModel):
    """All of the user's."""

    object: Literal["list"] = "list"
    data: list[SessionCard]


class PersonaChange(BaseModel):
    """Who is to speak from the next reply on."""

    persona: str = Field(min_length=1, max_length=100, description="the id of a character")


def sessions_routes(live: Mapping[str, ConversationMind]) -> APIRouter:
    """Return the routes over the sessions under way, by their ids."""
    router = APIRouter(tags=["sessions"])

    @router.get("/v1/sessions")
    async def list_sessions(request: Request) -> SessionList:
        """List the user's conversations that are being held just now."""
        return SessionList(data=[_card(mind) for mind in live.values() if mind.user_id == user_of(request)])

    @router.post("/v1/sessions/{session_id}/persona")
    async def change_persona(session_id: str, change: PersonaChange, request: Request) -> SessionCard:
        """Have another character speak from the next reply on, in a session of the user's."""
        mind = own_session(live, session_id, user_of(request), param="session_id")
        mind.act(ChangePersona(persona_id=change.persona))
        return _card(mind)

    return router


def own_session(live: Mapping[str, Held], session_id: str, user_id: str, *, param: str) -> Held:
    """Return a session under way of this user; `param` is the parameter that names it.

    Raises:
        InputError: `session_not_found`, also for a session of somebody else's.
    """
    held = live.get(session_id)
    if held is None or held.user_id != user_id:
        raise InputError(
            "session_not_found",
            f"There is no session '{session_id[:80]}' of yours under way.",
            remedy="Use an id from GET /v1/sessions.",
            param=param,
        )
    return held


def _card(mind: ConversationMind) -> SessionCard:
    return SessionCard(
        id=mind.session_id,
        conversation_id=mind.conversation_id,
        persona_id=mind.persona_id,
        language=mind.language,
    )
