"""Lists of words, written as plain text.

Owns the one way this package writes a word list, so that long ones stay readable. Refuses to know what is in them.
"""

from __future__ import annotations

__all__ = ["listed", "words"]


def words(text: str) -> frozenset[str]:
    """Return the white-space separated words of `text`."""
    return frozenset(text.split())


def listed(text: str) -> tuple[str, ...]:
    """Return the white-space separated words of `text`, in order."""
    return tuple(text.split())
