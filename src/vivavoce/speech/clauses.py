"""A reply's text, arriving token by token, cut into clauses that can be spoken one after another.

Owns how long a clause should be and when it is handed out: the first early and short, so that speech starts while the
model still writes, the later ones where a speaker would pause. Refuses to know how a clause is normalised or voiced.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.speech.boundaries import (
    UNDECIDED,
    Boundary,
    Strength,
    Verdict,
    is_clause_conjunction,
    pause_mark,
    sentence_mark,
    wide_mark,
    word_gap,
)
from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.spans import CodeFence, InlineSpan

__all__ = ["ClauseChunker", "ClausePace"]

# A Han or kana character is counted as three quarters of a word.
_WORD_UNITS = 4
_CJK_UNITS = 3
_FENCES = ("```", "~~~")
_BITE_CHARS = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausePace:
    """How long clauses are.

    While the first one is being spoken the next has to be ready, so the bounds grow from clause to clause and then give
    way to whole sentences.
    """

    pause_words: tuple[int, ...] = (2, 6, 10)
    """Words that the first, second, third clause must have to be cut at a comma, dash or colon."""

    first_conjunction_words: tuple[int, int] = (4, 5)
    """Words that the first clause must have to be cut before "because", and before "and"."""

    first_max_words: int = 5
    """Words after which the first clause is cut between any two that allow it. The default model writes 22 tokens a
    second on one core: each word more is 60 ms of silence before the first sound, and five last longer than the next
    clause takes to write.
    """

    long_chars: int = 140
    """Length from which any clause is cut at a pause."""

    max_chars: int = 280
    """Length from which a clause is cut between any two words; twice that is the end of it, come what may."""


class ClauseChunker:
    """Cuts one reply. The clauses joined are the text that was fed, and do not depend on how it was split.

    A fenced block of code is one clause.
    """

    def __init__(self, language: str = "en", pace: ClausePace | None = None) -> None:
        self._language = language
        self._pace = pace or ClausePace()
        self._index = 0
        self._fence: CodeFence | None = None
        self._code: list[str] = []
        self._is_line_head = True
        self._begin("")

    def feed(self, delta: str) -> list[str]:
        """Take more of the reply; return the clauses that are certain now."""
        clauses: list[str] = []
        # In bites, because cutting copies what is left: the work stays linear in the text.
        for start in range(0, len(delta), _BITE_CHARS):
            self._text += delta[start : start + _BITE_CHARS]
            while (clause := self._next()) is not None:
                clauses.append(clause)
        return clauses

    def flush(self) -> list[str]:
        """End the reply; return what is left of it."""
        rest = "".join([*self._code, self._text])
        self._fence, self._code = None, []
        self._begin("")
        return [rest] if rest else []

    def _begin(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._units = 0
        self._is_in_word = False
        self._span = InlineSpan()
        self._spare: Boundary | None = None

    def _next(self) -> str | None:
        if self._fence is not None:
            return self._next_code(self._fence)
        while self._at < len(self._text):
            if self._is_line_head and (opened := self._opens_fence()) is not None:
                return None if opened is UNDECIDED else self._enter_fence()
            verdict = self._verdict()
            if verdict is UNDECIDED:
                return None
            if verdict is not None and self._accepts(verdict):
                return self._cut(verdict)
            self._advance()
            if (overdue := self._overdue()) is not None:
                return self._cut(overdue)
        return None

    # ------------------------------------------------------------ code

    def _opens_fence(self) -> Verdict:
        opening = self._text[self._at : self._at + 3]
        if opening in _FENCES:
            return Boundary(self._at, Strength.SENTENCE)
        return UNDECIDED if any(fence.startswith(opening) for fence in _FENCES) else None

    def _enter_fence(self) -> str | None:
        after = self._at + 3
        self._fence = CodeFence(self._text[self._at])
        self._code = [self._text[:after]]
        self._begin(self._text[after:])
        return self._next_code(self._fence)

    def _next_code(self, fence: CodeFence) -> str | None:
        end = fence.end_in(self._text)
        self._code.append(self._text[:end])
        if end is None:
            self._begin("")
            return None
        block = "".join(self._code)
        self._fence, self._code, self._is_line_head = None, [], False
        self._begin(self._text[end:])
        return block

    # ------------------------------------------------------------ prose

    def _verdict(self) -> Verdict:
        text, at = self._text, self._at
        if text[at] == "\n":
            return Boundary(at + 1, Strength.SENTENCE)
        if self._span.is_open:
            return UNDECIDED if at + 1 == len(text) and self._span.is_undecided(text[at]) else None
        if text[at].isalnum():
            return None
        if text[at] == " ":
            return self._gap_verdict()
        return (
            sentence_mark(text, at, language=self._language)
            or wide_mark(text, at, is_first_clause=self._index == 0)
            or pause_mark(text, at)
        )

    def _gap_verdict(self) -> Verdict:
        return word_gap(
            self._text,
            self._at,
            language=self._language,
            is_urgent=self._index == 0 and self._words() >= self._pace.first_max_words,
            is_forced=self._at >= self._pace.max_chars,
        )

    def _accepts(self, boundary: Boundary) -> bool:
        """Tell whether to cut at `boundary`; one that comes too early may be kept for when the clause grows long."""
        if not self._units:
            return False
        match boundary.strength:
            case Strength.SENTENCE | Strength.WORD:
                return True
            case Strength.PAUSE:
                ripe = (
                    self._index < len(self._pace.pause_words) and self._words() >= self._pace.pause_words[self._index]
                )
            case Strength.CONJUNCTION:
                opener, joiner = self._pace.first_conjunction_words
                needed = opener if is_clause_conjunction(self._text, boundary.end) else joiner
                ripe = self._index == 0 and self._words() >= needed
        if not ripe and boundary.end >= self._pace.long_chars // 3:
            self._spare = boundary
        return ripe

    def _overdue(self) -> Boundary | None:
        if self._spare is not None and self._at >= self._pace.long_chars:
            return self._spare
        if self._at >= 2 * self._pace.max_chars:
            return Boundary(self._at, Strength.WORD)
        return None

    def _cut(self, boundary: Boundary) -> str:
        text = self._text[: boundary.end]
        self._is_line_head = text.endswith("\n")
        self._index += 1
        self._begin(self._text[boundary.end :])
        return text

    def _advance(self) -> None:
        character = self._text[self._at]
        self._at += 1
        self._span.advance(character, self._text[self._at : self._at + 1])
        if character == "\n":
            self._is_line_head = True
        elif character != " ":
            self._is_line_head = False
        if is_cjk(character):
            self._units += _CJK_UNITS
            self._is_in_word = False
        elif character.isalnum():
            self._units += 0 if self._is_in_word else _WORD_UNITS
            self._is_in_word = True
        elif character not in "'’-":
            self._is_in_word = False

    def _words(self) -> int:
        return self._units // _WORD_UNITS
