"""The lines that fill a silence while tools are at work.

Owns when a line is due, and which it is: they take turns over the conversation. Refuses to know what a tool does, and
when somebody else has the floor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.settings import ReplyOptions

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.tool_round import ToolRound

__all__ = ["WORKING_TIMER", "WorkingLines"]

WORKING_TIMER = "working"

SILENCE_SECONDS = 0.7
"""How long a tool may be at work before the assistant says that it is."""

SILENCE_AGAIN_SECONDS = 8.0
MAX_LINES = 3
"""Lines that fill the silence of one round."""


class WorkingLines:
    """One conversation's lines; a round has a timer from `begin` until `end`."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies
        self._said = 0
        self._said_at: float | None = None

    def begin(self, round_: ToolRound, *, has_spoken: bool) -> None:
        """A round is under way; a line comes later where the reply that asked for it has said something itself."""
        self._wait(round_, SILENCE_AGAIN_SECONDS if has_spoken else self._first_silence())

    def end(self, round_: ToolRound) -> None:
        """Nobody waits for the round in silence any more."""
        self._core.cancel_timer(f"{WORKING_TIMER}:{round_.id}")

    def fill(self, round_: ToolRound, *, may_speak: bool) -> None:
        """A round's silence has grown long: say a line, if nobody else speaks now."""
        lines = self._core.settings.working
        if may_speak and lines:
            line = lines[self._said % len(lines)]
            self._said += 1
            self._said_at = self._core.now
            round_.lines += 1
            asked = round_.options
            options = ReplyOptions(recital=line, modality=asked.modality, voice=asked.voice, is_aside=True)
            self._replies.start(options, user_item_id=round_.user_item_id)
        self._wait(round_, SILENCE_AGAIN_SECONDS)

    def _first_silence(self) -> float:
        """Return how long to wait for a first line: whoever has just said one does not say another at once."""
        since = SILENCE_AGAIN_SECONDS if self._said_at is None else self._core.now - self._said_at
        return max(SILENCE_SECONDS, SILENCE_AGAIN_SECONDS - since)

    def _wait(self, round_: ToolRound, seconds: float) -> None:
        is_spoken = (round_.options.modality or self._core.settings.modality) == "audio"
        if round_.under_way and round_.is_current and is_spoken and round_.lines < MAX_LINES:
            self._core.start_timer(f"{WORKING_TIMER}:{round_.id}", seconds)
