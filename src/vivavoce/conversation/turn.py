"""One turn of the user's own record: where it lies in the input, what it said, and whether it is owed an answer.

Owns the facts of a single turn. Refuses to know the floor and other turns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from vivavoce.conversation.events import Failure, TranscriptReady
from vivavoce.conversation.items import ContentPart
from vivavoce.conversation.reply import TurnClock

__all__ = ["Said", "Turn", "spoken", "with_words"]


class Said(Enum):
    """What somebody who spoke over a reply has said."""

    NOTHING = "nothing"
    BACKCHANNEL = "backchannel"
    WORDS = "words"


@dataclass(slots=True, kw_only=True)
class Turn:
    """A turn from its first speech until its words are known.

    Attributes:
        is_sought: while its newest attempt counts.
        outcome: what that attempt came to, at `settled_at`.
        owed: whether it is to be answered.
        is_doubted: it began over a reply, and may not mean to interrupt it.
        is_acquitted: it did not mean to, and the reply has the floor again, though the turn is not over.
        paused_at: when the speaker last fell silent.
    """

    item_id: str
    start_sample: int
    clock: TurnClock
    end_sample: int = 0
    attempt: int = 0
    is_sought: bool = False
    outcome: TranscriptReady | Failure | None = None
    settled_at: float = 0.0
    may_speculate: bool = True
    owed: bool = False
    is_doubted: bool = False
    is_acquitted: bool = False
    paused_at: float = 0.0


def spoken(words: str) -> ContentPart:
    """Return a spoken part of a message whose words are known."""
    return ContentPart(kind="input_audio", text=words)


def with_words(content: tuple[ContentPart, ...], words: str) -> tuple[ContentPart, ...]:
    """Return the content with `words` as the transcript of the audio that had none.

    Several parts of audio are heard as one: the first of them has the words, the others have nothing to add.
    """
    heard: list[ContentPart] = []
    for part in content:
        is_waiting = part.kind == "input_audio" and part.text is None
        heard.append(replace(part, text=words) if is_waiting else part)
        words = "" if is_waiting else words
    return tuple(heard)
