"""What users told in the recall sets, and what they ask: read from their text files.

Owns the format of `memory_recall_*.txt` and the time that passes between what was said. Refuses to know a memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vivavoce.memory.facts import SpokenTurn

__all__ = ["Question", "Told", "read_told"]

_FOLDER = Path(__file__).resolve().parent
_FIRST_DAY = 1_790_000_000.0
_DAY_SECONDS = 86_400.0
_TURN_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, and how the right fact is known: it was told in this turn, and holds this key."""

    user_id: str
    asked: str
    key: str
    turn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One set: all that was said, the questions, and the turns in which nothing was told."""

    turns: tuple[SpokenTurn, ...]
    questions: tuple[Question, ...]
    empty_turn_ids: frozenset[str]


def read_told(name: str) -> Told:
    """Read the set of this name; each conversation is a day later than the one before."""
    turns: list[SpokenTurn] = []
    questions: list[Question] = []
    empty: set[str] = set()
    user_id, conversation = "", 0
    for line in (_FOLDER / f"memory_recall_{name}.txt").read_text(encoding="utf-8").splitlines():
        mark, _, content = line.partition(" ")
        if mark == "*":
            user_id, conversation = content.strip(), conversation + 1
        if mark not in ("=", "~", "-"):
            continue
        turn_id = f"turn_{len(turns)}"
        said = content.strip()
        if mark == "=":
            key, said, asked = (part.strip() for part in content.split(" | "))
            questions.append(Question(user_id=user_id, asked=asked, key=key, turn_id=turn_id))
        elif mark == "-":
            empty.add(turn_id)
        turns.append(
            SpokenTurn(
                user_id=user_id,
                conversation_id=f"conversation_{conversation}",
                turn_id=turn_id,
                language="auto",
                said=said,
                heard="All right.",
                at=_FIRST_DAY + conversation * _DAY_SECONDS + len(turns) * _TURN_SECONDS,
            )
        )
    return Told(turns=tuple(turns), questions=tuple(questions), empty_turn_ids=frozenset(empty))
