"""What the machine has its driver do: work to start and to stop, and timers.

Owns the closed union of the orders. Refuses to know who performs them (`session` does), and what the client is told
(`effects` adds the news to these).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivavoce.conversation.settings import Tool

__all__ = [
    "CancelReply",
    "CancelTimer",
    "CancelTool",
    "CancelTranscription",
    "Generate",
    "MeasureSilence",
    "Order",
    "PromptMessage",
    "ReleaseInput",
    "RunTool",
    "StartTimer",
    "Synthesize",
    "Transcribe",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    """Send `TimerFired` with this id after `delay_seconds`."""

    timer_id: str
    delay_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTimer:
    """That timer is no longer wanted."""

    timer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribe:
    """Find the words in this range of the input; answer with `TranscriptReady` or `TranscriptFailed`.

    An empty range means the audio that came with the item itself.
    """

    item_id: str
    attempt: int
    start_sample: int
    end_sample: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTranscription:
    """Give that attempt up."""

    item_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInput:
    """Audio before this sample will not be asked for again."""

    before_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSilence:
    """Tell how much audio no turn has taken, with `SilenceMeasured`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """One message of what the engine is asked to answer."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_call_id: str | None = None
    tool_calls: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Have the engine answer; its deltas come back as `ReplyTextArrived` and so on.

    With a `recital` no engine is asked: that is what comes back.
    """

    response_id: str
    messages: tuple[PromptMessage, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    max_output_tokens: int | None = None
    recital: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesize:
    """Speak one clause; clauses of a reply are spoken in the order of their index."""

    response_id: str
    clause_index: int
    text: str
    language: str
    voice: str
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReply:
    """Stop all work of the reply now and drop what it made that has not been sent."""

    response_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTool:
    """Call a tool that this server runs, with JSON `arguments`; answer with `ToolAnswered`.

    `item_id` is the call's item in the conversation.
    """

    call_id: str
    item_id: str
    name: str
    arguments: str
    server_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTool:
    """Stop that call; nobody waits for its outcome any more."""

    call_id: str


Order = (
    StartTimer
    | CancelTimer
    | Transcribe
    | CancelTranscription
    | ReleaseInput
    | MeasureSilence
    | Generate
    | Synthesize
    | CancelReply
    | RunTool
    | CancelTool
)
