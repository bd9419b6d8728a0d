"""Where a text may be cut so that each piece can be spoken.

Owns what one mark in a text means, given what stands around it. Refuses to know how long a piece should be; `clauses`
weighs that. Every `text` here begins where the piece begins; a verdict depends on it alone, and is `UNDECIDED` when
what follows the mark could change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from vivavoce.speech.abbreviations import (
    ORDINAL_DOT_LANGUAGES,
    SENTENCE_OPENERS,
    is_inner_abbreviation,
    is_numbered,
    may_end_a_sentence,
)
from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.wordlists import words

__all__ = [
    "UNDECIDED",
    "Boundary",
    "Strength",
    "Verdict",
    "is_clause_conjunction",
    "pause_mark",
    "sentence_mark",
    "wide_mark",
    "word_gap",
]


class Strength(Enum):
    """How good a place to cut is."""

    SENTENCE = auto()
    PAUSE = auto()
    CONJUNCTION = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Boundary:
    """A place to cut: the text up to `end` belongs to what is before it."""

    end: int
    strength: Strength


class Undecided(Enum):
    """The one answer that means: what follows decides."""

    UNDECIDED = auto()


UNDECIDED: Final = Undecided.UNDECIDED

Verdict = Boundary | Undecided | None
"""A boundary, none here, or undecided until more text is known."""

_STOPS = ".!?…؟।"
_WIDE_STOPS = "。！？｡"
_WIDE_PAUSES = "，、；：､"
_CLOSERS = "\"'”’»)]*_"
_QUOTES = "\"'”’»"
_WIDE_OPENERS = "“‘「『（《〈【"
_WIDE_CLOSERS = "”’」』）》〉】"
_LONGEST_RUN = 8
_LONGEST_GAP = 4
_LONGEST_WORD = 12

# Before these an English sentence may be cut: the first set opens a clause nearly always, the second joins words too.
_CLAUSE_CONJUNCTIONS = words("although because but except since so though unless whereas which while")
_ANY_CONJUNCTIONS = _CLAUSE_CONJUNCTIONS | words("and if or then until when where who")
_LONGEST_CONJUNCTION = 8
_LONGEST_LEANING = 4
# A word that leans on the next one: a voice would not stop after it.
_LEANING = words(
    """a about after against all an and any are around as at be been before being between by can could do does during
    each every for from had has have he her his i if in into is it its just more most my no not of on or our over she
    should so some than that the their these they this those through to under very was we were which will with within
    without would you your"""
)


def sentence_mark(text: str, at: int, *, language: str) -> Verdict:
    """Judge a full stop, question mark, exclamation mark or ellipsis at `at`."""
    if text[at] not in _STOPS or text[at - 1 : at] in tuple(_STOPS):
        return None
    run_end = _skip(text, at, _STOPS, _LONGEST_RUN)
    after = _skip(text, run_end, _CLOSERS, _LONGEST_GAP)
    if after == len(text):
        return UNDECIDED
    if not text[after].isspace():
        written_on = is_cjk(text[after]) and not text[at - 1 : at].isdigit()
        return Boundary(after, Strength.SENTENCE) if written_on else None
    gap_end = _gap_end(text, after)
    if gap_end is None:
        return UNDECIDED
    run = text[at:run_end]
    if run == ".":
        return _full_stop(text, at, gap_end, language)
    goes_on = text[gap_end : gap_end + 1].islower()
    is_soft = goes_on and (len(run) > 1 or run == "…" or any(mark in _QUOTES for mark in text[run_end:after]))
    return Boundary(gap_end, Strength.PAUSE if is_soft else Strength.SENTENCE)


def wide_mark(text: str, at: int, *, is_first_clause: bool) -> Verdict:
    """Judge a full-width mark; the first clause is cut at once where no closing bracket is expected."""
    if text[at] not in _WIDE_STOPS and text[at] not in _WIDE_PAUSES:
        return None
    strength = Strength.SENTENCE if text[at] in _WIDE_STOPS else Strength.PAUSE
    if is_first_clause and not _has_open_bracket(text[:at]):
        return Boundary(at + 1, strength)
    end = _skip(text, at + 1, _WIDE_STOPS + _WIDE_CLOSERS, _LONGEST_GAP)
    return UNDECIDED if end == len(text) else Boundary(end, strength)


def pause_mark(text: str, at: int) -> Verdict:
    """Judge a comma, semicolon, colon or dash at `at`."""
    match text[at]:
        case "," | ";" | ":" | "،" | "؛":
            return _comma(text, at)
        case "—" | "–" | "-":
            return _dash(text, at)
        case _:
            return None


def word_gap(text: str, at: int, *, language: str, is_urgent: bool, is_forced: bool) -> Verdict:
    """Judge the space at `at` as a place between two words.

    Before a conjunction it is a good one. Otherwise it is a place only when `is_urgent`. Neither parts a word from the
    one it leans on; `is_forced` does, but not a number from its neighbour.
    """
    if text[at] != " " or at == 0 or text[at - 1].isspace():
        return None
    if at + 1 == len(text):
        return UNDECIDED
    if language.startswith("en"):
        following = _conjunction(text, at + 1)
        if following is UNDECIDED:
            return UNDECIDED
        if following and not _leans(text, at, language):
            return Boundary(at + 1, Strength.CONJUNCTION)
    if not _parts_two_words(text, at):
        return None
    if is_forced or (is_urgent and not _leans(text, at, language)):
        return Boundary(at + 1, Strength.WORD)
    return None


def is_clause_conjunction(text: str, at: int) -> bool:
    """Tell whether the word at `at` nearly always opens a clause ("because"), rather than joining words ("and")."""
    return text[at : at + _LONGEST_CONJUNCTION + 1].split(" ", 1)[0].lower() in _CLAUSE_CONJUNCTIONS


def _has_open_bracket(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in _WIDE_OPENERS) - (character in _WIDE_CLOSERS)
    return depth > 0


def _full_stop(text: str, at: int, gap_end: int, language: str) -> Verdict:
    word = _word_before(text, at)
    if _is_list_number(text[:at]) or is_inner_abbreviation(word):
        return None
    if is_numbered(word) and text[gap_end : gap_end + 1].isdigit():
        return None
    if language[:2] in ORDINAL_DOT_LANGUAGES and word.isdigit() and len(word) <= 2:
        return None
    if may_end_a_sentence(word) and "\n" not in text[at:gap_end]:
        opener = _whole_word(text, gap_end)
        if opener is None:
            return UNDECIDED
        if opener not in SENTENCE_OPENERS:
            return None
    return Boundary(gap_end, Strength.SENTENCE)


def _comma(text: str, at: int) -> Verdict:
    after = _skip(text, at + 1, _QUOTES, 2)
    if after == len(text):
        return UNDECIDED
    if is_cjk(text[after]) and not text[at - 1 : at].isdigit():
        return Boundary(after, Strength.PAUSE)
    if text[after] != " ":
        return None
    if text[at - 1 : at].isdigit():
        gap_end = _gap_end(text, after)
        if gap_end is None:
            return UNDECIDED
        if text[gap_end : gap_end + 1].isdigit():
            return None
    return Boundary(after + 1, Strength.PAUSE)


def _dash(text: str, at: int) -> Verdict:
    if at + 1 == len(text):
        return UNDECIDED
    before, after = text[at - 1 : at], text[at + 1]
    spaced = before == " " and after == " "
    if text[at] == "-" and after == "-":
        return None
    if text[at] == "-" and before != "-" and not spaced:
        return None
    if text[at] == "–" and not spaced:
        return None
    if text[max(0, at - 2) : at].strip()[-1:].isdigit():
        return None
    return Boundary(at + 2 if after == " " else at + 1, Strength.PAUSE)


def _conjunction(text: str, at: int) -> bool | Undecided:
    end = at
    while end < len(text) and end - at <= _LONGEST_CONJUNCTION and text[end].isalpha():
        end += 1
    word = text[at:end].lower()
    if end == len(text):
        begins_one = any(conjunction.startswith(word) for conjunction in _ANY_CONJUNCTIONS)
        return UNDECIDED if begins_one else False
    return word in _ANY_CONJUNCTIONS and text[end] == " "


def _leans(text: str, at: int, language: str) -> bool:
    """Tell whether the word before `at` leans on the next; where the language is not known, short words are held to."""
    word = _word_before(text, at).lower()
    return word in _LEANING if language.startswith("en") else len(word) <= _LONGEST_LEANING


def _parts_two_words(text: str, at: int) -> bool:
    """Tell whether the space at `at` stands between two plain words: no number, mark or abbreviation beside it."""
    before, after = text[at - 1], text[at + 1]
    return before.isalpha() and (after.isalpha() or after in "\"'“‘(*_")


def _is_list_number(clause: str) -> bool:
    """Tell whether a piece so far is only the number or letter of a list item."""
    if len(clause) > _LONGEST_WORD:
        return False
    bare = clause.strip(" \t\n>*-#(")
    return (bare.isdigit() and len(bare) <= 3) or (len(bare) == 1 and bare.isalpha() and bare.lower() != "i")


def _word_before(text: str, at: int) -> str:
    """Return the letters, digits and full stops just before `at`, no more than an abbreviation has."""
    start = at
    while start > 0 and at - start <= _LONGEST_WORD and (text[start - 1].isalnum() or text[start - 1] == "."):
        start -= 1
    return text[start:at]


def _whole_word(text: str, at: int) -> str | None:
    """Return the word that begins at `at`, or None while its end is not known."""
    end = _skip(text, at, "\"'“‘(*_", 2)
    at = end
    while end < len(text) and end - at < _LONGEST_WORD and text[end].isalpha():
        end += 1
    return None if end == len(text) else text[at:end]


def _gap_end(text: str, at: int) -> int | None:
    """Return where the white space at `at` ends: after its first newline, or after four; None while not known."""
    end = at
    while end < len(text) and end - at < _LONGEST_GAP:
        if not text[end].isspace():
            return end
        end += 1
        if text[end - 1] == "\n":
            return end
    return end if end - at == _LONGEST_GAP else None


def _skip(text: str, at: int, marks: str, longest: int) -> int:
    end = at
    while end < len(text) and end - at < longest and text[end] in marks:
        end += 1
    return end
