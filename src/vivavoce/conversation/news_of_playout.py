"""News that goes with the sound of a reply: the face that is shown with it, and whether it is to sound at all.

Owns the records. Refuses to know what makes them and what becomes of them (`effects` has all news).
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.speech.cues import ActionName
from vivavoce.speech.visemes.shapes import MouthShape

__all__ = [
    "ActionCue",
    "ExpressionCue",
    "OutputMouth",
    "PlayoutCleared",
    "PlayoutHeld",
    "PlayoutResumed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputMouth:
    """What the mouth does over a chunk of speech, which follows; places count from the chunk's first sample.

    The driver tells it: who keeps the sound keeps what belongs to it, and nothing depends on it here.
    """

    response_id: str
    item_id: str
    first_sample: int
    samples: int
    mouth: tuple[MouthShape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionCue:
    """What the assistant's face shows from this sample of the item's speech on (0 where it is not spoken)."""

    response_id: str
    item_id: str
    expression: str
    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCue:
    """What the assistant does once, at this sample of the item's speech (0 where it is not spoken)."""

    response_id: str
    item_id: str
    action: ActionName
    first_sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutCleared:
    """The listener must hear no more of this reply: drop what is queued for it."""

    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutHeld:
    """The listener may be interrupting: sound no more of this reply for now, and keep what is queued for it."""

    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayoutResumed:
    """It was no interruption: go on from the sample where the reply was held."""

    response_id: str
    item_id: str
