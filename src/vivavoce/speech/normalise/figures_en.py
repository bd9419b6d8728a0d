"""English fractions, ordinals, spans, ratios, and strings of digits.

Owns how numbers are said that stand in a pattern with others. Refuses to know what they count.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.numbers_en import cardinal, digits, number, ordinal
from vivavoce.speech.normalise.rules import NUMBER, Rule, rule

__all__ = ["DIGIT_RULES", "FRACTION_RULES", "RANGE_RULES", "VULGAR_FRACTION_RULE"]

_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8"}
_IDIOMS = {(24, 7): "twenty-four seven", (9, 11): "nine eleven", (50, 50): "fifty-fifty", (20, 20): "twenty twenty"}
_ALONE = r"(?![\w-]|[.,]\d)"


def _fraction(fraction: re.Match[str]) -> str:
    whole, top, bottom = fraction[1], int(fraction[2]), int(fraction[3])
    if whole is None and (top, bottom) in _IDIOMS:
        return _IDIOMS[top, bottom]
    if whole is None and bottom in (10, 100):
        return f"{cardinal(top)} out of {cardinal(bottom)}"
    if not 0 < top < bottom <= 100:
        return f"{whole or ''}{cardinal(top)} over {cardinal(bottom)}"
    if whole is None:
        return _part(top, bottom)
    return f"{number(whole.strip())} and " + ("a half" if (top, bottom) == (1, 2) else _part(top, bottom))


def _part(top: int, bottom: int) -> str:
    if bottom == 2:
        return "one half"
    part = "quarter" if bottom == 4 else ordinal(bottom)
    return f"{cardinal(top)} {part}{'s' if top > 1 else ''}"


def _ordinal(found: re.Match[str]) -> str:
    return ordinal(int(found[1].replace(",", "")))


def _grouped_digits(found: re.Match[str]) -> str:
    plus = "plus " if found[0].startswith("+") else ""
    return plus + ", ".join(digits(group) for group in re.findall(r"\d+", found[0]))


def _long_digits(found: re.Match[str]) -> str:
    is_round = found[0].endswith("000") and not found[0].startswith("0")
    return cardinal(int(found[0])) if is_round else digits(found[0])


def _dotted_digits(found: re.Match[str]) -> str:
    parts = found[2].split(".")
    joint = " dot " if len(parts) == 4 else " point "
    version = "version " if found[1] else ""
    return version + joint.join(cardinal(int(part)) if len(part) < 4 else digits(part) for part in parts)


def _size(size: re.Match[str]) -> str:
    return " by ".join(part for part in size.groups() if part)


DIGIT_RULES: list[Rule] = [
    rule(
        r"\b(ZIP(?: [Cc]ode)?|[Rr]oom|PIN|[Cc]ode|[Ee]xtension|ext\.|ID|[Pp]assword) (\d{3,12})(?!\w|[.,]\d)",
        lambda named: f"{named[1]} {digits(named[2])}",
    ),
    rule(
        rf"(?<![\w.,$+-])\+?(?:\d{{1,3}}[ .-]?)?(?:\(\d{{3}}\) ?|\d{{3}}[ .-])\d{{3}}[.-]\d{{4}}{_ALONE}",
        _grouped_digits,
    ),
    rule(rf"(?<![\w.,$+-])\+\d{{1,3}}(?:[ -]\d{{2,5}}){{2,5}}{_ALONE}", _grouped_digits),
    rule(rf"(?<![\w.,$+-])\+\d{{7,15}}{_ALONE}", _grouped_digits),
    rule(rf"(?<![\w.,$-])\d{{3}}-\d{{4}}{_ALONE}", _grouped_digits),
    rule(rf"(?<![\w.,$-])\d{{4}}[ -]\d{{4}}[ -]\d{{4}}[ -]\d{{4}}{_ALONE}", _grouped_digits),
    rule(rf"(?<![\w.,$-])\d{{3}}-\d{{2}}-\d{{4}}{_ALONE}", _grouped_digits),
    rule(r"(?<![\w.,])([vV]?)(\d{1,5}(?:\.\d{1,5}){2,5})(?!\w|[.,]\d)", _dotted_digits),
    rule(r"(?<![\w.,$£€¥])\d{7,18}+(?![\w%]|[.,]\d)", _long_digits),
]
"""Telephone and card numbers, versions and internet addresses, and long strings of digits without commas."""


def _span(span: re.Match[str]) -> str:
    if span[1] == span[3] == "50" and not span[2]:
        return "fifty-fifty"
    is_subtraction = any(sign in "=×*÷" for sign in span.string[span.end() : span.end() + 3])
    return f"{span[1]}{span[2]} {'minus' if is_subtraction else 'to'} {span[3]}"


RANGE_RULES: list[Rule] = [
    rule(rf"(?<![\w.,-])(-?{NUMBER})([%°]?)\s?[-–—]\s?({NUMBER})(?!-\d)", _span),
    rule(rf"(?<![\w.,-])({NUMBER})\s?~\s?({NUMBER})(?!-\d)", r"\1 to \2"),
    rule(r"(?<![\w.,])(\d{1,4})[×x](\d{1,4})(?:[×x](\d{1,4}))?(?! ?=)(?!\w|\.\d| to the power)", _size),
    rule(r"(?<![\w.,])(\d{1,4}) x (\d{1,4})(?: x (\d{1,4}))?(?! ?=)(?!\w|\.\d)", _size),
    rule(r"(?<![\w.,:])(\d{1,3}):(\d{1,3})(?![\w:]|\.\d)", r"\1 to \2"),
]
"""Spans, sizes and ratios; the numbers stay digits for the rules after."""

VULGAR_FRACTION_RULE: Rule = rule(
    rf"(\d?)([{''.join(_VULGAR)}])", lambda found: f"{found[1]} {_VULGAR[found[2]]}".strip()
)
"""One-character fractions as two numbers and a slash."""

FRACTION_RULES: list[Rule] = [
    rule(r"(?<![\w.,/-])(\d{1,3} )?(\d{1,3}) ?/ ?(\d{1,3})(?![\w/]|[.,]\d)", _fraction),
    rule(r"(?<![\w.,])(\d{1,3}(?:,\d{3})++|\d{1,18}+)(?:st|nd|rd|th)\b", _ordinal, ignore_case=True),
]
"""Fractions, mixed numbers, scores out of ten, and ordinals."""
