"""Mandarin number words.

Owns how an integer, a decimal, a year and a string of digits are said, and where two is 两. Refuses to know what a
number counts. All functions take or keep the written form, so that "007" and "2.50" keep what their writer meant.
"""

from __future__ import annotations

__all__ = ["counted", "digits", "integer", "number", "phone_digits", "signed"]

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_SECTIONS = ("", "万", "亿", "万亿")
_LARGEST = 10**16
_LONGEST = 16


def integer(value: int) -> str:
    """Return 10500 as 一万零五百 and 2000 as 两千; from 10**16 on, digit by digit."""
    if value >= _LARGEST:
        return digits(str(value))
    if value == 0:
        return "零"
    said = ""
    needs_zero = False
    for power in range(len(_SECTIONS) - 1, -1, -1):
        section = value // 10_000**power % 10_000
        if section == 0:
            needs_zero = bool(said)
            continue
        if said and (needs_zero or section < 1_000):
            said += "零"
        said += ("两" if section == 2 and power else _section(section)) + _SECTIONS[power]
        needs_zero = False
    return said[1:] if said.startswith("一十") else said


def counted(written: str) -> str:
    """Return a number as it stands before a measure word: 2 is 两."""
    return "两" if written == "2" else number(written)


def number(written: str) -> str:
    """Return an unsigned number as it is written: "1,000", "3.14", "007"."""
    whole, point, fraction = written.replace(",", "").partition(".")
    is_string = (len(whole) > 1 and whole.startswith("0")) or len(whole) > _LONGEST
    said = digits(whole) if is_string else integer(int(whole or "0"))
    return f"{said}点{digits(fraction)}" if point else said


def signed(sign: str | None, written: str) -> str:
    """Return a number with the sign that was written before it, if any."""
    return ("负" if sign else "") + number(written)


def digits(written: str) -> str:
    """Return "2026" as 二零二六."""
    return "".join(_DIGITS[int(digit)] for digit in written)


def phone_digits(written: str) -> str:
    """Return digits as on the telephone, where one is 幺."""
    return digits(written).replace("一", "幺")


def _section(value: int) -> str:
    said = ""
    needs_zero = False
    for place in range(3, -1, -1):
        digit = value // 10**place % 10
        if digit == 0:
            needs_zero = bool(said)
            continue
        said += "零" if needs_zero else ""
        said += ("两" if digit == 2 and place >= 2 else _DIGITS[digit]) + _PLACES[place]
        needs_zero = False
    return said
