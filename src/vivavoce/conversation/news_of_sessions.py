"""News of the session: what the assistant is doing, how long it took, what was refused, and that nobody is there.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivavoce.conversation.events import Failure

__all__ = [
    "ErrorRaised",
    "SessionExpired",
    "TurnMarks",
    "TurnStateChanged",
    "TurnTimed",
    "VisibleState",
]

VisibleState = Literal["idle", "listening", "processing", "speaking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStateChanged:
    """What the assistant is doing, as a person sees it."""

    state: VisibleState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMarks:
    """A turn's waterfall: milliseconds after the end of the user's speech; None for what did not happen."""

    turn_confirmed: float | None = None
    transcript: float | None = None
    first_token: float | None = None
    first_clause: float | None = None
    first_audio: float | None = None
    played: float | None = None
    interrupted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimed:
    """How long each step of answering took."""

    response_id: str
    item_id: str | None
    marks: TurnMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionExpired:
    """The user has answered nothing for so long that nobody is there any more; the session is to be closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRaised:
    """A request was refused, or something failed; the session goes on."""

    failure: Failure
    event_id: str | None = None
    param: str | None = None
