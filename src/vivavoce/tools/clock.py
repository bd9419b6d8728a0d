"""The tool that tells the time.

Owns how time and date are said, in English and Chinese. Refuses to know how a place's zone is found, and takes the time
from the clock it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.tools.definition import ToolCaller
from vivavoce.tools.functions import tool
from vivavoce.tools.places import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Clock"]

_PARTS_OF_THE_DAY = ((5, "凌晨"), (8, "早上"), (11, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


class Clock:
    """Tells the time; `now` returns it with the zone of this machine."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    @tool
    def get_time(self, caller: ToolCaller, place: str = "") -> str:
        """Time and date, here or in a city."""
        now = self._now().astimezone(zone_of(place)) if place.strip() else self._now()
        if caller.language == "zh":
            return f"{place}现在是{_said_in_chinese(now)}。"
        return _said(now) + (f" in {place}" if place else "")


def _said(now: datetime) -> str:
    return f"{now.hour % 12 or 12}:{now:%M} {'AM' if now.hour < 12 else 'PM'}, {now:%A}, {now:%B} {now.day}, {now.year}"


def _said_in_chinese(now: datetime) -> str:
    part = next(name for end, name in _PARTS_OF_THE_DAY if now.hour < end)
    weekday = "一二三四五六日"[now.weekday()]
    minute = f"{now.minute}分" if now.minute else "整"
    hour = now.hour % 12 or (12 if now.hour else 0)
    return f"{now.year}年{now.month}月{now.day}日，星期{weekday}，{part}{hour}点{minute}"
