"""A prompt that still grows, read into a slot of the embedded server.

Owns how much of such a prompt is certain: what the model's chat template writes before the place where the last message
goes on. Refuses to know why it is read, and whether the slot is the right one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec

from vivavoce.engines.llm.chat_settings import Sampling
from vivavoce.engines.llm.chat_wire import ChatDialect, chat_body
from vivavoce.engines.protocols import ChatMessage
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["PromptReader", "in_slot"]

_DEADLINE_SECONDS = 60.0
_COUNT_SECONDS = 2.0
_PLACE = "\ue000"
"""Marks the place where the last message goes on: a character of private use, which nobody says."""


class _Rendered(msgspec.Struct, frozen=True):
    prompt: str


class _Tokens(msgspec.Struct, frozen=True):
    tokens: tuple[int, ...]


class PromptReader:
    """Reads and counts prompts without answering them, by llama.cpp's own routes."""

    def __init__(self, endpoint: LlamaEndpoint) -> None:
        self._client = endpoint.client(_DEADLINE_SECONDS)

    async def read(self, request: ReplyRequest, *, slot: int) -> None:
        """Read all of the prompt that does not depend on how its last message goes on; cancel it at any time.

        Where the last message is not the user's, their words are what comes next.

        Raises:
            HTTPError: the server is gone.
            EngineError: it refused.
        """
        try:
            prompt = await self._certain(request)
            body = {"prompt": prompt, "n_predict": 0, "stream": True, **in_slot(slot)}
            async with self._client.stream("POST", "/completion", json=body) as response:
                response.raise_for_status()
                async for _ in response.aiter_bytes():
                    pass
        except httpx2.HTTPStatusError as error:
            raise EngineError(
                "llm_bad_request",
                f"The embedded language model refused to read a prompt (HTTP {error.response.status_code}).",
                remedy="Start a new conversation: this one may have grown too long.",
                stage=Stage.LLM,
            ) from None
        except msgspec.MsgspecError as error:
            raise EngineError(
                "llm_bad_answer",
                f"The embedded language model's answer about a prompt makes no sense: {error}.",
                remedy="Install the pinned packages anew with 'make setup'.",
                stage=Stage.LLM,
            ) from None

    async def count(self, request: ReplyRequest) -> int | None:
        """Return how many tokens the prompt of a reply has; None when the server does not say."""
        try:
            with anyio.fail_after(_COUNT_SECONDS):
                prompt = await self._rendered(request)
                body = {"content": prompt, "add_special": True, "parse_special": True}
                response = await self._client.post("/tokenize", json=body)
                response.raise_for_status()
                return len(msgspec.json.decode(response.content, type=_Tokens).tokens)
        except (httpx2.HTTPError, msgspec.MsgspecError, TimeoutError):
            return None

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _certain(self, request: ReplyRequest) -> str:
        messages = request.messages
        if not messages or messages[-1].role != "user":
            messages = (*messages, ChatMessage(role="user", content=""))
        going_on = replace(messages[-1], content=messages[-1].content + _PLACE)
        rendered = await self._rendered(replace(request, messages=(*messages[:-1], going_on)))
        return rendered.partition(_PLACE)[0]

    async def _rendered(self, request: ReplyRequest) -> str:
        body = chat_body(request, model="", sampling=Sampling(), dialect=ChatDialect())
        response = await self._client.post("/apply-template", json=body)
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=_Rendered).prompt


def in_slot(slot: int) -> dict[str, object]:
    """Return the fields of a request that have it computed in a slot, of which as much as possible is read already."""
    # Progress is asked for because the server learns of a closed connection only by writing to it: without progress, a
    # prompt that nobody waits for any more is read to its end (measured: 6.4 s for 700 tokens; with it, one batch).
    return {"id_slot": slot, "cache_prompt": True, "return_progress": True}
