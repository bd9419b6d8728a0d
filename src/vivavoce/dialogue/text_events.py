"""What is asked of a turn in writing, and what comes of it.

Owns the records. Refuses to know how a turn is made, and how either travels.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TextAsked", "TextDone", "TextEvent", "TextPiece", "TextToolAnswered", "TextToolCalled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAsked:
    """One message.

    Attributes:
        conversation_id: the one to go on with; empty for a new one.
        persona_id: empty for the server's.
    """

    message: str
    user_id: str
    conversation_id: str = ""
    persona_id: str = ""
    use_tools: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """More of the reply."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToolCalled:
    """A tool is being run."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToolAnswered:
    """What it came to; `error_code` empty when it worked."""

    name: str
    output: str
    error_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDone:
    """The reply is whole."""

    reply: str
    conversation_id: str
    engine: str


TextEvent = TextPiece | TextToolCalled | TextToolAnswered | TextDone
