"""`POST /api/chat`: one message in writing to a character, with its memory and tools.

Owns the shapes of request and answers, whole or as server-sent events. Closing the connection stops the turn. Refuses
to know engines and tools.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from vivavoce.dialogue.text_events import (
    TextAsked,
    TextDone,
    TextEvent,
    TextPiece,
    TextToolAnswered,
    TextToolCalled,
)
from vivavoce.dialogue.text_turn import TextTurns
from vivavoce.errors import VivavoceError
from vivavoce.server.admission import Slots
from vivavoce.server.error_responses import error_body
from vivavoce.server.perimeter import user_of
from vivavoce.server.responses import EVENT_STREAM, ComputedResponse, StreamedResponse

__all__ = ["chat_api_routes"]

MAX_MESSAGE_CHARACTERS = 20_000


class ChatAsked(BaseModel):
    """The body: `conversation_id` goes on with a conversation; the others choose for this message."""

    message: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)]
    conversation_id: Annotated[str, Field(max_length=100)] = ""
    personality_id: Annotated[str, Field(max_length=100)] = ""
    use_tools: bool = True
    stream: bool = False


class ChatReplied(BaseModel):
    """The whole answer."""

    reply: str
    conversation_id: str
    engine: str


def chat_api_routes(turns: TextTurns, *, slots: Slots, deadline_seconds: float) -> APIRouter:
    """Return the route; `slots` is the room for requests that keep an engine busy."""
    router = APIRouter(tags=["text"])

    @router.post("/api/chat", response_model=ChatReplied, summary="Say something in writing")
    async def chat(request: Request, asked: ChatAsked) -> Response:
        events = _turn(turns, slots, asked, user_of(request))
        if not asked.stream:
            return ComputedResponse(lambda: _whole(events), deadline_seconds=deadline_seconds)
        return StreamedResponse(
            _told(events), media_type=EVENT_STREAM, deadline_seconds=deadline_seconds, last_words=_last_words
        )

    return router


async def _turn(turns: TextTurns, slots: Slots, asked: ChatAsked, user_id: str) -> AsyncGenerator[TextEvent, None]:
    text = TextAsked(
        message=asked.message,
        user_id=user_id,
        conversation_id=asked.conversation_id,
        persona_id=asked.personality_id,
        use_tools=asked.use_tools,
    )
    with slots.take():
        async with aclosing(turns.turn(text)) as events:
            async for event in events:
                yield event


async def _whole(events: AsyncGenerator[TextEvent, None]) -> Response:
    done = TextDone(reply="", conversation_id="", engine="")
    async with aclosing(events) as coming:
        async for event in coming:
            if isinstance(event, TextDone):
                done = event
    replied = ChatReplied(reply=done.reply, conversation_id=done.conversation_id, engine=done.engine)
    return Response(replied.model_dump_json(), media_type="application/json")


async def _told(events: AsyncGenerator[TextEvent, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(events) as coming:
        async for event in coming:
            yield _event(_shaped(event))


def _shaped(event: TextEvent) -> dict[str, object]:
    match event:
        case TextPiece():
            return {"type": "delta", "text": event.text}
        case TextToolCalled():
            return {"type": "tool_call", "name": event.name, "arguments": event.arguments}
        case TextToolAnswered():
            return {"type": "tool_result", "name": event.name, "output": event.output, "error": event.error_code}
        case TextDone():
            told = {"reply": event.reply, "conversation_id": event.conversation_id, "engine": event.engine}
            return {"type": "done", **told}


def _last_words(error: VivavoceError) -> bytes:
    return _event({"type": "error", **error_body(error)})


def _event(data: dict[str, object]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
