"""Audio formats, turn detection, transcription and noise reduction, as the wire names them.

Owns two views of each setting: the effective one (every default filled, what the server works with and echoes) and the
patch (what a client may send, where absent means unchanged). Refuses to know how audio is converted or turns detected.
Ranges and defaults are those of the OpenAI Realtime types.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vivavoce.realtime.wire.refusal import missing_parameter

__all__ = [
    "AudioFormat",
    "InputFormat",
    "NoiseReduction",
    "NoiseReductionPatch",
    "PcmFormat",
    "PcmaFormat",
    "PcmuFormat",
    "SemanticVad",
    "SemanticVadPatch",
    "ServerVad",
    "ServerVadPatch",
    "Transcription",
    "TranscriptionPatch",
    "TurnDetection",
    "TurnDetectionPatch",
    "Voice",
    "VoiceReference",
    "WebmFormat",
    "merged_noise_reduction",
    "merged_transcription",
    "turn_detection_of",
    "voice_name",
]

Fraction = Annotated[float, Meta(ge=0.0, le=1.0)]
PaddingMs = Annotated[int, Meta(ge=0, le=10_000)]
IdleTimeoutMs = Annotated[int, Meta(ge=5_000, le=30_000)]
ShortText = Annotated[str, Meta(max_length=1_024)]
Eagerness = Literal["low", "medium", "high", "auto"]
NoiseReductionKind = Literal["near_field", "far_field"]


class PcmFormat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="audio/pcm"):
    """16-bit little-endian mono PCM; 24 kHz is the only rate the protocol knows."""

    rate: Literal[24000] = 24000


class PcmuFormat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="audio/pcmu"):
    """G.711 mu-law at 8 kHz."""


class PcmaFormat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="audio/pcma"):
    """G.711 A-law at 8 kHz."""


class WebmFormat(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="audio/webm"):
    """Opus in WebM, in pieces as a browser's MediaRecorder makes them, cut anywhere; input only, not in OpenAI's API.

    The first piece has the file's header. A new file may begin at any time, and has to after a piece was lost.
    """


AudioFormat = PcmFormat | PcmuFormat | PcmaFormat
InputFormat = PcmFormat | PcmuFormat | PcmaFormat | WebmFormat


class ServerVad(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="server_vad"):
    """A turn ends after `silence_duration_ms` without speech.

    `create_response` and `interrupt_response` are always told: a client that does not see them cancels by itself.
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: int | None = None


class SemanticVad(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="semantic_vad"):
    """A turn ends when it seems finished; `eagerness` bounds the wait (low 4 s, medium and auto 2.5 s, high 1 s)."""

    eagerness: Eagerness = "auto"
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection = ServerVad | SemanticVad


class ServerVadPatch(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="server_vad", forbid_unknown_fields=True
):
    """`ServerVad` as a client writes it; what is absent or null takes its default.

    `model_version` is sent by the agents SDKs when asked to; there is one detector here, so it changes nothing.
    """

    threshold: Fraction | None = None
    prefix_padding_ms: PaddingMs | None = None
    silence_duration_ms: PaddingMs | None = None
    create_response: bool | None = None
    interrupt_response: bool | None = None
    idle_timeout_ms: IdleTimeoutMs | None = None
    model_version: ShortText | None = None


class SemanticVadPatch(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="semantic_vad", forbid_unknown_fields=True
):
    """`SemanticVad` as a client writes it; what is absent or null takes its default."""

    eagerness: Eagerness | None = None
    create_response: bool | None = None
    interrupt_response: bool | None = None
    model_version: ShortText | None = None


TurnDetectionPatch = ServerVadPatch | SemanticVadPatch


class Transcription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the user's speech is transcribed; any model name is taken, and served by the local recogniser."""

    model: str | None = None
    language: str | None = None
    languages: tuple[str, ...] | None = None
    prompt: str | None = None
    keywords: tuple[str, ...] | None = None
    delay: str | None = None


class TranscriptionPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to `Transcription`; null clears a field."""

    model: ShortText | UnsetType | None = UNSET
    language: ShortText | UnsetType | None = UNSET
    languages: tuple[ShortText, ...] | UnsetType | None = UNSET
    prompt: str | UnsetType | None = UNSET
    keywords: tuple[ShortText, ...] | UnsetType | None = UNSET
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] | UnsetType | None = UNSET


class NoiseReduction(msgspec.Struct, frozen=True, kw_only=True):
    """Noise suppression before detection; `strength` 0..1."""

    type: NoiseReductionKind
    strength: float = 1.0


class NoiseReductionPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes to `NoiseReduction`; a strength left out keeps the one in force."""

    type: NoiseReductionKind | UnsetType = UNSET
    strength: Fraction | UnsetType | None = UNSET


class VoiceReference(msgspec.Struct, frozen=True, kw_only=True):
    """A voice named by id, the other way in which the protocol names one."""

    id: Annotated[str, Meta(min_length=1, max_length=256)]


Voice = Annotated[str, Meta(min_length=1, max_length=256)] | VoiceReference


def voice_name(voice: str | VoiceReference) -> str:
    """Return the name by which the server knows `voice`."""
    return voice.id if isinstance(voice, VoiceReference) else voice


def turn_detection_of(patch: TurnDetectionPatch) -> TurnDetection:
    """Return what `patch` puts in force: turn detection is replaced as a whole, never merged."""
    given = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not None}
    given.pop("model_version", None)
    return ServerVad(**given) if isinstance(patch, ServerVadPatch) else SemanticVad(**given)


def merged_transcription(current: Transcription | None, patch: TranscriptionPatch) -> Transcription:
    """Return `current` with the fields that `patch` names; the others keep their values."""
    given = {name: value for name, value in msgspec.structs.asdict(patch).items() if value is not UNSET}
    return msgspec.structs.replace(current or Transcription(), **given)


def merged_noise_reduction(current: NoiseReduction | None, patch: NoiseReductionPatch, *, at: str) -> NoiseReduction:
    """Return `current` with the fields that `patch` names; `at` is the dotted path of the setting.

    Raises:
        InputError: nothing says which kind of noise reduction to use.
    """
    strength = patch.strength
    if strength is UNSET:
        strength = current.strength if current is not None else None
    if patch.type is not UNSET:
        kind = patch.type
    elif current is not None:
        kind = current.type
    else:
        raise missing_parameter(f"{at}.type")
    return NoiseReduction(type=kind, strength=1.0 if strength is None else strength)
