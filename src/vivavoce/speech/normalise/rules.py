"""Rewriting by ordered rules.

Owns the shape of a rule and the way a list of them is applied. Refuses to know any language. Every pattern is linear in
the text: its repetitions are possessive or bounded, and it begins only where a number or a word can begin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["NUMBER", "Rule", "apply_rules", "rule"]

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
"""A pattern and what takes its place."""

NUMBER = r"(?<!\d)(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?+"
"""An unsigned number with or without thousands commas and a decimal part."""


def rule(pattern: str, replacement: str | Callable[[re.Match[str]], str], *, ignore_case: bool = False) -> Rule:
    """Return a compiled rule."""
    return re.compile(pattern, re.IGNORECASE if ignore_case else 0), replacement


def apply_rules(text: str, rules: Sequence[Rule]) -> str:
    """Return `text` after each rule in turn."""
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text
