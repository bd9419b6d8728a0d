"""Between the wire's settings and the domain's. Pure.

Owns the meaning of each wire setting for a conversation and for one reply. Refuses to know sockets, and which event
carries a setting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

import msgspec

from vivavoce.audio.formats import AudioFormat
from vivavoce.conversation.items import Item
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
from vivavoce.realtime.item_translation import domain_item
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
    "language_asked",
    "reply_options",
    "turn_detection_of",
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
        # Both are of `vivavoce.v1`: a client without it has no use for a mouth.
        mouth=playout_reports,
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


def audio_format_of(wire_format: wa.InputFormat) -> AudioFormat:
    """Return the audio format that a wire format names; for WebM, the one it is decoded to on its way in."""
    match wire_format:
        case wa.PcmFormat() | wa.WebmFormat():
            return AudioFormat.PCM16_24K
        case wa.PcmuFormat():
            return AudioFormat.PCMU_8K
        case wa.PcmaFormat():
            return AudioFormat.PCMA_8K
        case never:
            assert_never(never)


def reply_options(config: ResponseConfig, *, tools_of: ToolsOf | None = None) -> ReplyOptions:
    """Return what one reply overrides: nothing that is as its session says.

    Raises:
        InputError: an item or a tool that this server cannot use.
    """
    chosen, own = config.input, config.own
    _check_tool_choice(config)
    return ReplyOptions(
        in_band=config.writes_to_conversation,
        instructions=config.instructions or None if "instructions" in own else None,
        modality=config.output_modalities[0] if "output_modalities" in own else None,
        voice=config.voice if "voice" in own else None,
        tools=_tools(config.tools, tools_of, at="response.tools") if "tools" in own else None,
        tool_choice=_tool_choice(config.tool_choice) if "tool_choice" in own else None,
        max_output_tokens=_max_tokens(config.max_output_tokens) or 0 if "max_output_tokens" in own else None,
        input_items=None if chosen is None else tuple(map(_chosen_item, chosen)),
        metadata=tuple((config.metadata or {}).items()),
    )


def language_asked(config: SessionConfig) -> str | None:
    """Return the language that a client has named, as an ISO 639-1 code or auto; None where it has named none."""
    transcription = config.audio.input.transcription
    if transcription is not None and transcription.language == "auto":
        return "auto"
    asked = (transcription.language if transcription else None) or config.language
    return None if asked == "auto" else asked.replace("_", "-").partition("-")[0].lower()


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
