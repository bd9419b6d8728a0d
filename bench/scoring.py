"""Word and character error rates for the benches.

Owns how two spellings of the same words are made equal before they are counted: case, punctuation, numbers, titles.
Refuses to know which engine wrote them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["character_units", "edit_distance", "percentile", "word_units"]

# fmt: off
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
_TENS = ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "first": "one", "second": "two", "third": "three", "fourth": "four", "fifth": "five", "sixth": "six",
    "seventh": "seven", "eighth": "eight", "ninth": "nine", "tenth": "ten", "twelfth": "twelve",
    "thirteenth": "thirteen",
    "fourteenth": "fourteen", "fifteenth": "fifteen", "sixteenth": "sixteen", "seventeenth": "seventeen",
    "eighteenth": "eighteen", "nineteenth": "nineteen", "twentieth": "twenty",
}
_SAME = {
    **_ORDINALS, "mr": "mister", "mrs": "missus", "dr": "doctor", "ok": "okay", "metres": "meters",
    "reenter": "re enter",
}
# fmt: on


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Count the substitutions, insertions and deletions between two sequences (Levenshtein)."""
    row = list(range(len(hypothesis) + 1))
    for index, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], index
        for column, found in enumerate(hypothesis, 1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (wanted != found))
    return row[-1]


def word_units(text: str) -> list[str]:
    """Return the words of English `text` as they are spoken, lower case, without punctuation."""
    text = unicodedata.normalize("NFKD", text).lower().replace("’", "'")
    text = re.sub(r"(\d),(\d)", r"\1\2", text).replace("i.e.", "ie")
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", r"\1", text)
    words: list[str] = []
    for token in re.findall(r"\d+|[a-z]+(?:'[a-z]+)?", text):
        spoken = _number(int(token)) if token.isdigit() else _SAME.get(token, token)
        words.extend(spoken.split())
    return words


def character_units(text: str) -> list[str]:
    """Return the letters and digits of `text`, lower case: what a Chinese character error rate counts."""
    return [character for character in unicodedata.normalize("NFKC", text).lower() if character.isalnum()]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile of `values`."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _number(value: int) -> str:
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    if 1100 <= value < 2000 and value % 100:
        return f"{_number(value // 100)} {_number(value % 100)}"
    if value < 1000:
        return f"{_ONES[value // 100]} hundred" + (f" {_number(value % 100)}" if value % 100 else "")
    if value < 1_000_000:
        return f"{_number(value // 1000)} thousand" + (f" {_number(value % 1000)}" if value % 1000 else "")
    return " ".join(_ONES[int(digit)] for digit in str(value))
