"""A reply as a chat completion: whole, or chunk by chunk.

Owns the answers' shapes in OpenAI's words, and the sums over a reply's deltas. Refuses to know engines and sockets.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from vivavoce.engines.protocols import (
    FinishReason,
    MemoriesUsed,
    ReplyDelta,
    ReplyEnd,
    TextDelta,
    ToolCallDelta,
)

__all__ = ["Chunk", "ChunkWriter", "Completion", "CompletionHead", "CompletionWriter"]


class CompletionHead(BaseModel):
    """What every part of one answer repeats."""

    id: str
    created: int
    model: str


class CalledFunction(BaseModel):
    """The function of a whole call."""

    name: str
    arguments: str = ""


class Call(BaseModel):
    """A whole tool call."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction


class FunctionPart(BaseModel):
    """More of a function call; the name comes with its start."""

    name: str | None = None
    arguments: str


class CallPart(BaseModel):
    """More of a tool call; `id` and `type` come with its start."""

    index: int
    id: str | None = None
    type: Literal["function"] | None = None
    function: FunctionPart


class CachedTokens(BaseModel):
    """How much of the prompt was known already."""

    cached_tokens: int


class Usage(BaseModel):
    """Token counts; 0 where the engine does not tell."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens


class AnswerMessage(BaseModel):
    """What the model said."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: None = None
    tool_calls: Annotated[list[Call] | None, Field(exclude_if=lambda calls: calls is None)] = None


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: FinishReason


class Completion(CompletionHead):
    """A whole answer."""

    object: Literal["chat.completion"] = "chat.completion"
    choices: list[Choice]
    usage: Usage


class Delta(BaseModel):
    """What a chunk adds."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    tool_calls: list[CallPart] | None = None


class ChunkChoice(BaseModel):
    """The one answer, a piece of it."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: FinishReason | None = None


class Chunk(CompletionHead):
    """A piece of an answer."""

    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    choices: list[ChunkChoice]
    usage: Usage | None = None


class CompletionWriter:
    """Adds up a reply."""

    def __init__(self, head: CompletionHead) -> None:
        self._head = head
        self._text = ""
        self._calls: dict[int, Call] = {}
        self._end = ReplyEnd()

    def take(self, delta: ReplyDelta) -> None:
        """Add a delta."""
        match delta:
            case TextDelta():
                self._text += delta.text
            case ToolCallDelta():
                call = self._calls.get(delta.index)
                if call is None:
                    function = CalledFunction(name=delta.name)
                    call = self._calls[delta.index] = Call(id=delta.call_id, function=function)
                call.function.arguments += delta.arguments
            case ReplyEnd():
                self._end = delta

    def completion(self) -> Completion:
        """Return the whole answer."""
        calls = [self._calls[index] for index in sorted(self._calls)]
        message = AnswerMessage(content=self._text if self._text or not calls else None, tool_calls=calls or None)
        return Completion(
            **self._head.model_dump(),
            choices=[Choice(message=message, finish_reason=self._end.finish_reason)],
            usage=_usage(self._end),
        )


class ChunkWriter:
    """Turns a reply's deltas into chunks; the first one names the role, the last one may hold the usage."""

    def __init__(self, head: CompletionHead, *, include_usage: bool) -> None:
        self._head = head
        self._include_usage = include_usage
        self._has_begun = False
        self._calls: set[int] = set()

    def take(self, delta: ReplyDelta) -> list[bytes]:
        """Return the server-sent events of a delta."""
        match delta:
            case TextDelta():
                return [*self._begin(), self._event(Delta(content=delta.text))]
            case ToolCallDelta():
                return [*self._begin(), self._event(Delta(tool_calls=[self._call(delta)]))]
            case ReplyEnd():
                return [*self._begin(), *self._finish(delta)]
            case MemoriesUsed():
                # The protocol has no word for it.
                return []

    def _begin(self) -> list[bytes]:
        if self._has_begun:
            return []
        self._has_begun = True
        return [self._event(Delta(role="assistant", content=""))]

    def _finish(self, end: ReplyEnd) -> list[bytes]:
        events = [self._event(Delta(), end.finish_reason)]
        if self._include_usage:
            last = Chunk(**self._head.model_dump(), choices=[], usage=_usage(end))
            events.append(_sse(last.model_dump_json()))
        return [*events, b"data: [DONE]\n\n"]

    def _call(self, delta: ToolCallDelta) -> CallPart:
        if delta.index in self._calls:
            return CallPart(index=delta.index, function=FunctionPart(arguments=delta.arguments))
        self._calls.add(delta.index)
        function = FunctionPart(name=delta.name, arguments=delta.arguments)
        return CallPart(index=delta.index, id=delta.call_id, type="function", function=function)

    def _event(self, delta: Delta, finish_reason: FinishReason | None = None) -> bytes:
        choice = ChunkChoice(delta=delta, finish_reason=finish_reason)
        chunk = Chunk(**self._head.model_dump(), choices=[choice])
        return _sse(chunk.model_dump_json(exclude_none=True))


def _usage(end: ReplyEnd) -> Usage:
    return Usage(
        prompt_tokens=end.input_tokens,
        completion_tokens=end.output_tokens,
        total_tokens=end.input_tokens + end.output_tokens,
        prompt_tokens_details=CachedTokens(cached_tokens=end.cached_tokens),
    )


def _sse(data: str) -> bytes:
    return f"data: {data}\n\n".encode()
