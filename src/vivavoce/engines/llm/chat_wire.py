"""The chat-completions wire: requests out, streamed chunks in.

Owns the shape of a request's body and the reading of chunks into deltas, lenient where compatible servers differ.
Refuses to know HTTP, deadlines, and what went wrong when a stream breaks. Pure.

Spec: OpenAI API reference, "Chat Completions" and "Streaming".
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from vivavoce.engines.protocols import ReplyEnd, TextDelta, ToolCallDelta

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.engines.llm.chat_settings import Sampling
    from vivavoce.engines.protocols import ChatMessage, FinishReason, ReplyDelta, ReplyRequest

__all__ = ["ChatChunk", "ChatDialect", "ChunkReader", "chat_body", "parse_chunk"]


class FunctionPart(msgspec.Struct, frozen=True):
    """More of a called function."""

    name: str | None = None
    arguments: str | None = None


class ToolCallPart(msgspec.Struct, frozen=True):
    """More of a tool call; some servers leave out the index or the id."""

    index: int | None = None
    id: str | None = None
    function: FunctionPart | None = None


class Delta(msgspec.Struct, frozen=True):
    """What a chunk adds to the message; the two reasoning fields are not OpenAI's, but widespread."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: tuple[ToolCallPart, ...] | None = None


class Choice(msgspec.Struct, frozen=True):
    """One alternative; we ask for one."""

    delta: Delta | None = None
    finish_reason: str | None = None


class PromptDetails(msgspec.Struct, frozen=True):
    """Where the prompt's tokens came from."""

    cached_tokens: int | None = None


class Usage(msgspec.Struct, frozen=True):
    """Token counts, in the last chunk."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None


class ChatChunk(msgspec.Struct, frozen=True):
    """One event of a streamed reply."""

    choices: tuple[Choice, ...] | None = None
    usage: Usage | None = None


def parse_chunk(data: object) -> ChatChunk:
    """Read one decoded event.

    Raises:
        ValueError: it is not a chunk.
    """
    return msgspec.convert(data, ChatChunk)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDialect:
    """Which parameters a server understands, learned from its refusals."""

    asks_usage: bool = True
    bound_field: str = "max_tokens"

    def without(self, refused: str) -> ChatDialect | None:
        """Return a dialect that avoids the refused parameter; None when there is no other way to say it."""
        if refused.startswith("stream_options") and self.asks_usage:
            return ChatDialect(asks_usage=False, bound_field=self.bound_field)
        if refused == "max_tokens" and self.bound_field == "max_tokens":
            return ChatDialect(asks_usage=self.asks_usage, bound_field="max_completion_tokens")
        return None


def chat_body(request: ReplyRequest, *, model: str, sampling: Sampling, dialect: ChatDialect) -> dict[str, object]:
    """Return the JSON body that asks for this reply as a stream."""
    body: dict[str, object] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
    }
    if dialect.asks_usage:
        body["stream_options"] = {"include_usage": True}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
            }
            for tool in request.tools
        ]
        body["tool_choice"] = _tool_choice(request.tool_choice)
    optional = {
        dialect.bound_field: sampling.max_tokens if request.max_tokens is None else request.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "repeat_penalty": sampling.repeat_penalty,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def _message(message: ChatMessage) -> dict[str, object]:
    shaped: dict[str, object] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        # Servers take an assistant's empty string for words that were said.
        shaped["content"] = message.content or None
        shaped["tool_calls"] = [
            {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
            for call_id, name, arguments in message.tool_calls
        ]
    if message.tool_call_id is not None:
        shaped["tool_call_id"] = message.tool_call_id
    return shaped


def _tool_choice(choice: str) -> object:
    if choice in ("none", "auto", "required"):
        return choice
    return {"type": "function", "function": {"name": choice}}


_FINISH_REASONS: dict[str, FinishReason] = {
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
}


class ChunkReader:
    """Turns the chunks of one reply into deltas, and their last words into the reply's end."""

    def __init__(self) -> None:
        self.is_generating = False
        """Whether any token has come, thoughts that are not passed on included."""
        self.is_finished = False
        """Whether the server has said why it stopped; only token counts may follow."""
        self._finish_reason: FinishReason = "stop"
        self._usage = Usage()
        self._call_ids: dict[int, str] = {}

    def read(self, chunk: ChatChunk) -> Iterator[ReplyDelta]:
        """Yield what the chunk adds."""
        if chunk.usage is not None:
            self._usage = chunk.usage
        for choice in (chunk.choices or ())[:1]:
            if choice.delta is not None:
                yield from self._read_delta(choice.delta)
            if choice.finish_reason:
                self.is_finished = True
                self._finish_reason = _FINISH_REASONS.get(choice.finish_reason, "stop")

    def end(self) -> ReplyEnd:
        """Return the end, with what the chunks told of it."""
        details = self._usage.prompt_tokens_details
        # Ollama, and llama.cpp with some templates, end a tool call with "stop".
        reason = "tool_calls" if self._call_ids and self._finish_reason == "stop" else self._finish_reason
        return ReplyEnd(
            finish_reason=reason,
            input_tokens=self._usage.prompt_tokens or 0,
            output_tokens=self._usage.completion_tokens or 0,
            cached_tokens=(details.cached_tokens if details is not None else None) or 0,
        )

    def _read_delta(self, delta: Delta) -> Iterator[ReplyDelta]:
        text = delta.content or delta.refusal
        if text or delta.tool_calls or delta.reasoning_content or delta.reasoning:
            self.is_generating = True
        if text:
            yield TextDelta(text=text)
        for position, part in enumerate(delta.tool_calls or ()):
            yield self._read_call(part, position)

    def _read_call(self, part: ToolCallPart, position: int) -> ToolCallDelta:
        function = part.function or FunctionPart()
        index = self._index(part, position)
        if index in self._call_ids:
            return ToolCallDelta(index=index, call_id="", name="", arguments=function.arguments or "")
        call_id = part.id or f"call_{secrets.token_hex(12)}"
        self._call_ids[index] = call_id
        return ToolCallDelta(index=index, call_id=call_id, name=function.name or "", arguments=function.arguments or "")

    def _index(self, part: ToolCallPart, position: int) -> int:
        if part.index is not None:
            return part.index
        if not part.id:
            return position
        known = [index for index, call_id in self._call_ids.items() if call_id == part.id]
        return known[0] if known else len(self._call_ids)
