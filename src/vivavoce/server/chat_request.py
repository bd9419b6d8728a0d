"""What a chat completion may ask for, and its meaning for a reply engine.

Owns the request's shape in OpenAI's words. Fields that shape the sampling are ignored, as every local server does;
those whose absence would make the answer wrong are refused. Refuses to know how the answer travels.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from vivavoce.engines.protocols import ChatMessage, ReplyRequest, ToolSpec
from vivavoce.errors import InputError

__all__ = ["ChatRequest", "reply_request"]

MAX_MESSAGES = 2_000
MAX_TOOLS = 128


class TextPart(BaseModel):
    """A piece of a message; no model here sees images or hears audio in a chat."""

    type: Literal["text", "input_text"]
    text: str


class CalledFunction(BaseModel):
    """What an assistant message called."""

    name: str
    arguments: str


class ToolCall(BaseModel):
    """A call that an assistant message made."""

    id: str
    type: Literal["function"] = "function"
    function: CalledFunction


class Message(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    tool_call_id: str | None = None
    tool_calls: list[ToolCall] | None = None


class OfferedFunction(BaseModel):
    """A function the model may call."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    description: str | None = None
    parameters: dict[str, object] | None = None


class Tool(BaseModel):
    """A tool the model may use."""

    type: Literal["function"]
    function: OfferedFunction


class ChosenFunction(BaseModel):
    """The name of a function."""

    name: str


class ToolChoice(BaseModel):
    """The one function that must be called."""

    type: Literal["function"]
    function: ChosenFunction


class StreamOptions(BaseModel):
    """What a stream ends with."""

    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """The shape of the answer."""

    type: str


class ChatRequest(BaseModel):
    """The body of `POST /v1/chat/completions`."""

    messages: Annotated[list[Message], Field(min_length=1, max_length=MAX_MESSAGES)]
    model: str = ""
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: Annotated[list[Tool], Field(max_length=MAX_TOOLS)] | None = None
    tool_choice: Literal["none", "auto", "required"] | ToolChoice | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    n: int | None = None
    stop: str | list[str] | None = None
    logprobs: bool | None = None
    response_format: ResponseFormat | None = None
    modalities: list[str] | None = None


def reply_request(chat: ChatRequest) -> ReplyRequest:
    """Return what the engine is asked.

    Raises:
        InputError: `unsupported_parameter`, something asked for that no engine here does; `invalid_value`.
    """
    _refuse_unsupported(chat)
    choice = chat.tool_choice
    return ReplyRequest(
        messages=tuple(_message(message, index) for index, message in enumerate(chat.messages)),
        tools=tuple(_tool(tool.function) for tool in chat.tools or ()),
        tool_choice=choice.function.name if isinstance(choice, ToolChoice) else choice or "auto",
        max_tokens=chat.max_completion_tokens or chat.max_tokens,
    )


def _refuse_unsupported(chat: ChatRequest) -> None:
    wants_shape = chat.response_format is not None and chat.response_format.type != "text"
    wants_sound = bool(chat.modalities) and chat.modalities != ["text"]
    unsupported = {
        "n": chat.n not in (None, 1),
        "stop": bool(chat.stop),
        "logprobs": bool(chat.logprobs),
        "response_format": wants_shape,
        "modalities": wants_sound,
    }
    for param, is_asked in unsupported.items():
        if is_asked:
            raise InputError(
                "unsupported_parameter", f"'{param}' is not supported here.", remedy="Leave it out.", param=param
            )


def _message(message: Message, index: int) -> ChatMessage:
    if message.role == "tool" and not message.tool_call_id:
        param = f"messages[{index}].tool_call_id"
        raise InputError("missing_required_parameter", f"Missing required parameter: '{param}'.", param=param)
    content = message.content or ""
    if not isinstance(content, str):
        content = "".join(part.text for part in content)
    return ChatMessage(
        role="system" if message.role == "developer" else message.role,
        content=content,
        tool_call_id=message.tool_call_id,
        tool_calls=tuple((call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()),
    )


def _tool(function: OfferedFunction) -> ToolSpec:
    return ToolSpec(
        name=function.name, description=function.description or "", parameters=dict(function.parameters or {})
    )
