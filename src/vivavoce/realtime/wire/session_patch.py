"""What a client may write in `session.update`.

Owns the shape of a patch: absent fields are unchanged, null clears where clearing means something. Refuses to know the
session's current values; `session_config` applies patches. As the hosted service does, unknown settings are refused
rather than ignored: a misspelt setting must not look as if it had worked.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vivavoce.realtime.wire.audio_config import (
    AudioFormat,
    InputFormat,
    NoiseReductionPatch,
    TranscriptionPatch,
    TurnDetectionPatch,
    Voice,
)
from vivavoce.realtime.wire.tools import Tool, ToolChoice

__all__ = [
    "AudioInputPatch",
    "AudioOutputPatch",
    "Include",
    "Instructions",
    "Language",
    "MaxOutputTokens",
    "Modalities",
    "Prompt",
    "Reasoning",
    "RetentionRatio",
    "SessionAudioPatch",
    "SessionPatch",
    "TokenLimits",
    "Tracing",
    "TracingOptions",
    "Truncation",
    "VivavocePatch",
]

Modalities = Annotated[tuple[Literal["text", "audio"], ...], Meta(min_length=1, max_length=1)]
Instructions = Annotated[str, Meta(max_length=262_144)]
MaxOutputTokens = Annotated[int, Meta(ge=1, le=4_096)] | Literal["inf"]
Speed = Annotated[float, Meta(ge=0.25, le=1.5)]
Include = tuple[Literal["item.input_audio_transcription.logprobs"], ...]
Language = Annotated[str, Meta(pattern="^(auto|[a-z]{2,3}(-[A-Za-z]{2,4})?)$")]
"""`auto`, or an ISO 639 code such as `en`, `zh` or `zh-TW`."""


class TokenLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bounds on the conversation's tokens after the instructions."""

    post_instructions: Annotated[int, Meta(ge=0)] | None = None


class RetentionRatio(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="retention_ratio"
):
    """Drop old messages until this share (0..1) of the allowed tokens is used."""

    retention_ratio: Annotated[float, Meta(ge=0.0, le=1.0)]
    token_limits: TokenLimits | None = None


Truncation = Literal["auto", "disabled"] | RetentionRatio


class TracingOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a trace of the session is labelled."""

    workflow_name: str | None = None
    group_id: str | None = None
    metadata: dict[str, Any] | None = None


Tracing = Literal["auto"] | TracingOptions


class Prompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stored prompt and the values to fill in."""

    id: str
    version: str | None = None
    variables: dict[str, Any] | None = None


class Reasoning(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How hard a reasoning model thinks."""

    effort: Literal["minimal", "low", "medium", "high", "xhigh"] | None = None


class AudioInputPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to `session.audio.input`."""

    format: InputFormat | UnsetType | None = UNSET
    transcription: TranscriptionPatch | UnsetType | None = UNSET
    noise_reduction: NoiseReductionPatch | UnsetType | None = UNSET
    turn_detection: TurnDetectionPatch | UnsetType | None = UNSET


class AudioOutputPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to `session.audio.output`."""

    format: AudioFormat | UnsetType | None = UNSET
    voice: Voice | UnsetType | None = UNSET
    speed: Speed | UnsetType | None = UNSET


class SessionAudioPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to `session.audio`."""

    input: AudioInputPatch | None = None
    output: AudioOutputPatch | None = None


class VivavocePatch(msgspec.Struct, frozen=True, kw_only=True):
    """Changes to `session.vivavoce`; what a later version adds is ignored."""

    language: Language | UnsetType | None = UNSET


class SessionPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `session` object of `session.update`.

    `id`, `object`, `expires_at` and `model` belong to the server: clients that send back what they were told may, and
    nothing changes.
    """

    type: Literal["realtime"] | UnsetType = UNSET
    id: str | UnsetType | None = UNSET
    object: str | UnsetType | None = UNSET
    expires_at: int | UnsetType | None = UNSET
    model: str | UnsetType | None = UNSET
    output_modalities: Modalities | UnsetType | None = UNSET
    instructions: Instructions | UnsetType | None = UNSET
    audio: SessionAudioPatch | None = None
    tools: tuple[Tool, ...] | UnsetType | None = UNSET
    tool_choice: ToolChoice | UnsetType | None = UNSET
    parallel_tool_calls: bool | UnsetType | None = UNSET
    max_output_tokens: MaxOutputTokens | UnsetType | None = UNSET
    truncation: Truncation | UnsetType | None = UNSET
    tracing: Tracing | UnsetType | None = UNSET
    include: Include | UnsetType | None = UNSET
    prompt: Prompt | UnsetType | None = UNSET
    reasoning: Reasoning | UnsetType | None = UNSET
    vivavoce: VivavocePatch | UnsetType | None = UNSET
