"""Between the wire's records and the domain's: settings, items, reply options, both pure.

Owns the meaning of each wire setting for a conversation. Refuses to know sockets, and which event carries a record.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

import msgspec

from vivavoce.audio.formats import AudioFormat
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.offer import SERVER_CHOICE
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool
from vivavoce.dialogue.prompts import (
    approval,
    default_instructions,
    farewell,
    nudges,
    refused,
    silence,
    still_working,
    working,
)
from vivavoce.errors import InputError
from vivavoce.realtime.wire import audio_config as wa
from vivavoce.realtime.wire import items as wi
from vivavoce.realtime.wire import tools as wt
from vivavoce.turntaking.settings import SilenceTurns, TurnDetection, semantic_turns

if TYPE_CHECKING:
    from vivavoce.realtime.wire.response_config import ResponseConfig
    from vivavoce.realtime.wire.session_config import SessionConfig
    from vivavoce.realtime.wire.session_patch import MaxOutputTokens

__all__ = [
    "ToolsOf",
    "audio_format_of",
    "conversation_settings",
    "domain_item",
    "language_asked",
    "reply_options",
    "turn_detection_of",
    "wire_item",
]

ToolsOf = Callable[[wt.McpServerTool], tuple[Tool, ...]]
"""Returns the tools of an MCP server as far as they are known; raises InputError where it cannot be one."""


def conversation_settings(
    config: SessionConfig,
    *,
    default_language: str,
    playout_reports: bool,
    tools_of: ToolsOf | None = None,
) -> ConversationSettings:
    """Return what the machine must know of a session's configuration; `tools_of` knows the tools of MCP servers.

    Raises:
        InputError: a tool that this server cannot offer.
    """
    turns = config.audio.input.turn_detection
    language = _language(config, default_language)
    return ConversationSettings(
        instructions=config.instructions or default_instructions(language),
        silence=silence(language),
        nudges=nudges(language),
        farewell=farewell(language),
        working=working(language),
        still_working=still_working(language),
        approval=approval(language),
        refused=refused(language),
        modality=config.output_modalities[0],
        voice=config.audio.output.voice,
        speed=config.audio.output.speed,
        language=language,
        tools=_tools(config.tools, tools_of, at="session.tools"),
        tool_choice=_tool_choice(config.tool_choice),
        max_output_tokens=_max_tokens(config.max_output_tokens),
        detects_turns=turns is not None,
        reply_after_turn=turns is not None and turns.create_response,
        interruptible=turns is not None and turns.interrupt_response,
        idle_seconds=_idle_seconds(turns),
        transcripts=config.audio.input.transcription is not None,
        playout_reports=playout_reports,
    )


def turn_detection_of(config: SessionConfig) -> TurnDetection | None:
    """Return how the session's turns are detected; None when the client commits them by hand."""
    match config.audio.input.turn_detection:
        case None:
            return None
        case wa.ServerVad() as vad:
            return SilenceTurns(
                threshold=vad.threshold,
                prefix_padding_ms=vad.prefix_padding_ms,
                silence_ms=vad.silence_duration_ms,
            )
        case wa.SemanticVad(eagerness=eagerness):
            return semantic_turns(eagerness)
        case never:
            assert_never(never)


def audio_format_of(wire_format: wa.AudioFormat) -> AudioFormat:
    """Return the audio format that a wire format names."""
    match wire_format:
        case wa.PcmFormat():
            return AudioFormat.PCM16_24K
        case wa.PcmuFormat():
            return AudioFormat.PCMU_8K
        case wa.PcmaFormat():
            return AudioFormat.PCMA_8K
        case never:
            assert_never(never)


def reply_options(config: ResponseConfig, *, tools_of: ToolsOf | None = None) -> ReplyOptions:
    """Return what one reply overrides.

    Raises:
        InputError: an item or a tool that this server cannot use.
    """
    chosen = config.input
    _check_tool_choice(config)
    return ReplyOptions(
        in_band=config.writes_to_conversation,
        instructions=config.instructions or None,
        modality=config.output_modalities[0],
        voice=config.voice,
        tools=_tools(config.tools, tools_of, at="response.tools") if config.has_own_tools else None,
        tool_choice=_tool_choice(config.tool_choice),
        max_output_tokens=_max_tokens(config.max_output_tokens) or 0,
        input_items=None if chosen is None else tuple(map(_chosen_item, chosen)),
        metadata=tuple((config.metadata or {}).items()),
    )


def domain_item(item: wi.Item) -> Item:
    """Return a client's item as the conversation keeps it.

    Raises:
        InputError: content that no model here can take in.
    """
    match item:
        case wi.Message():
            content = tuple(_domain_part(part) for part in item.content)
            return Item(id=item.id or "", role=item.role, content=content)
        case wi.FunctionCall():
            return Item(
                id=item.id or "",
                kind="function_call",
                role="assistant",
                call_id=item.call_id or "",
                name=item.name,
                arguments=item.arguments,
            )
        case wi.FunctionCallOutput():
            return Item(id=item.id or "", kind="function_call_output", call_id=item.call_id, output=item.output)
        case wi.McpApprovalResponse():
            return Item(
                id=item.id or "",
                kind="mcp_approval_response",
                approval_request_id=item.approval_request_id,
                approves=item.approve,
                output=item.reason or "",
            )
        case _:
            raise InputError(
                "invalid_value",
                f"Items of type '{item.__struct_config__.tag}' cannot be created here.",
                remedy="Create messages, function calls, function call outputs or answers to approval requests.",
                param="item.type",
            )


def wire_item(item: Item, *, audio: bytes | None = None) -> wi.Item:
    """Return an item as events tell it; `audio`, all that the item has, only for a client that asked for the item."""
    match item.kind:
        case "function_call":
            return wi.FunctionCall(
                id=item.id, status=item.status, name=item.name, arguments=item.arguments, call_id=item.call_id
            )
        case "function_call_output":
            return wi.FunctionCallOutput(id=item.id, status=item.status, call_id=item.call_id, output=item.output)
        case "mcp_call" | "mcp_approval_request" | "mcp_approval_response" | "mcp_list_tools":
            return _server_item(item)
        case _:
            spoken = next((part for part in item.content if part.kind in ("input_audio", "output_audio")), None)
            content = tuple(_wire_part(part, audio if part is spoken else None) for part in item.content)
            return wi.Message(id=item.id, status=item.status, role=item.role, content=content)


def language_asked(config: SessionConfig) -> str | None:
    """Return the language that a client has named, as an ISO 639-1 code; None where it has named none."""
    transcription = config.audio.input.transcription
    asked = (transcription.language if transcription else None) or config.language
    return None if asked == "auto" else asked.replace("_", "-").partition("-")[0].lower()


def _server_item(item: Item) -> wi.Item:
    """Return an item about the tools that this server runs."""
    match item.kind:
        case "mcp_list_tools":
            tools = msgspec.json.decode(item.output or "[]", type=tuple[wi.McpToolListing, ...])
            return wi.McpListTools(id=item.id, server_label=item.server_label, tools=tools)
        case "mcp_approval_response":
            return wi.McpApprovalResponse(
                id=item.id,
                approval_request_id=item.approval_request_id,
                approve=item.approves,
                reason=item.output or None,
            )
        case "mcp_approval_request":
            return wi.McpApprovalRequest(
                id=item.id, server_label=item.server_label, name=item.name, arguments=item.arguments
            )
        case _:
            return wi.McpCall(
                id=item.id,
                server_label=item.server_label,
                name=item.name,
                arguments=item.arguments,
                approval_request_id=item.approval_request_id or None,
                output=item.output if item.status == "completed" and not item.error_code else None,
                error=wi.McpToolExecutionError(message=item.output) if item.error_code else None,
            )


def _language(config: SessionConfig, default: str) -> str:
    return language_asked(config) or default.replace("_", "-").partition("-")[0].lower()


def _idle_seconds(turns: wa.TurnDetection | None) -> float | None:
    limit_ms = turns.idle_timeout_ms if isinstance(turns, wa.ServerVad) else None
    return None if limit_ms is None else limit_ms / 1000


def _max_tokens(value: MaxOutputTokens) -> int | None:
    return None if value == "inf" else value


def _tool_choice(choice: wt.ToolChoice) -> str:
    match choice:
        case wt.ToolChoiceFunction(name=name):
            return name
        case wt.ToolChoiceMcp(server_label=label, name=name):
            return name or f"{SERVER_CHOICE}{label}"
        case _:
            return choice


def _tools(tools: tuple[wt.Tool, ...], tools_of: ToolsOf | None, *, at: str) -> tuple[Tool, ...]:
    known: list[Tool] = []
    for index, tool in enumerate(tools):
        if isinstance(tool, wt.McpServerTool):
            if tools_of is not None:
                known += [theirs for theirs in tools_of(tool) if theirs.name not in {own.name for own in known}]
                continue
            raise InputError(
                "invalid_value",
                "Tools of MCP servers cannot be had here.",
                remedy="Offer function tools.",
                param=f"{at}[{index}].type",
            )
        parameters = msgspec.json.encode(tool.parameters or {"type": "object", "properties": {}}).decode()
        known.append(Tool(name=tool.name, description=tool.description or "", parameters_json=parameters))
    return tuple(known)


def _check_tool_choice(config: ResponseConfig) -> None:
    """Refuse the choice of a function that is not offered: engines fail at it, each in its own way."""
    choice = config.tool_choice
    names = {tool.name for tool in config.tools if isinstance(tool, wt.FunctionTool)}
    if isinstance(choice, wt.ToolChoiceFunction) and names and choice.name not in names:
        raise InputError(
            "invalid_value",
            f"There is no tool named '{choice.name}' to choose.",
            remedy="Name one of the tools of the session or of this response.",
            param="response.tool_choice",
        )


def _chosen_item(item: wi.Item | wi.ItemReference) -> Item:
    if isinstance(item, wi.ItemReference):
        return Item(id=item.id, kind="reference")
    chosen = domain_item(item)
    if any(part.kind == "input_audio" and part.text is None for part in chosen.content):
        raise InputError(
            "invalid_value",
            "Audio is not heard in the input of a single response.",
            remedy="Create an item with it and refer to that item, or send its transcript.",
            param="response.input",
        )
    return chosen


def _domain_part(part: wi.ContentPart) -> ContentPart:
    match part:
        case wi.InputText(text=text):
            return ContentPart(kind="input_text", text=text)
        case wi.OutputText(text=text):
            return ContentPart(kind="output_text", text=text)
        case wi.InputAudio(transcript=transcript):
            return ContentPart(kind="input_audio", text=transcript)
        case wi.OutputAudio(transcript=transcript):
            return ContentPart(kind="output_audio", text=transcript)
        case wi.InputImage():
            raise InputError(
                "invalid_value",
                "Images are not understood here.",
                remedy="Describe the image in words.",
                param="item.content",
            )
        case never:
            assert_never(never)


def _wire_part(part: ContentPart, audio: bytes | None) -> wi.ContentPart:
    text = part.heard if part.heard is not None else part.text
    match part.kind:
        case "input_text":
            return wi.InputText(text=text or "")
        case "output_text":
            return wi.OutputText(text=text or "")
        case "input_audio":
            return wi.InputAudio(transcript=text, audio=audio)
        case "output_audio":
            return wi.OutputAudio(transcript=text, audio=audio)
        case never:
            assert_never(never)
