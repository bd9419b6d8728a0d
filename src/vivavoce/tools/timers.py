"""The tools that set, list and cancel the timers of one conversation.

Owns which timers run, and finding the one that is meant. Refuses to ring: the session does, on `StartTimer`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import InputError
from vivavoce.tools.definition import StartTimer, StopTimer, ToolCaller
from vivavoce.tools.durations import said_duration, spoken_duration
from vivavoce.tools.functions import tool

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Timers"]

MOST = 20
LONGEST_SECONDS = 24 * 3600.0
_NOUN = re.compile(r"(?:^|\s+)(?:a |the |my )?timer$|(?:的)?(?:计时器|定时器|闹钟)$", re.IGNORECASE)
_ALL = frozenset({"all", "every", "everything", "所有", "全部", "都"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timer:
    timer_id: str
    label: str
    seconds: float
    rings_at: float


class Timers:
    """The timers of one conversation."""

    def __init__(self) -> None:
        self._timers: dict[str, _Timer] = {}
        self._set_so_far = 0

    @tool
    async def set_timer(self, duration: str, caller: ToolCaller, label: str = "") -> str:
        """Start a timer, e.g. "5 minutes" or "一小时"."""
        seconds = spoken_duration(duration)
        if seconds is None or not 1 <= seconds <= LONGEST_SECONDS:
            raise InputError("timer_invalid", f"{duration!r} is no span of time from a second to a day.")
        if len(self._running()) >= MOST:
            raise InputError("timer_invalid", f"There are {MOST} timers already.", remedy="Cancel one first.")
        self._set_so_far += 1
        timer = _Timer(
            timer_id=f"timer_{self._set_so_far}",
            label="" if spoken_duration(label) == seconds else _without_noun(label)[:80],
            seconds=seconds,
            rings_at=anyio.current_time() + seconds,
        )
        caller.act(StartTimer(timer_id=timer.timer_id, seconds=seconds, label=timer.label))
        self._timers[timer.timer_id] = timer
        if caller.language == "zh":
            return f"{said_duration(seconds, chinese=True)}的{timer.label}计时器已开始。"
        return f"The {_named(timer)} for {said_duration(seconds, chinese=False)} has started."

    @tool
    async def list_timers(self, caller: ToolCaller) -> str:
        """Timers that run."""
        running = self._running()
        chinese = caller.language == "zh"
        if not running:
            return "没有计时器。" if chinese else "No timer is running."
        return _told(running, chinese=chinese)

    @tool
    async def cancel_timer(self, caller: ToolCaller, label: str = "") -> str:
        """Stop a timer, or "all"."""
        running = self._running()
        chinese = caller.language == "zh"
        if not running:
            return "没有计时器。" if chinese else "No timer is running."
        meant = _meant(running, label)
        if not meant:
            told = _told(running, chinese=chinese)
            return f"要停哪一个？{told}" if chinese else f"Which one? {told}"
        for timer in meant:
            caller.act(StopTimer(timer_id=timer.timer_id))
            del self._timers[timer.timer_id]
        names = "、".join(timer.label or "计时器" for timer in meant)
        return f"已取消：{names}。" if chinese else f"Cancelled: {', '.join(_named(timer) for timer in meant)}."

    def _running(self) -> list[_Timer]:
        now = anyio.current_time()
        self._timers = {key: timer for key, timer in self._timers.items() if timer.rings_at > now}
        return sorted(self._timers.values(), key=lambda timer: timer.rings_at)


def _without_noun(label: str) -> str:
    """Return what a timer is for: models add that it is a timer."""
    return _NOUN.sub("", label.strip()).strip()


def _meant(running: list[_Timer], label: str) -> list[_Timer]:
    """Return the timers that the words mean; none when that is not clear."""
    words = label.strip().lower()
    if words in _ALL:
        return running
    named = [timer for timer in running if words and timer.label and timer.label.lower() in words]
    named = named or [timer for timer in running if words and words in timer.label.lower()]
    seconds = spoken_duration(words) if words else None
    named = named or [timer for timer in running if timer.seconds == seconds]
    if len(named) == 1:
        return named
    return running if len(running) == 1 and not words else []


def _named(timer: _Timer) -> str:
    return f"{timer.label} timer" if timer.label else "timer"


def _told(running: Iterable[_Timer], *, chinese: bool) -> str:
    now = anyio.current_time()
    left = [(timer, said_duration(timer.rings_at - now, chinese=chinese)) for timer in running]
    if chinese:
        return "；".join(f"{timer.label or '计时器'}：还剩{rest}" for timer, rest in left) + "。"
    return "; ".join(f"{_named(timer)}: {rest} left" for timer, rest in left) + "."
