"""`POST /api/speak`: a text in, a WAV out, sentence by sentence as it is spoken.

Owns the request's shape. How speech is made and encoded is `speech_route`'s.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from vivavoce.server.services import Services
from vivavoce.server.speech_route import MAX_INPUT_CHARACTERS, SpeechRequest, speech_response

__all__ = ["speak_routes"]


class SpeakAsked(BaseModel):
    """The body; `voice` empty lets the text's language choose, `speed` 1.0 is normal."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_INPUT_CHARACTERS)]
    voice: Annotated[str, Field(max_length=100)] = ""
    speed: Annotated[float, Field(ge=0.25, le=4.0)] = 1.0


def speak_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["text"])

    @router.post("/api/speak", response_class=Response, summary="Speak a text")
    async def speak(asked: SpeakAsked) -> Response:
        return speech_response(
            services,
            SpeechRequest(input=asked.text, voice=asked.voice, speed=asked.speed, response_format="wav"),
        )

    return router
