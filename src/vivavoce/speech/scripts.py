"""Which writing a character belongs to, as far as speech needs to know.

Owns the split between scripts that put spaces between words and those that do not. Refuses to know languages.
"""

from __future__ import annotations

__all__ = ["CJK_CLASS", "is_cjk"]

CJK_CLASS = "\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Han and kana, for a regular expression's character class; Hangul puts spaces between its words."""


def is_cjk(character: str) -> bool:
    """Tell whether a character is Han or kana: a word or a syllable by itself, without spaces around it."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3041" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u4dbf"
        or "\u3005" <= character <= "\u3007"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )
