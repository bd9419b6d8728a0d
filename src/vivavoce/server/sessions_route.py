"""`/v1/sessions`: the user's conversations that are being held just now, and a change of character from outside.

Owns the shapes of these answers. Refuses to know what a character is, and whose sessions are anybody else's.
"""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from vivavoce.errors import InputError
from vivavoce.mind.conversation import ConversationMind
from vivavoce.mind.parts import MindParts
from vivavoce.tools.definition import ChangePersona

__all__ = ["PersonaChange", "SessionCard", "SessionList", "sessions_routes"]


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

    persona: str


def sessions_routes(parts: MindParts) -> APIRouter:
    """Return the routes over the sessions of one server."""
    router = APIRouter()

    @router.get("/v1/sessions")
    async def list_sessions(request: Request) -> SessionList:
        own = [mind for mind in parts.live.values() if mind.user_id == request.state.user_id]
        return SessionList(data=[_card(mind) for mind in own])

    @router.post("/v1/sessions/{session_id}/persona")
    async def change_persona(session_id: str, change: PersonaChange, request: Request) -> SessionCard:
        mind = parts.live.get(session_id)
        if mind is None or mind.user_id != request.state.user_id:
            raise InputError(
                "session_not_found",
                f"There is no session '{session_id[:80]}' of yours under way.",
                remedy="Use an id from GET /v1/sessions.",
                param="session_id",
            )
        mind.act(ChangePersona(persona_id=change.persona))
        return _card(mind)

    return router


def _card(mind: ConversationMind) -> SessionCard:
    return SessionCard(
        id=mind.session_id,
        conversation_id=mind.conversation_id,
        persona_id=mind.persona_id,
        language=mind.language,
    )
