"""Mandarin dates, times and years.

Owns the reading of calendar and clock. Refuses to know other numbers; it runs before they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.speech.normalise.measures_zh import MEASURE
from vivavoce.speech.normalise.numbers_zh import counted, digits, integer
from vivavoce.speech.normalise.rules import Rule, rule

if TYPE_CHECKING:
    import re

__all__ = ["DATE_RULES", "TIME_RULES", "YEAR_RULES"]

_YEAR = r"((?:1\d|20|21)\d\d)"
_CLOCK = r"([01]?\d|2[0-4])[:：]([0-5]\d)"
_HALF = r"(?: ?([AaPp])\.?[Mm]\.?(?![A-Za-z]))?"
_SPAN = r" ?[-~–—至到]{1,2} ?"


def _date(date: re.Match[str]) -> str:
    said = f"{digits(date[1])}年{integer(int(date[3]))}月{integer(int(date[4]))}日"
    return said + ("，" if date[0].endswith("T") else "")


def _month(date: re.Match[str]) -> str:
    return f"{digits(date[1])}年{integer(int(date[2]))}月"


def _clock(hour: str, minute: str, second: str | None = None) -> str:
    said = f"{counted(str(int(hour)))}点"
    if int(minute) or (second and int(second)):
        said += ("零" if 0 < int(minute) < 10 else "") + f"{integer(int(minute))}分"
    if second and int(second):
        said += ("零" if int(second) < 10 else "") + f"{integer(int(second))}秒"
    return said


def _time(time: re.Match[str]) -> str:
    half = {"a": "上午", "p": "下午"}.get((time[4] or "").lower(), "")
    return half + _clock(time[1], time[2], time[3])


def _times(times: re.Match[str]) -> str:
    return f"{_clock(times[1], times[2])}到{_clock(times[3], times[4])}"


DATE_RULES: list[Rule] = [
    rule(
        r"(?<![\d.,/-])(\d{4})([-/.])(0?[1-9]|1[0-2])\2(3[01]|[12]\d|0?[1-9])(?:T(?=\d\d:)|日|(?![\d/-]|\.\d))", _date
    ),
    rule(r"(?<![\d.,/-])((?:19|20)\d\d)[-/](0[1-9]|1[0-2])(?![\d/-]|\.\d)", _month),
    rule(rf"(?<!\d){_YEAR}{_SPAN}{_YEAR}(?=年|(?![\d.]))", lambda years: f"{digits(years[1])}到{digits(years[2])}"),
    rule(rf"(?<!\d){_YEAR}(?= ?(?:年|财年|学年))", lambda year: digits(year[1])),
    rule(r"(?<!\d)(\d0)(?=后(?!来))", lambda decade: digits(decade[1])),
    rule(r"(?<=[日号月年点时分秒度元])[-~–—]{1,2}(?=\d)", "到"),
    rule(r"(?<=周[一二三四五六日])[-~–—]{1,2}(?=周)", "到"),
]
"""Calendar dates and years."""

TIME_RULES: list[Rule] = [
    rule(rf"(?<![\d:.]){_CLOCK}{_SPAN}{_CLOCK}(?![\d:])", _times),
    rule(rf"(?<![\d:.]){_CLOCK}(?:[:：]([0-5]\d))?Z?{_HALF}(?![\d:：])", _time),
]
"""Times of day."""

YEAR_RULES: list[Rule] = [
    rule(
        rf"(?<![\d.,A-Za-z$¥€£])((?!2000)(?:19|20)\d\d)(?![\d%,.]\d?|[A-Za-z]| ?(?:{MEASURE}|多|余|来|左右|以上))",
        lambda year: digits(year[1]),
    ),
]
"""A bare number of the 20th or 21st century is a year unless something is counted by it."""
