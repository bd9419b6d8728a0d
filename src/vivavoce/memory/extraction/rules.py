"""Facts by rules: the sentences in which users tell of themselves, in their own words.

Owns the walk through a turn's sentences. Own words, rather than "the user's sister ...": a question is asked in the
first person too, which brings it closer to the fact, nothing is bent wrongly, and a prompt that says whose words these
are is understood by small models as well (the figures are in docs/explanation/memory.md). Refuses to know what was
known before. Takes a tenth of a millisecond a sentence, on the event loop.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vivavoce.memory.extraction import chinese, english
from vivavoce.memory.extraction.sentences import is_chinese, sentences, without_filler
from vivavoce.memory.extraction.statement import ASKED_FOR, GUESSED, LONGEST_FACT, STATED, Statement
from vivavoce.memory.relations import halves, slot_of

if TYPE_CHECKING:
    from vivavoce.memory.facts import SpokenTurn

__all__ = ["RuleExtractor", "asks_to_forget", "statements"]

_QUOTED = re.compile(r"[“\"「『][^”\"」』]{2,}[”\"」』]")
_LONGEST_TURN = 4_000
"""Characters of a turn that are looked at: several minutes of speech."""


class RuleExtractor:
    """Finds facts without asking anyone; an `Extractor`."""

    async def extract(self, turn: SpokenTurn) -> tuple[Statement, ...]:
        """Return the statements, in the order they were said."""
        return statements(turn.said)


def asks_to_forget(sentence: str) -> bool:
    """Whether a sentence wants something deleted, or not kept."""
    return chinese.asks_to_forget(sentence) if is_chinese(sentence) else english.asks_to_forget(sentence)


def statements(said: str) -> tuple[Statement, ...]:
    """Return what is worth keeping of what a user said.

    That is nothing where they want something forgotten: what is to go stands in the same turn.
    """
    found: list[Statement] = []
    is_going_on = False
    parts = [part for sentence in sentences(said[:_LONGEST_TURN]) for part in halves(without_filler(sentence))]
    if any(asks_to_forget(part) for part in parts):
        return ()
    for bare in parts:
        language = chinese if is_chinese(bare) else english
        if is_going_on and language.continues(bare):
            found[-1] = _together(found[-1], bare)
            continue
        statement = _statement(language.without_request(bare))
        is_going_on = statement is not None
        if statement is not None:
            found.append(statement)
    return tuple(found)


def _statement(sentence: str) -> Statement | None:
    language, code = (chinese, "zh") if is_chinese(sentence) else (english, "en")
    asked = language.asked_to_remember(sentence)
    if asked:
        return Statement(text=asked[:LONGEST_FACT], language=code, confidence=ASKED_FOR)
    # What somebody else said is no statement of the user's: only what is around the quotation counts.
    if not language.tells_of_the_speaker(_QUOTED.sub(" ", sentence)):
        return None
    return Statement(text=sentence[:LONGEST_FACT], language=code, confidence=STATED if slot_of(sentence) else GUESSED)


def _together(statement: Statement, sentence: str) -> Statement:
    gap = "" if statement.language == "zh" else " "
    text = f"{statement.text}{gap}{sentence}"
    if len(text) > LONGEST_FACT:
        return statement
    return Statement(text=text, language=statement.language, confidence=statement.confidence)
