"""The user's turns as records: where each lies in the input, what it said, and whether it is owed an answer.

Owns the facts of each turn, and which turns there are. Refuses to know the floor, and to decide anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from vivavoce.conversation.events import Failure, TranscriptReady
from vivavoce.conversation.items import ContentPart
from vivavoce.conversation.reply import TurnClock

__all__ = ["Said", "Turn", "TurnBook", "spoken", "with_words"]


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
        speaker: whose turn it is, where several share the conversation.
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
    speaker: str = ""

    def attributed(self, words: str) -> str:
        """Return the words with who said them, where that must be told."""
        return f"{self.speaker}: {words}" if self.speaker and words.strip() else words


@dataclass(slots=True)
class TurnBook:
    """All turns that are not settled.

    Attributes:
        current: the turn under way.
        committed: those that are over, and whose words are still being found, by item.
        answer_next: one whose words are known, to be answered as soon as no other reply is made.
    """

    current: Turn | None = None
    committed: dict[str, Turn] = field(default_factory=dict)
    answer_next: Turn | None = None

    @property
    def is_answer_owed(self) -> bool:
        """Whether a turn has ended and its reply has not begun."""
        return self.answer_next is not None or any(turn.owed for turn in self.committed.values())

    @property
    def is_question_owed(self) -> bool:
        """Whether a turn that is not in doubt itself is owed an answer."""
        return self.answer_next is not None or any(
            turn.owed and not turn.is_doubted for turn in self.committed.values()
        )

    @property
    def doubted(self) -> list[Turn]:
        """The turns that may not mean to interrupt, in order."""
        turns = [*self.committed.values(), *([self.current] if self.current is not None else [])]
        return [turn for turn in turns if turn.is_doubted]

    def withdraw_questions(self) -> None:
        """No turn so far is owed an answer any more: the client asked for the reply itself."""
        self.answer_next = None
        for turn in self.committed.values():
            turn.owed = False


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
