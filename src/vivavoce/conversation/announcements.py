"""What somebody else has the assistant say: a greeting, a timer that rings, a notice.

Owns what waits to be said, in order, and that a greeting is said first or not at all. Refuses to know who wants it
said, and when somebody else has the floor (`initiative`).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from vivavoce.conversation.settings import ReplyOptions

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import AnnouncementDue
    from vivavoce.conversation.replies import Replies

__all__ = ["Announcements"]

MAX_WAITING = 16
"""Announcements that wait for the floor; with one more the oldest is dropped."""


class Announcements:
    """What waits to be said."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies
        self._waiting: deque[AnnouncementDue] = deque(maxlen=MAX_WAITING)

    def take(self, event: AnnouncementDue) -> None:
        """Have something said as soon as the floor is free."""
        if event.text.strip():
            self._waiting.append(event)

    def say(self) -> bool:
        """Say what has waited longest; False when there is nothing."""
        while self._waiting:
            due = self._waiting.popleft()
            if due.kind == "greeting" and self._has_begun():
                continue
            self._replies.start(ReplyOptions(recital=due.text))
            return True
        return False

    def _has_begun(self) -> bool:
        return any(item.kind == "message" for item in self._core.items)
