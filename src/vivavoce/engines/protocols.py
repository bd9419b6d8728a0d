"""The Protocols every engine implements, and the data that crosses them.

Owns the boundary between the conversation loop and any model. Refuses to know which provider stands behind it, how its
weights are loaded, and what a session is. An engine is loaded once a process and shared by all sessions: nothing of a
session may be kept in it. Inference that takes longer than a millisecond runs off the event loop, in the engine's own
worker thread, so that every coroutine here may be cancelled at once (the thread's result is then dropped).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

__all__ = [
    "CallsTools",
    "ChatMessage",
    "ChecksItself",
    "CountsTokens",
    "EndOfTurnDetector",
    "EndOfTurnReader",
    "FinishReason",
    "LearnsBeginnings",
    "MemoriesUsed",
    "PhonemeSpan",
    "ReadsAhead",
    "ReplyDelta",
    "ReplyEnd",
    "ReplyEngine",
    "ReplyRequest",
    "Samples",
    "SpeechChunk",
    "SpeechToText",
    "SttCapabilities",
    "SynthesisRequest",
    "TextDelta",
    "TextToSpeech",
    "ToolCallDelta",
    "ToolSpec",
    "TranscribesOnward",
    "Transcript",
    "TtsCapabilities",
    "VadState",
    "VoiceActivityDetector",
]

Samples = npt.NDArray[np.float32]
"""Mono PCM, float32 in -1..1. The rate is part of each contract below."""

VadState = npt.NDArray[np.float32]
"""One stream's recurrent state, a flat array, opaque to everyone but the detector that made it."""


# ---------------------------------------------------------------- speech to text


@dataclass(frozen=True, slots=True, kw_only=True)
class SttCapabilities:
    """What a speech-to-text engine can do; `languages` None means any language."""

    name: str
    languages: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of one utterance; `text` is empty when nothing was said.

    `closing` is the probability at which the engine ends the sentence there with a mark, `confidence` the mean natural
    logarithm of the probabilities of what it wrote; None where it does not tell. `tokens` mean something to the engine
    that wrote them, and to nobody else.
    """

    text: str
    language: str
    closing: float | None = None
    confidence: float | None = None
    tokens: tuple[int, ...] = ()


class SpeechToText(Protocol):
    """Turns one utterance into text."""

    @property
    def capabilities(self) -> SttCapabilities:
        """What this engine can do."""
        ...

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words in `audio` (16 kHz mono); `language` None lets the engine decide.

        Raises:
            EngineError: the model failed or is gone.
        """
        ...

    async def aclose(self) -> None:
        """Free the model."""
        ...


@runtime_checkable
class TranscribesOnward(Protocol):
    """A recogniser that is quicker where the beginning of the audio has been transcribed before."""

    async def transcribe_onward(self, audio: Samples, heard: Transcript) -> Transcript:
        """Return the words in `audio` (16 kHz mono); `heard` is an earlier transcript of its beginning, by itself.

        Raises:
            EngineError: the model failed or is gone.
        """
        ...


# ---------------------------------------------------------------- replies


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A function the model may call; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of the prompt, in the chat-completions shape.

    `tool_call_id` names the call that a `tool` message answers; `tool_calls` (id, name, JSON arguments) are the calls
    an assistant message made.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_call_id: str | None = None
    tool_calls: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRequest:
    """Everything a reply depends on.

    `max_tokens` None leaves the bound to the engine's default. `tool_choice` is none, auto, required, or a tool's name.
    """

    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str = "auto"
    max_tokens: int | None = None
    conversation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """More of the reply's text."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallDelta:
    """More of one tool call; `index` tells calls apart, `call_id` and `name` come with its first delta."""

    index: int
    call_id: str
    name: str
    arguments: str


FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEnd:
    """The reply is whole; token counts are 0 where the engine does not tell."""

    finish_reason: FinishReason = "stop"
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoriesUsed:
    """What is remembered of the user that this reply rests on, as (memory id, text); comes before the text."""

    memories: tuple[tuple[str, str], ...]


ReplyDelta = TextDelta | ToolCallDelta | MemoriesUsed | ReplyEnd


class ReplyEngine(Protocol):
    """Answers a conversation."""

    @property
    def name(self) -> str:
        """The model's name, as users write it."""
        ...

    def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply; the last delta is a `ReplyEnd`. Closing the generator stops the generation at once.

        Raises:
            EngineError: the model failed or is gone.
        """
        ...

    async def aclose(self) -> None:
        """Free the model."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A reply engine that can read a prompt while it is still growing."""

    @property
    def can_read_ahead(self) -> bool:
        """Whether that is of any use now."""
        ...

    async def read_ahead(self, request: ReplyRequest) -> None:
        """Read a prompt whose last message may go on, so that a reply to it, or to more of it, starts sooner.

        It ends at once when a reply for the same conversation is asked for, and when more urgent work needs the room.

        Raises:
            EngineError: the model failed, is gone, or was needed for something else.
            CapacityError: too much waits already.
        """
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """A reply engine that knows its model's tokenizer."""

    @property
    def context_tokens(self) -> int:
        """How many tokens a prompt and its reply may have together; 0 while that is not known."""
        ...

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """Return how many tokens the prompt has, as the model reads it; None where that cannot be found out now."""
        ...


@runtime_checkable
class CallsTools(Protocol):
    """A reply engine that knows whether its model can call tools; one that does not say so can."""

    @property
    def calls_tools(self) -> bool:
        """Whether tools are of any use to it."""
        ...


@runtime_checkable
class LearnsBeginnings(Protocol):
    """A reply engine that can read a prompt's beginning once for all conversations that have it."""

    async def learn_beginning(self, request: ReplyRequest) -> None:
        """Read the instructions and the tools of a request, behind everything else.

        Raises:
            EngineError, CapacityError: it could not; conversations begin later for it, and that is all.
        """
        ...


@runtime_checkable
class ChecksItself(Protocol):
    """A reply engine that can find out how it is."""

    async def look(self) -> None:
        """Return when a reply could be had.

        Raises:
            EngineError, NetworkError: why none could.
        """
        ...


# ---------------------------------------------------------------- text to speech


@dataclass(frozen=True, slots=True, kw_only=True)
class TtsCapabilities:
    """What a voice engine can do: languages as ISO 639-1 codes, the first voice of a language is its default."""

    name: str
    sample_rate_hz: int
    voices: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisRequest:
    """One clause to speak.

    `text` is speakable already; `voice` empty means the language's default; `speed` 1.0 is normal.
    """

    text: str
    language: str
    voice: str = ""
    speed: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonemeSpan:
    """One phoneme and how many samples of the chunk it lasts."""

    phoneme: str
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechChunk:
    """A piece of speech; `phonemes` cover it exactly, or are empty where the engine has none.

    It is at the engine's rate, unless `sample_rate_hz` tells another.
    """

    audio: Samples
    phonemes: tuple[PhonemeSpan, ...] = ()
    sample_rate_hz: int | None = None


class TextToSpeech(Protocol):
    """Speaks one clause at a time."""

    @property
    def capabilities(self) -> TtsCapabilities:
        """What this engine can do."""
        ...

    def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech, in order. Closing the generator stops the work.

        Raises:
            EngineError: the model failed or is gone.
        """
        ...

    async def aclose(self) -> None:
        """Free the model."""
        ...


# ---------------------------------------------------------------- turn taking


class VoiceActivityDetector(Protocol):
    """Speech probability a frame, for many streams in one call. Synchronous: microseconds a frame."""

    @property
    def frame_samples(self) -> int:
        """Samples a frame holds at 16 kHz (512 for Silero: 32 ms)."""
        ...

    def initial_state(self) -> VadState:
        """The state of a stream that has heard nothing."""
        ...

    def probabilities(self, frames: Samples, states: VadState) -> Samples:
        """Return one probability a stream for `frames` [streams, frame_samples].

        `states` [streams, values] holds a state a row, and is updated in place.
        """
        ...


class EndOfTurnDetector(Protocol):
    """Hears whether a pause is the end of what the speaker wanted to say."""

    async def probability(self, audio: Samples) -> float:
        """Return P(the turn is over) for the utterance so far (16 kHz mono; the last 8 s count)."""
        ...


class EndOfTurnReader(Protocol):
    """Reads whether the words so far are all that the speaker wanted to say."""

    async def turn_end_probability(self, words: str, *, conversation_id: str) -> float | None:
        """Return P(the turn ends after `words`), or None where that cannot be told in time.

        `words` are the user's as the recogniser wrote them, but for final punctuation: the same tokens as in the prompt
        of the reply. What was said before them in the conversation may count. It is safe to cancel.
        """
        ...
