"""The settings in force for a session, and the rules by which they change.

Owns the effective configuration (every default filled), the application of a `session.update`, and what of it is told
to a client. Refuses to know who holds the session or when it may change: pure data, pure functions.

What null does in an update: `turn_detection`, `transcription`, `noise_reduction`, `tracing`, `include`, `prompt`,
`reasoning` and `parallel_tool_calls` are switched off; `instructions`, `tools`, `tool_choice`, `max_output_tokens`,
`truncation`, `speed` and `vivavoce.language` go back to their neutral value; formats, voice and modalities, which
cannot be absent, stay as they are. `transcription` and `noise_reduction` are merged field by field, `turn_detection`
and the formats are replaced as a whole.
"""

from typing import Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from vivavoce.errors import InputError
from vivavoce.realtime.wire.audio_config import (
    AudioFormat,
    InputFormat,
    NoiseReduction,
    PcmFormat,
    ServerVad,
    Transcription,
    TurnDetection,
    merged_noise_reduction,
    merged_transcription,
    turn_detection_of,
    voice_name,
)
from vivavoce.realtime.wire.refusal import invalid_value
from vivavoce.realtime.wire.session_patch import (
    AudioInputPatch,
    AudioOutputPatch,
    Include,
    MaxOutputTokens,
    Modalities,
    Prompt,
    Reasoning,
    SessionPatch,
    Tracing,
    TracingOptions,
    Truncation,
    VivavocePatch,
)
from vivavoce.realtime.wire.tools import Tool, ToolChoice, check_nesting, check_tools, tools_without_secrets

__all__ = [
    "CANNOT_UPDATE_VOICE",
    "AudioInput",
    "AudioOutput",
    "SessionAudio",
    "SessionConfig",
    "VivavoceOptions",
    "apply_update",
    "check_session_patch",
    "default_session",
    "to_wire",
    "voice_locked_error",
]

CANNOT_UPDATE_VOICE = "cannot_update_voice"
AUTO_LANGUAGE = "auto"

T = TypeVar("T")


class AudioInput(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the server does with the audio it hears.

    Transcription and noise reduction are left out when off, because the published schema refuses null there; turn
    detection is always told, because null is how manual turns are said.
    """

    format: InputFormat
    turn_detection: TurnDetection | None
    transcription: Transcription | None = None
    noise_reduction: NoiseReduction | None = None


class AudioOutput(msgspec.Struct, frozen=True, kw_only=True):
    """How the server speaks."""

    format: AudioFormat
    voice: str
    speed: float


class SessionAudio(msgspec.Struct, frozen=True, kw_only=True):
    """Both directions of audio."""

    input: AudioInput
    output: AudioOutput


class VivavoceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that Realtime lacks: the language of the conversation, `auto` or an ISO 639 code."""

    language: str


def _object() -> Literal["realtime.session"]:
    return "realtime.session"


class SessionConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="realtime"):
    """A session's settings in force, as `session.created` and `session.updated` tell them."""

    id: str
    model: str
    output_modalities: Modalities
    instructions: str
    audio: SessionAudio
    tools: tuple[Tool, ...]
    tool_choice: ToolChoice
    max_output_tokens: MaxOutputTokens
    truncation: Truncation
    # A factory, because a plain default would be left out of what is sent.
    object: Literal["realtime.session"] = msgspec.field(default_factory=_object)
    expires_at: int | None = None
    parallel_tool_calls: bool | None = None
    tracing: Tracing | None = None
    include: Include | None = None
    prompt: Prompt | None = None
    reasoning: Reasoning | None = None
    vivavoce: VivavoceOptions | None = None

    @property
    def language(self) -> str:
        """The language asked for through the extension; `auto` when none was."""
        return self.vivavoce.language if self.vivavoce else AUTO_LANGUAGE


def default_session(
    *,
    session_id: str,
    model: str,
    voice: str,
    speed: float = 1.0,
    instructions: str = "",
    silence_ms: int = 500,
    expires_at: int | None = None,
) -> SessionConfig:
    """Return the settings of a session that nobody has changed; `expires_at` is in Unix seconds."""
    return SessionConfig(
        id=session_id,
        model=model,
        output_modalities=("audio",),
        instructions=instructions,
        audio=SessionAudio(
            input=AudioInput(format=PcmFormat(), turn_detection=ServerVad(silence_duration_ms=silence_ms)),
            output=AudioOutput(format=PcmFormat(), voice=voice, speed=speed),
        ),
        tools=(),
        tool_choice="auto",
        max_output_tokens="inf",
        truncation="auto",
        expires_at=expires_at,
        vivavoce=VivavoceOptions(language=AUTO_LANGUAGE),
    )


def to_wire(config: SessionConfig, *, extensions: bool) -> SessionConfig:
    """Return what a client is told of `config`: no secrets of tools, no extension unless it asked for it."""
    return msgspec.structs.replace(
        config,
        tools=tools_without_secrets(config.tools),
        vivavoce=config.vivavoce if extensions else None,
    )


def check_session_patch(patch: SessionPatch) -> None:
    """Check what the types cannot say about a patch.

    Raises:
        InputError: an MCP tool that names no server, or a value nested too deep.
    """
    check_tools(patch.tools or (), at="session.tools")
    if isinstance(patch.tracing, TracingOptions):
        check_nesting(patch.tracing.metadata, at="session.tracing.metadata")
    if isinstance(patch.prompt, Prompt):
        check_nesting(patch.prompt.variables, at="session.prompt.variables")


def apply_update(current: SessionConfig, patch: SessionPatch, *, voice_locked: bool) -> SessionConfig:
    """Return `current` as `patch` changes it; `voice_locked` once the session has spoken.

    Nothing is changed when the patch is refused. The model never changes.

    Raises:
        InputError: another voice after the first audio (`cannot_update_voice`), another tracing once tracing is on, or
            noise reduction of no kind.
    """
    audio = current.audio
    if patch.audio is not None:
        audio = SessionAudio(
            input=_updated_input(audio.input, patch.audio.input),
            output=_updated_output(audio.output, patch.audio.output, voice_locked=voice_locked),
        )
    return msgspec.structs.replace(
        current,
        audio=audio,
        output_modalities=_kept(patch.output_modalities, current.output_modalities),
        instructions=_cleared(patch.instructions, current.instructions, to=""),
        tools=_cleared(patch.tools, current.tools, to=()),
        tool_choice=_cleared(patch.tool_choice, current.tool_choice, to="auto"),
        max_output_tokens=_cleared(patch.max_output_tokens, current.max_output_tokens, to="inf"),
        truncation=_cleared(patch.truncation, current.truncation, to="auto"),
        tracing=_updated_tracing(current.tracing, patch.tracing),
        parallel_tool_calls=_switched(patch.parallel_tool_calls, current.parallel_tool_calls),
        include=_switched(patch.include, current.include),
        prompt=_switched(patch.prompt, current.prompt),
        reasoning=_switched(patch.reasoning, current.reasoning),
        vivavoce=_updated_vivavoce(current.vivavoce, patch.vivavoce),
    )


def voice_locked_error(param: str) -> InputError:
    """Return the refusal of another voice than the one the session has already spoken with."""
    message = "Cannot update a conversation's voice if assistant audio is present."
    return InputError(CANNOT_UPDATE_VOICE, message, remedy="Start a new session to speak with it.", param=param)


def _updated_input(current: AudioInput, patch: AudioInputPatch | None) -> AudioInput:
    if patch is None:
        return current
    turns, transcription, noise = current.turn_detection, current.transcription, current.noise_reduction
    if patch.turn_detection is not UNSET:
        turns = None if patch.turn_detection is None else turn_detection_of(patch.turn_detection)
    if patch.transcription is None:
        transcription = None
    elif patch.transcription is not UNSET:
        transcription = merged_transcription(transcription, patch.transcription)
    if patch.noise_reduction is None:
        noise = None
    elif patch.noise_reduction is not UNSET:
        at = "session.audio.input.noise_reduction"
        noise = merged_noise_reduction(noise, patch.noise_reduction, at=at)
    return AudioInput(
        format=_kept(patch.format, current.format),
        turn_detection=turns,
        transcription=transcription,
        noise_reduction=noise,
    )


def _updated_output(current: AudioOutput, patch: AudioOutputPatch | None, *, voice_locked: bool) -> AudioOutput:
    if patch is None:
        return current
    voice = current.voice
    if patch.voice is not UNSET and patch.voice is not None:
        voice = voice_name(patch.voice)
    if voice_locked and voice != current.voice:
        raise voice_locked_error("session.audio.output.voice")
    return AudioOutput(
        format=_kept(patch.format, current.format),
        voice=voice,
        speed=_cleared(patch.speed, current.speed, to=1.0),
    )


def _updated_tracing(current: Tracing | None, patch: Tracing | UnsetType | None) -> Tracing | None:
    wanted: Tracing | None = _switched(patch, current)
    if current is not None and wanted is not None and wanted != current:
        message = "Tracing is on already and its configuration cannot be changed."
        raise invalid_value("session.tracing", message, remedy="Send null to switch it off.")
    return wanted


def _updated_vivavoce(
    current: VivavoceOptions | None, patch: VivavocePatch | UnsetType | None
) -> VivavoceOptions | None:
    if patch is UNSET or (patch is not None and patch.language is UNSET):
        return current
    language = patch.language if patch is not None and patch.language is not UNSET else None
    return VivavoceOptions(language=language or AUTO_LANGUAGE)


def _kept(value: T | UnsetType | None, current: T) -> T:
    return current if value is UNSET or value is None else value


def _cleared(value: T | UnsetType | None, current: T, *, to: T) -> T:
    if value is UNSET:
        return current
    return to if value is None else value


def _switched(value: T | UnsetType | None, current: T | None) -> T | None:
    return current if value is UNSET else value
