"""English prices.

Owns how an amount of money is said, before or after its sign or code, as a span, and with "million" or "k". Refuses to
know other quantities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.speech.normalise.numbers_en import minus, number, plural, scale
from vivavoce.speech.normalise.rules import NUMBER, Rule, rule

if TYPE_CHECKING:
    import re

__all__ = ["MONEY_RULES"]

_CURRENCIES = {
    "$": ("dollar", "cent"), "£": ("pound", "pence"), "€": ("euro", "cent"), "¥": ("yen", ""), "₹": ("rupee", "paisa"),
    "₩": ("won", ""), "₽": ("ruble", "kopeck"), "₿": ("bitcoin", ""), "USD": ("dollar", "cent"),
    "EUR": ("euro", "cent"), "GBP": ("pound", "pence"), "JPY": ("yen", ""), "CNY": ("yuan", ""), "RMB": ("yuan", ""),
    "CHF": ("franc", ""), "CAD": ("Canadian dollar", "cent"), "AUD": ("Australian dollar", "cent"),
    "INR": ("rupee", "paisa"),
}  # fmt: skip
_INVARIABLE = frozenset({"yen", "yuan", "won", "pence"})
_SCALE = r"hundred|thousand|million|billion|trillion"
_SIGN = r"(?<![\w.])(-)?+"
_SYMBOL = r"[$£€¥₹₩₽₿]"
_CODE = r"USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|INR"
_MULTIPLE = rf"(?:\s?({_SCALE})\b|(bn|tn|[kKmMbBtT])\b(?!-))?"


def _before(money: re.Match[str]) -> str:
    sign, symbol, written, word, letter = money.groups()
    return minus(sign) + _price(symbol, written, scale(word, letter))


def _after(money: re.Match[str]) -> str:
    sign, written, word, letter, symbol = money.groups()
    return minus(sign) + _price(symbol, written, scale(word, letter))


def _span(money: re.Match[str]) -> str:
    symbol, low, high, word, letter = money.groups()
    return f"{number(low)} to {_price(symbol, high, scale(word, letter))}"


def _price(symbol: str, written: str, multiple: str) -> str:
    unit, small = _CURRENCIES[symbol]
    if multiple:
        return f"{number(written)} {multiple} {_many(unit)}"
    whole, _, fraction = written.partition(".")
    if len(fraction) != 2 or not small:
        return _count(written, unit)
    parts: list[str] = []
    if int(whole.replace(",", "")) or not int(fraction):
        parts.append(_count(whole, unit))
    if int(fraction):
        parts.append(_count(str(int(fraction)), small))
    return " and ".join(parts)


def _count(written: str, unit: str) -> str:
    return f"{number(written)} {unit if written == '1' else _many(unit)}"


def _many(unit: str) -> str:
    return unit if unit in _INVARIABLE else plural(unit)


def _adjective(money: re.Match[str]) -> str:
    """Return a price before the thing that it is the price of, which keeps the singular: "a $20 bill"."""
    return f"{number(money[2])} {_CURRENCIES[money[1]][0]} "


MONEY_RULES: list[Rule] = [
    rule(
        rf"(?<=\b[Aa] )({_SYMBOL})(\d++) (?!(?:{_SCALE}|a|per|for|to|in|on|of|and|or)\b)(?=[a-z])",
        _adjective,
    ),
    rule(r"\b(?:US|CA|AU|NZ|HK|S)(?=\$\d)", ""),
    rule(rf"({_SYMBOL})({NUMBER})\s?[-–]\s?(?:\1)?({NUMBER}){_MULTIPLE}", _span),
    rule(rf"{_SIGN}({_SYMBOL})\s?({NUMBER}){_MULTIPLE}", _before),
    rule(rf"{_SIGN}\b({_CODE})\s?({NUMBER}){_MULTIPLE}", _before),
    rule(rf"{_SIGN}({NUMBER})\s?(?:(?:({_SCALE})|([kKmMbB]))\s?)?([€£₹]|\b(?:{_CODE}))(?!\w)", _after),
]
"""Amounts of money with their sign or code."""
