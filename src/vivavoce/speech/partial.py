"""Captions while someone speaks: which words will stay, and which may still change.

Owns the comparison of one hypothesis with the one before. Refuses to know how hypotheses are made.
"""

from __future__ import annotations

__all__ = ["Captions", "units", "without_newest_word"]


class Captions:
    """The words of one turn so far: what was called stable once never changes.

    Local agreement of two successive hypotheses (Liu et al., 2020, "Low-latency sequence-to-sequence speech recognition
    and translation by partial hypothesis selection"). Languages written without spaces are compared by character.
    """

    def __init__(self) -> None:
        self._settled = ""
        self._stable: list[str] = []
        self._previous: list[str] = []

    def update(self, hypothesis: str) -> tuple[str, str]:
        """Take in what is heard now, and return the words that will stay and those that may not."""
        words = units(hypothesis)
        # The newest word is often cut off in the middle: it is stable only once another one follows it.
        comparable = list(zip(self._previous, words[:-1], strict=False))
        for old, new in comparable[len(self._stable) :]:
            if _bare(old) != _bare(new):
                break
            self._stable.append(new)
        self._previous = words
        return self._settled + "".join(self._stable), "".join(words[len(self._stable) :])

    def settle(self) -> None:
        """Call all words so far stable: the next hypothesis is about what is said from now on."""
        words = "".join(self._stable + self._previous[len(self._stable) :]).rstrip()
        self._settled += words + " " if _has_spaces(words) else words
        self._stable, self._previous = [], []


def without_newest_word(hypothesis: str) -> str:
    """Return all but the last word, which is often cut off in the middle, and so heard wrong."""
    return "".join(units(hypothesis)[:-1]).rstrip()


def units(text: str) -> list[str]:
    """Return the words, each with the space behind it, or the characters where words have no spaces."""
    if not _has_spaces(text):
        return list(text)
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]


def _has_spaces(text: str) -> bool:
    return " " in text.strip() or (text.isascii() and bool(text))


def _bare(unit: str) -> str:
    return unit.strip(" .,!?;:").casefold()
