"""`GET /v1/voices`: the voices that can be chosen.

Owns the list's shape. Refuses to know how a voice is loaded: the roster has it done when somebody asks for one.
"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from vivavoce.engines.roster import EngineRoster

__all__ = ["voices_routes"]


class VoiceCard(BaseModel):
    """A voice, in a language that it speaks."""

    name: str = Field(description="by which a session, a character or a request asks for it")
    object: Literal["voice"] = "voice"
    language: str = Field(description="ISO 639-1 code")
    is_ready: bool = Field(description="whether it is loaded; one that is not is loaded when it is asked for")


class VoiceList(BaseModel):
    """All of them, the preferred ones of each language first; servers that tell no voices of their own have none."""

    object: Literal["list"] = "list"
    data: list[VoiceCard]


def voices_routes(roster: EngineRoster) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["voices"])

    @router.get("/v1/voices")
    async def list_voices() -> VoiceList:
        """List the voices that can be chosen."""
        cards = [
            VoiceCard(name=offer.name, language=offer.language, is_ready=offer.is_ready) for offer in roster.voices
        ]
        return VoiceList(data=cards)

    return router
