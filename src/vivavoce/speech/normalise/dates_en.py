"""English dates, times and years.

Owns the reading of calendar and clock. Refuses to know other numbers; it runs before they are read, because a date or a
time would otherwise be a fraction, a range or a ratio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.speech.normalise.numbers_en import cardinal, decade, number, ordinal, year
from vivavoce.speech.normalise.rules import Rule, rule
from vivavoce.speech.wordlists import listed

if TYPE_CHECKING:
    import re

__all__ = ["DATE_RULES", "SPAN_AND_DECADE_RULES", "TIME_RULES", "WEEKDAY_RULE", "YEAR_RULE"]

_MONTHS = listed("January February March April May June July August September October November December")
_MONTH_BY_PREFIX = {month[:3].lower(): month for month in _MONTHS}
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "thur": "Thursday",
    "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
_MONTH = (
    r"(?:(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?![A-Za-z])(?:(?<![a-z]{4})\.(?=,? ?[\d,a-z]))?)"
)
_DAY = r"(3[01]|[12]\d|0?[1-9])"
_YEAR = r"((?:1[0-9]|20)\d\d)"
_START = r"(?<![\w.,/:$£€-])"
_END = r"(?![\w/:]|[.,]\d)"
_HALF = r"(?:\s?([AaPp])(?:[Mm](?!\w)|\.\s?[Mm]\b(?:\.(?!\s*+(?:$|[A-Z\"')])))?))"
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_BEFORE_A_YEAR = "|".join(
    listed(
        """in since by until till before after around circa from during of year late early mid spring summer fall autumn
        winter and to through between about"""
    )
)
# What follows a number that counts, where a year would be followed by something else.
_COUNTED = "|".join(
    listed(
        """people percent men women feet of k m g kg km cm mm lb mi ft ml mph kcal Hz MHz MB GB W V more degrees million
        (?!(?:was|is|has|as|its|this|us|census|olympics)\\b)[a-z]{2,20}s"""
    )
)


def _day(written: str) -> str:
    return ordinal(int(written))


def _month(written: str) -> str:
    return _MONTH_BY_PREFIX[written[:3].lower()]


def _dated(month: str, day: str, written_year: str | None) -> str:
    return f"{month} {_day(day)}" + (f", {year(int(written_year))}" if written_year else "")


def _iso(date: re.Match[str]) -> str:
    month = int(date[2])
    return _dated(_MONTHS[month - 1], date[3], date[1]) + (" at " if date[4] else "")


def _us_slashes(date: re.Match[str]) -> str:
    first, second = int(date[1]), int(date[2])
    month, day = (second, first) if first > 12 >= second else (first, second)
    if month > 12:
        return date[0]
    return _dated(_MONTHS[month - 1], str(day), _full_year(date[3]))


def _month_slash_day(date: re.Match[str]) -> str:
    return f"{date[1]}{_MONTHS[int(date[2]) - 1]} {_day(date[3])}"


def _dotted(date: re.Match[str]) -> str:
    return _dated(_MONTHS[int(date[2]) - 1], date[1], date[3])


def _full_year(written: str) -> str:
    if len(written) == 4:
        return written
    return ("20" if int(written) < 50 else "19") + written


def _month_day(date: re.Match[str]) -> str:
    return _dated(_month(date[1]), date[2], date[3])


def _month_days(date: re.Match[str]) -> str:
    until = f", {year(int(date[4]))}" if date[4] else ""
    return f"{_month(date[1])} {_day(date[2])} to {_day(date[3])}{until}"


def _day_month(date: re.Match[str]) -> str:
    the = "" if date[1] else "the "
    return f"{the}{date[1] or ''}{_day(date[2])} of {_month(date[3])}" + (f", {year(int(date[4]))}" if date[4] else "")


def _month_year(date: re.Match[str]) -> str:
    return f"{_month(date[1])} {year(int(date[2]))}"


def _half(written: str | None) -> str:
    return f" {written.upper()}M" if written else ""


def _clock(hour: str, minute: str, half: str | None) -> str:
    if half is None and int(hour) % 24 == 0 and int(minute) == 0:
        return "midnight"
    if int(minute) == 0:
        if half:
            return cardinal(int(hour)) + _half(half)
        return cardinal(int(hour)) + (" o'clock" if int(hour) <= 12 and not hour.startswith("0") else " hundred")
    said_minute = ("oh " if int(minute) < 10 else "") + cardinal(int(minute))
    return f"{cardinal(int(hour))} {said_minute}{_half(half)}"


def _time(time: re.Match[str]) -> str:
    said = _clock(time[1], time[2], time[4])
    if time[3] and int(time[3]):
        return f"{said} and {cardinal(int(time[3]))} second{'' if int(time[3]) == 1 else 's'}"
    return said


def _times(times: re.Match[str]) -> str:
    since = cardinal(int(times[1])) if times[2] == "00" and not times[3] else _clock(times[1], times[2], times[3])
    return f"{since} to {_clock(times[4], times[5], times[6])}"


def _hours(hours: re.Match[str]) -> str:
    return f"{cardinal(int(hours[1]))} to {cardinal(int(hours[2]))}{_half(hours[3])}"


def _years(years: re.Match[str]) -> str:
    until = int(years[2])
    return f"{year(int(years[1]))} to {year(until) if until >= 1_000 else number(years[2])}"


DATE_RULES: list[Rule] = [
    rule(_START + r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:(T)(?=\d\d:)|" + _END + ")", _iso),
    rule(_START + r"(\d{4})/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])()" + _END, _iso),
    rule(_START + r"([0-3]?\d)/([0-3]?\d)/(\d{4}|\d\d)" + _END, _us_slashes),
    rule(
        r"\b((?:on|by|from|until|till|before|after|since|due) )(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])"
        r"(?![\w/]|[.,-]\d)",
        _month_slash_day,
    ),
    rule(_START + _DAY + r"\.(0?[1-9]|1[0-2])\.(\d{4})" + _END, _dotted),
    rule(
        rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?\s?[-–]\s?{_DAY}(?:st|nd|rd|th)?(?:,? {_YEAR})?{_END}(?!-)",
        _month_days,
    ),
    rule(rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?{_END}", _month_day),
    rule(
        rf"(?<![\w.,/:$-])(?:([Tt]he )(?=\d))?{_DAY}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? {_YEAR})?{_END}", _day_month
    ),
    rule(rf"\b{_MONTH},? {_YEAR}{_END}", _month_year),
]
"""Calendar dates; ISO, American slashes, European full stops, and written months."""

WEEKDAY_RULE: Rule = rule(
    r"\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)(?:\.,?|,)"
    r"(?:(?<=\.,)|(?= (?:\d|Jan|Feb|Mar|Apr|May|Ju[nl]|Aug|Sep|Oct|Nov|Dec)))",
    lambda name: _DAYS[name[1].lower()] + ",",
)
"""A weekday's short name before a date, or with a full stop and a comma."""

TIME_RULES: list[Rule] = [
    rule(rf"(?<![\w:.]){_CLOCK}{_HALF}?\s?[-–]\s?{_CLOCK}{_HALF}?(?![\w:]|\.\d)", _times),
    rule(rf"(?<![\w:.])(1[0-2]|0?[1-9])\s?[-–]\s?(1[0-2]|0?[1-9]){_HALF}(?!\w)", _hours),
    rule(rf"(?<![\w:.])(?<!\d,){_CLOCK}(?::([0-5]\d)(?:\.\d++)?+Z?)?{_HALF}?(?![\w:]|\.\d)", _time),
    rule(rf"(?<![\w:.])(?<!\d,)(1[0-2]|0?[1-9]){_HALF}(?!\w)", lambda time: cardinal(int(time[1])) + _half(time[2])),
]
"""Times of day, with seconds and as ranges."""

SPAN_AND_DECADE_RULES: list[Rule] = [
    rule(rf"(?<![\w.,/$£€-]){_YEAR}\s?[-–]\s?{_YEAR}(?![\w%]|[.,-]\d)", _years),
    rule(
        rf"\b((?:{_BEFORE_A_YEAR}) ){_YEAR}[-–](\d\d)(?![\w%]|[.,-]\d)",
        lambda years: f"{years[1]}{year(int(years[2]))} to {number(years[3])}",
        ignore_case=True,
    ),
    rule(r"(?<![\w.,$£€-])((?:1[0-9]|20)\d0)'?s\b", lambda years: decade(int(years[1]))),
    rule(r"(?:(?<![\w.,])'|(?<![\w.,$£€-]))([2-9]0)'?s\b", lambda years: decade(int(years[1]))),
    rule(r"(?<=ies)[-–](?=[a-z]{1,20}ies\b)", " to "),
    rule(r"\bc(?:a|irca)?\. ?(?=\d{3,4}\b)", "around "),
    rule(
        rf"\b((?:{_BEFORE_A_YEAR}|year) ){_YEAR}(?![\w%°€£¥]|[.,:]\d| (?:percent|people|times|[a-z]++s\b))",
        lambda found: found[1] + year(int(found[2])),
        ignore_case=True,
    ),
]
"""Spans of years, decades, and years that a word before them announces."""

YEAR_RULE: Rule = rule(
    rf"(?<![\w.,$£€¥+/#-]){_YEAR}(?![\w%°€£¥]|[.,/:-]\d| ?[-–] ?\d| (?:{_COUNTED})\b)",
    lambda found: year(int(found[1])),
)
"""A plain number from 1000 to 2099 is a year unless things are counted by it."""
