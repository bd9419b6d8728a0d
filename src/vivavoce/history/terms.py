"""Words as a search finds them, in any language, the same on every database.

Owns the cutting of text into terms: a word in the small letters of its script, a Chinese or Japanese character by
itself (so that one alone is found, and a run of them as a phrase). Refuses to know how an index is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Query", "parse_query", "snippet", "terms_of"]

MAX_TERMS = 10_000
"""Of one entry; PostgreSQL counts places up to 16,383."""

MAX_TERM_CHARACTERS = 64
MAX_QUERY_TERMS = 32

SNIPPET_CHARACTERS = 120

# Han, kana, and the ideographs beyond the basic plane: scripts that put no space between words.
_CJK = r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]"
_TERM = re.compile(rf"{_CJK}|(?:(?!{_CJK})[^\W_])+")


@dataclass(frozen=True, slots=True)
class Query:
    """Phrases that must all be found; the last term of the last one may be the beginning of a word."""

    phrases: tuple[tuple[str, ...], ...]


def terms_of(text: str) -> list[str]:
    """Return the terms in order, at most `MAX_TERMS`."""
    return [match.group()[:MAX_TERM_CHARACTERS] for match in _TERM.finditer(_folded(text))][:MAX_TERMS]


def parse_query(words: str) -> Query:
    """Return what to look for: whatever is written without a space between must stand together."""
    phrases = [tuple(terms_of(part)) for part in words.split()]
    found: list[tuple[str, ...]] = []
    count = 0
    for phrase in phrases:
        if phrase and count < MAX_QUERY_TERMS:
            found.append(phrase[: MAX_QUERY_TERMS - count])
            count += len(found[-1])
    return Query(tuple(found))


def snippet(text: str, query: Query) -> str:
    """Return the part of `text` about the first place where something of the query stands."""
    flat = " ".join(text.split())
    place = min((at for phrase in query.phrases if (at := _place(flat, phrase)) >= 0), default=0)
    start = max(0, place - SNIPPET_CHARACTERS // 3)
    if start and " " in flat[start:place]:
        start = flat.index(" ", start) + 1
    end = min(len(flat), start + SNIPPET_CHARACTERS)
    return f"{'…' if start else ''}{flat[start:end].rstrip()}{'…' if end < len(flat) else ''}"


def _place(text: str, phrase: tuple[str, ...]) -> int:
    """Return where the phrase begins in `text`, or -1; looked for letter by letter, since folding may move places."""
    pattern = r"[\W_]*".join(re.escape(term) for term in phrase)
    match = re.search(rf"(?<![^\W_]){pattern}" if phrase[0].isascii() else pattern, text, re.IGNORECASE)
    return match.start() if match else -1


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
