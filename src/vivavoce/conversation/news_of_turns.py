"""News of the user's turn: when it began and ended, and its words.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.conversation.events import Failure

__all__ = [
    "InputCleared",
    "InputCommitted",
    "InputTimedOut",
    "PartialTranscript",
    "SpeechStartedNotice",
    "SpeechStoppedNotice",
    "TranscriptionCompleted",
    "TranscriptionFailed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStartedNotice:
    """The user began to speak."""

    item_id: str
    audio_start_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStoppedNotice:
    """The user's turn is over."""

    item_id: str
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTimedOut:
    """The user has said nothing for as long as may be; the silence becomes the item `item_id`."""

    item_id: str
    audio_start_ms: int
    audio_end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCommitted:
    """The audio of the turn, between two places of the stream, is now the item `item_id`."""

    item_id: str
    previous_item_id: str | None
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCleared:
    """The uncommitted audio is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialTranscript:
    """The user's words so far."""

    item_id: str
    stable: str
    unstable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionCompleted:
    """The user's words."""

    item_id: str
    transcript: str
    audio_seconds: float
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionFailed:
    """The user's words could not be found."""

    item_id: str
    failure: Failure
