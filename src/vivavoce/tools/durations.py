"""Spans of time as people say them, in English and Chinese, to seconds and back.

Owns the words. Refuses to know clocks and timers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import cn2an

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["said_duration", "spoken_duration"]

_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600}
_TO_TWENTY = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_WORDS = {word: number for number, word in enumerate(_TO_TWENTY.split())} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "couple": 2,
}
_FRACTIONS = {"half": 0.5, "quarter": 0.25}

_CHINESE = re.compile(
    r"(半|\d+(?:\.\d+)?|[零一二两三四五六七八九十百]+)\s*个?(半)?\s*(小时|钟头|刻钟|分钟|分|秒钟|秒)(半)?"
)
_CHINESE_UNITS = {"小时": 3600, "钟头": 3600, "刻钟": 900, "分钟": 60, "分": 60, "秒钟": 1, "秒": 1}


def spoken_duration(text: str) -> float | None:
    """Return the seconds that the words mean: "5 minutes", "an hour and a half", "1:30", "一个半小时"; None if none.

    A bare number is seconds.
    """
    clock = re.fullmatch(r"\s*(?:(\d+):)?(\d{1,3}):(\d{2})\s*", text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return hours * 3600.0 + minutes * 60 + seconds
    chinese = [_chinese_seconds(*found) for found in _CHINESE.findall(text)]
    if chinese:
        return sum(chinese)
    return _english_seconds(re.findall(r"\d+(?:\.\d+)?|[a-z]+", text.lower()))


def said_duration(seconds: float, *, chinese: bool) -> str:
    """Return a span of time as one says it, to the second."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [part for part in ((hours, "hour", "小时"), (minutes, "minute", "分钟"), (left, "second", "秒")) if part[0]]
    if chinese:
        return "".join(f"{count}{unit}" for count, _, unit in parts) or "0秒"
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit, _ in parts) or "0 seconds"


def _chinese_seconds(amount: str, half_before: str, unit: str, half_after: str) -> float:
    extra = 0.5 if half_before or half_after else 0.0
    return (_chinese_number(amount) + extra) * _CHINESE_UNITS[unit]


def _chinese_number(amount: str) -> float:
    if amount == "半":
        return 0.5
    return float(amount) if amount[0].isdigit() else float(cn2an.cn2an(amount.replace("两", "二"), "smart"))


def _english_seconds(words: Sequence[str]) -> float | None:
    total = 0.0
    last_unit = 0
    number: float | None = None
    fraction = 0.0
    for word in words:
        unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
        if unit:
            # "an hour": an article alone is one
            total += (1.0 if number is None and not fraction else (number or 0.0) + fraction) * unit
            last_unit, number, fraction = unit, None, 0.0
        elif word in _FRACTIONS:
            fraction = _FRACTIONS[word]
        elif word == "hundred":
            number = (number or 1.0) * 100
        elif word in _WORDS or word[0].isdigit():
            number = (number or 0.0) + float(_WORDS.get(word, word))
    if fraction and last_unit:
        total += fraction * last_unit
    elif number is not None:
        # "5" is seconds, and so is the 30 of "1 minute 30"; that of "1 hour 30" is minutes
        total += number * max(last_unit / 60, 1.0)
    return total or None
