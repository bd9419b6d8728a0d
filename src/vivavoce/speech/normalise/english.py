"""English text to English words.

Owns the order in which the kinds of written form are read: what has the most marks goes first, so that nothing is taken
for a part of something else. Refuses to know markdown and addresses, which are gone by now.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.dates_en import DATE_RULES, SPAN_AND_DECADE_RULES, TIME_RULES, WEEKDAY_RULE, YEAR_RULE
from vivavoce.speech.normalise.figures_en import DIGIT_RULES, FRACTION_RULES, RANGE_RULES, VULGAR_FRACTION_RULE
from vivavoce.speech.normalise.money_en import MONEY_RULES
from vivavoce.speech.normalise.numbers_en import cardinal, number
from vivavoce.speech.normalise.rules import NUMBER, Rule, apply_rules, rule
from vivavoce.speech.normalise.units_en import UNIT_RULES
from vivavoce.speech.normalise.words_en import ABBREVIATION_RULES, MATH_RULES, OPERATOR_RULES, ROMAN_RULES, SYMBOL_RULES

__all__ = ["say_english"]


def _joined(found: re.Match[str]) -> str:
    """Return a number that is written against letters, "GPT-4", "MP3", "B12"."""
    return f" {number(found[1])} " if len(found[1]) < 4 else f" {_pairs(found[1])} "


def _pairs(written: str) -> str:
    """Return a long number of a name, "RTX4090", by its pairs of digits."""
    if len(written) != 4 or written.endswith("00"):
        return number(written)
    return f"{_pair(written[:2])} {_pair(written[2:])}"


def _pair(written: str) -> str:
    return ("oh " if written[0] == "0" else "") + cardinal(int(written))


_NUMBER_RULES = [
    rule(r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Za-z])", " "),
    rule(rf"(?<![^\s(\"'])[-](?={NUMBER})", "minus "),
    rule(r"(?<![^\s(\"'])(\.\d++)", lambda found: number(found[1])),
    rule(r"(?<=[A-Za-z])(\d{1,18})(?!\d)(?![.,]\d)", _joined),
    rule(rf"({NUMBER})(?=[A-Za-z])", lambda found: f"{number(found[1])} "),
    rule(rf"({NUMBER})", lambda found: f" {number(found[1])} "),
]

# What no rule took is no word: a second reading must not find it beside other words.
_REST_RULE = rule(r"[@$£€¥₹₩₽₿&+=×⋅÷%‰°º℃℉¢/±√∞≈≠≤≥<>~#^*№§→⇒²³]++", " ")

# Two of three clauses hold no digit: the rules that need one are then not even tried.
_DIGIT = re.compile(r"\d")
_STEPS: list[tuple[bool, list[Rule]]] = [
    (False, [WEEKDAY_RULE, VULGAR_FRACTION_RULE]),
    (True, [*OPERATOR_RULES, *DATE_RULES, *DIGIT_RULES, *TIME_RULES]),
    (False, ABBREVIATION_RULES),
    (True, [*MONEY_RULES, *SPAN_AND_DECADE_RULES, *RANGE_RULES, *UNIT_RULES, *FRACTION_RULES]),
    (False, [*ROMAN_RULES, *MATH_RULES, *SYMBOL_RULES]),
    (True, [YEAR_RULE, *_NUMBER_RULES]),
    (False, [_REST_RULE]),
]


def say_english(text: str) -> str:
    """Return `text` with every number, abbreviation and symbol as words."""
    for needs_digits, rules in _STEPS:
        if not needs_digits or _DIGIT.search(text):
            text = apply_rules(text, rules)
    return text
