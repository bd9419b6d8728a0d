"""What a sentence tells of the present, and what of times gone by.

Owns the marks of the past, English and Chinese, and which clauses they govern: what was so then takes no present fact's
place. Refuses to know what a clause says. Pure.
"""

from __future__ import annotations

import re

__all__ = ["is_of_the_past", "of_the_present"]

_PAST = re.compile(
    r"\b(?:when (?:i|we|he|she|they) (?:was|were)\b|when my \w+ (?:was|were)\b|as an? (?:\w+ )?(?:child|kid|boy|girl"
    r"|teen\w*|student|baby|youth|young)\b|used to\b|before (?:i|we|he|she|they|that|the|my)\b|(?:in|during|most of)"
    r" my (?:\w+ )?(?:childhood|youth|teens|twenties|thirties|school days|student days)\b|back then|in those days"
    r"|at the time\b|formerly|previously|in the past|growing up\b|(?:until|till|back in|from) (?:\d{4}|last)\b"
    r"|i was (?:once )?an?\b|once (?:lived|worked|was|had)\b)"
    r"|以前|从前|小时候|曾经?|过去(?!了)|当年|那时|当时|原来|本来|之前|童年|年轻(?:的)?时候|(?:小学|初中|高中|中学|大学)的?时候"
    r"|岁(?:的?时候|那年)|(?:退休|结婚|毕业|离婚)前|(?:住|当|做|待|呆|干|教|开)过(?!敏|年)"
)
_PRESENT = re.compile(
    r"\b(?:now|nowadays|these days|currently|today|at the moment|at present|i'm|i am"
    r"|(?:i|we) (?:live|work|drive|teach))\b|现在|目前|如今|今年|眼下"
)
_CLAUSE = re.compile(
    r"\s*[,;.，；。]\s*(?!(?:when|before|as an?|until|till)\b)|\s+(?=(?:but|and now|whereas|while)\b)"
    r"|(?<=[\u4e00-\u9fff])(?=(?:但|不过)?(?:现在|目前|如今))"
)
_STILL_ME = re.compile(r"^我们?(?:以前|从前|曾经?|原来|本来|之前|小时候|过去)")
"""Whoever says so goes on about themselves, without another 我."""


def is_of_the_past(said: str) -> bool:
    """Whether a sentence, in small letters, tells of the past alone."""
    return not of_the_present(said)


def of_the_present(said: str) -> str:
    """Return the clauses of a sentence, in small letters, that do not tell of the past.

    "When I was ten" and 小时候 govern what follows, until something is said to be so now.
    """
    if not _PAST.search(said):
        return said
    kept: list[str] = []
    is_past = False
    for clause in _CLAUSE.split(said):
        if _PAST.search(clause):
            is_past = True
        elif _PRESENT.search(clause):
            is_past = False
        if clause and not is_past:
            kept.append(clause)
    told = ", ".join(kept)
    return f"我{told}" if told and "我" not in told and _STILL_ME.search(said) else told
