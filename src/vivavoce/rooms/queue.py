"""What was written in a room and waits for an answer. Pure.

Owns the order (the host's lines before the speakers', those before the viewers'; among equals the higher priority, then
the older), the bound with its policy `drop_oldest_lowest`, and how many lines become one prompt. Refuses to know when
the conversation is free to answer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["MAX_PRIORITY", "OVERFLOW_POLICY", "Line", "LineQueue", "QueueLimits", "QueueStatistics", "Rank"]

OVERFLOW_POLICY = "drop_oldest_lowest"
"""Where one line too many waits, the oldest of those that would be answered last is dropped: for each waits in vain
the longer the more there are before it, and what is old in a chat is no longer talked about."""

MAX_PRIORITY = 9


class Rank(IntEnum):
    """How much somebody's word counts."""

    VIEWER = 0
    SPEAKER = 1
    HOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something written: by whom, and what.

    Attributes:
        priority: 0 to `MAX_PRIORITY`, as for a donation; it counts within the rank.
        item_id: the id that its writer gave it; such a line is answered by itself.
        viewer_id: who wrote it, where they are in the room; empty for a line from outside.
        event_id: the id of the event it came in.
    """

    name: str
    text: str
    rank: Rank = Rank.VIEWER
    priority: int = 0
    item_id: str = ""
    viewer_id: str = ""
    event_id: str | None = None

    @property
    def standing(self) -> tuple[int, int]:
        """What decides which of two lines is answered first."""
        return self.rank, self.priority

    @property
    def attributed(self) -> str:
        """The line as everyone is told it: one line with its writer's name, so that nobody writes in another's."""
        return f"{self.name}: {' '.join(self.text.split())}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLimits:
    """How much may wait, and how much of it is answered at once (characters with the names)."""

    lines: int = 100
    batch_lines: int = 10
    batch_characters: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatistics:
    """What waits now, and what became of the others so far."""

    waiting: int
    taken: int
    dropped: int


class LineQueue:
    """A bounded queue with priorities."""

    def __init__(self, limits: QueueLimits | None = None) -> None:
        self._limits = limits or QueueLimits()
        self._waiting: dict[tuple[int, int], deque[Line]] = {}
        self._taken = 0
        self._dropped = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def put(self, line: Line) -> Line | None:
        """Queue a line, and return the one that had to be dropped for it, which may be itself."""
        if len(self) >= self._limits.lines:
            lowest = min(self._waiting)
            self._dropped += 1
            if line.standing < lowest:
                return line
            dropped = self._pop(lowest)
        else:
            dropped = None
        self._waiting.setdefault(line.standing, deque()).append(line)
        return dropped

    def take(self) -> tuple[Line, ...]:
        """Take out the lines that are to be answered together now: the oldest of the highest standing, within bounds.

        Empty when none waits.
        """
        if not self._waiting:
            return ()
        highest = max(self._waiting)
        batch = [self._pop(highest)]
        characters = len(batch[0].attributed)
        while not batch[0].item_id and (following := self._next(highest)) is not None:
            characters += len(following.attributed)
            is_full = len(batch) >= self._limits.batch_lines or characters > self._limits.batch_characters
            if following.item_id or is_full:
                break
            batch.append(self._pop(highest))
        self._taken += len(batch)
        return tuple(batch)

    def statistics(self) -> QueueStatistics:
        """Return the counts."""
        return QueueStatistics(waiting=len(self), taken=self._taken, dropped=self._dropped)

    def _next(self, standing: tuple[int, int]) -> Line | None:
        lines = self._waiting.get(standing)
        return lines[0] if lines else None

    def _pop(self, standing: tuple[int, int]) -> Line:
        lines = self._waiting[standing]
        line = lines.popleft()
        if not lines:
            del self._waiting[standing]
        return line
