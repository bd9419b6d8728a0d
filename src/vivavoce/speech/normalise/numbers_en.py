"""English number words.

Owns how an integer, a decimal, a year and a string of digits are said in American English. Refuses to know what a
number counts. All functions take the written form, so that "1,000", "007" and "2.50" keep what their writer meant.
"""

from __future__ import annotations

from vivavoce.speech.wordlists import listed

__all__ = ["SCALES", "cardinal", "decade", "digits", "minus", "number", "ordinal", "plural", "scale", "year"]

SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion", "t": "trillion", "tn": "trillion"}
"""What a letter written against a number multiplies it by."""

_SMALL = listed(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen"""
)
_TENS = listed("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
_THOUSANDS = ("", " thousand", " million", " billion", " trillion", " quadrillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_LARGEST = 10**18
_LONGEST = 18


def cardinal(value: int) -> str:
    """Return 123 as "one hundred twenty-three"; from 10**18 on, digit by digit."""
    if value < 0:
        return "minus " + cardinal(-value)
    if value >= _LARGEST:
        return digits(str(value))
    if value == 0:
        return "zero"
    groups: list[str] = []
    for suffix in _THOUSANDS:
        value, group = divmod(value, 1_000)
        if group:
            groups.insert(0, _below_thousand(group) + suffix)
    return " ".join(groups)


def ordinal(value: int) -> str:
    """Return 21 as "twenty-first"."""
    said = cardinal(value)
    cut = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[cut:]
    if last in _ORDINALS:
        return said[:cut] + _ORDINALS[last]
    return said[:-1] + "ieth" if said.endswith("y") else said + "th"


def digits(written: str) -> str:
    """Return "007" as "zero zero seven"."""
    return " ".join(_SMALL[int(digit)] for digit in written)


def year(value: int) -> str:
    """Return 1984 as "nineteen eighty-four", 1905 as "nineteen oh five", 2005 as "two thousand five"."""
    century, rest = divmod(value, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(value)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def decade(value: int) -> str:
    """Return 1990 as "nineteen nineties", 90 as "nineties", 1900 as "nineteen hundreds", 2000 as "two thousands"."""
    return plural(year(value) if value >= 1_000 else cardinal(value))


def number(written: str) -> str:
    """Return an unsigned number as it is written: "1,000", "3.14", ".5", "007"."""
    whole, point, fraction = written.replace(",", "").partition(".")
    is_string = not whole or (len(whole) > 1 and whole.startswith("0")) or len(whole) > _LONGEST
    said = digits(whole) if is_string else cardinal(int(whole))
    return f"{said} point {digits(fraction)}".strip() if point else said


def minus(sign: str | None) -> str:
    """Return the word for a sign that was written, or nothing."""
    return "minus " if sign else ""


def scale(word: str | None, letter: str | None) -> str:
    """Return "million" for a written "million" or "M", or nothing."""
    return word or SCALES.get((letter or "").lower(), "")


def plural(noun: str) -> str:
    """Return the plural of a regular noun, as number words, units and currencies are."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    said = f"{_SMALL[hundreds]} hundred " if hundreds else ""
    if rest < 20:
        return (said + (_SMALL[rest] if rest else "")).rstrip()
    tens, ones = divmod(rest, 10)
    return said + _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
