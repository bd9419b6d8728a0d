"""The `response` object of `response.create`, and what it makes of the session's settings.

Owns the shape of the request and the settings in force for one response. Refuses to know whether a response may start
now. In a request absent and null mean the same: as the session says. Unknown settings are refused, as in a session.
"""

from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from vivavoce.realtime.wire.audio_config import AudioFormat, Voice, voice_name
from vivavoce.realtime.wire.items import Item, ItemReference, check_item
from vivavoce.realtime.wire.session_config import SessionConfig, voice_locked_error
from vivavoce.realtime.wire.session_patch import Instructions, MaxOutputTokens, Modalities, Prompt, Reasoning
from vivavoce.realtime.wire.tools import Tool, ToolChoice, check_nesting, check_tools

__all__ = [
    "Metadata",
    "ResponseAudioOutputRequest",
    "ResponseAudioRequest",
    "ResponseConfig",
    "ResponseRequest",
    "check_response_request",
    "resolve_response",
]

Metadata = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]],
    Meta(max_length=16),
]

T = TypeVar("T")


class ResponseAudioOutputRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this one response sounds."""

    format: AudioFormat | None = None
    voice: Voice | None = None


class ResponseAudioRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Audio settings of this one response."""

    output: ResponseAudioOutputRequest | None = None


class ResponseRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one response is to do otherwise than the session says.

    `input` replaces the conversation as context, `[]` empties it; `conversation` none keeps the response out of the
    conversation.
    """

    audio: ResponseAudioRequest | None = None
    conversation: Literal["auto", "none"] | None = None
    input: tuple[Item | ItemReference, ...] | None = None
    instructions: Instructions | None = None
    max_output_tokens: MaxOutputTokens | None = None
    metadata: Metadata | None = None
    output_modalities: Modalities | None = None
    parallel_tool_calls: bool | None = None
    prompt: Prompt | None = None
    reasoning: Reasoning | None = None
    tool_choice: ToolChoice | None = None
    tools: tuple[Tool, ...] | None = None


class ResponseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force for one response; `input` None means the conversation as it stands.

    `own` names those that the response does not share with its session.
    """

    conversation: Literal["auto", "none"]
    input: tuple[Item | ItemReference, ...] | None
    instructions: str
    max_output_tokens: MaxOutputTokens
    metadata: dict[str, str] | None
    output_modalities: tuple[Literal["text", "audio"], ...]
    output_format: AudioFormat
    voice: str
    speed: float
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice
    parallel_tool_calls: bool | None
    prompt: Prompt | None
    reasoning: Reasoning | None
    own: frozenset[str]

    @property
    def writes_to_conversation(self) -> bool:
        """Whether the response becomes part of the default conversation."""
        return self.conversation == "auto"


def check_response_request(request: ResponseRequest) -> None:
    """Check what the types cannot say about a request.

    Raises:
        InputError: an item that cannot be used, an MCP tool that names no server, or a value nested too deep.
    """
    for index, item in enumerate(request.input or ()):
        check_item(item, at=f"response.input[{index}]")
    check_tools(request.tools or (), at="response.tools")
    if request.prompt is not None:
        check_nesting(request.prompt.variables, at="response.prompt.variables")


def resolve_response(session: SessionConfig, request: ResponseRequest | None, *, voice_locked: bool) -> ResponseConfig:
    """Return the session's settings with those of `request` over them; `voice_locked` once the session has spoken.

    Raises:
        InputError: another voice after the first audio (`cannot_update_voice`).
    """
    asked = request or ResponseRequest()
    output = (asked.audio and asked.audio.output) or ResponseAudioOutputRequest()
    voice = session.audio.output.voice if output.voice is None else voice_name(output.voice)
    if voice_locked and voice != session.audio.output.voice:
        raise voice_locked_error("response.audio.output.voice")
    return ResponseConfig(
        conversation=_or(asked.conversation, "auto"),
        input=asked.input,
        instructions=_or(asked.instructions, session.instructions),
        max_output_tokens=_or(asked.max_output_tokens, session.max_output_tokens),
        metadata=asked.metadata,
        output_modalities=_or(asked.output_modalities, session.output_modalities),
        output_format=_or(output.format, session.audio.output.format),
        voice=voice,
        speed=session.audio.output.speed,
        tools=_or(asked.tools, session.tools),
        tool_choice=_or(asked.tool_choice, session.tool_choice),
        parallel_tool_calls=_or(asked.parallel_tool_calls, session.parallel_tool_calls),
        prompt=_or(asked.prompt, session.prompt),
        reasoning=_or(asked.reasoning, session.reasoning),
        own=_own(asked, output),
    )


def _own(asked: ResponseRequest, output: ResponseAudioOutputRequest) -> frozenset[str]:
    told = {**msgspec.structs.asdict(asked), "audio": None, "voice": output.voice}
    return frozenset(name for name, value in told.items() if value is not None)


def _or(asked: T | None, session: T) -> T:
    return session if asked is None else asked
