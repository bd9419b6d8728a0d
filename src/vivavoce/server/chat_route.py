"""`POST /v1/chat/completions`: the language model, for whoever wants text.

Owns the request's way to the reply engine and back. Closing the connection stops the generation. Refuses to keep
anything of a conversation.
"""

import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter
from starlette.responses import Response

from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ReplyRequest
from vivavoce.errors import VivavoceError
from vivavoce.server.chat_answer import ChunkWriter, Completion, CompletionHead, CompletionWriter
from vivavoce.server.chat_request import ChatRequest, reply_request
from vivavoce.server.error_responses import error_body
from vivavoce.server.responses import EVENT_STREAM, ComputedResponse, StreamedResponse
from vivavoce.server.services import Services

__all__ = ["chat_routes"]


def chat_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter()
    deadline = services.settings.request_seconds

    @router.post("/v1/chat/completions", response_model=Completion)
    async def create_chat_completion(chat: ChatRequest) -> Response:
        request = reply_request(chat)
        engine = services.roster.reply_engine()
        head = CompletionHead(
            id=f"chatcmpl-{secrets.token_hex(12)}", created=int(services.wall_clock()), model=engine.name
        )
        replies = _reply(services, engine, request)
        if not chat.stream:
            return ComputedResponse(lambda: _complete(replies, CompletionWriter(head)), deadline_seconds=deadline)
        include_usage = bool(chat.stream_options and chat.stream_options.include_usage)
        return StreamedResponse(
            _stream(replies, ChunkWriter(head, include_usage=include_usage)),
            media_type=EVENT_STREAM,
            deadline_seconds=deadline,
            last_words=_last_words,
        )

    return router


async def _reply(services: Services, engine: ReplyEngine, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
    with services.request_slots.take():
        async with aclosing(engine.reply(request)) as deltas:
            async for delta in deltas:
                yield delta


async def _complete(replies: AsyncGenerator[ReplyDelta, None], writer: CompletionWriter) -> Response:
    async with aclosing(replies) as deltas:
        async for delta in deltas:
            writer.take(delta)
    return Response(writer.completion().model_dump_json(), media_type="application/json")


async def _stream(replies: AsyncGenerator[ReplyDelta, None], writer: ChunkWriter) -> AsyncGenerator[bytes, None]:
    async with aclosing(replies) as deltas:
        async for delta in deltas:
            for event in writer.take(delta):
                yield event


def _last_words(error: VivavoceError) -> bytes:
    return f"data: {json.dumps(error_body(error))}\n\n".encode()
