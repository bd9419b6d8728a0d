"""How each reply of a session came about, for its history: when it began, what it took, how it ended.

Owns the records of the latest replies, which several pieces of news add to. Refuses to know what was said.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx
from vivavoce.history.records import Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["TurnNews", "TurnNotes"]

TurnNews = fx.ReplyCreated | fx.ReplyDone | fx.MemoriesUsed | fx.TurnTimed

MAX_TURNS = 8
"""Replies of which more may be told."""


class TurnNotes:
    """The replies of one conversation; those beside it leave no trace."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._changed: dict[str, None] = {}

    def __contains__(self, response_id: str) -> bool:
        return response_id in self._turns

    @property
    def has_changes(self) -> bool:
        """Whether there is something to write."""
        return bool(self._changed)

    def take(self, news: TurnNews, at: float) -> None:
        """Note what is told of a reply at `at` (seconds since 1970)."""
        if isinstance(news, fx.ReplyCreated):
            if news.reply.in_band:
                self._begin(Turn(response_id=news.reply.response_id, created_at=at))
            return
        response_id = news.reply.response_id if isinstance(news, fx.ReplyDone) else news.response_id
        turn = self._turns.get(response_id)
        if turn is None:
            return
        match news:
            case fx.MemoriesUsed():
                turn = replace(turn, memories=news.memories)
            case fx.ReplyDone():
                turn = replace(turn, status=news.reply.status)
            case fx.TurnTimed():
                turn = replace(turn, user_entry_id=news.item_id or "", timings=_timings(news.marks))
        self._turns[response_id] = turn
        self._changed[response_id] = None

    def take_changed(self) -> tuple[Turn, ...]:
        """Return what has changed since the last time."""
        changed, self._changed = self._changed, {}
        return tuple(self._turns[response_id] for response_id in changed)

    def put_back(self, turns: Iterable[Turn]) -> None:
        """They could not be written: they have changed still."""
        older = {turn.response_id: None for turn in turns if turn.response_id in self._turns}
        self._changed = older | self._changed

    def _begin(self, turn: Turn) -> None:
        self._turns[turn.response_id] = turn
        while len(self._turns) > MAX_TURNS:
            oldest = next(iter(self._turns))
            del self._turns[oldest]
            self._changed.pop(oldest, None)


def _timings(marks: fx.TurnMarks) -> dict[str, float]:
    named = {field.name: getattr(marks, field.name) for field in fields(marks)}
    return {name: value for name, value in named.items() if value is not None}
