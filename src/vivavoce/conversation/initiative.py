"""What the assistant says that nobody has just asked for, and when it may.

Owns the order of precedence (what to say for want of a model, what came of tools, whether a tool may be used, what a
timer or a notice says) and the two moments for it: no one else is speaking or being answered, and the floor is free
altogether. Refuses to know what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.settings import ReplyOptions
from vivavoce.conversation.transitions import State

if TYPE_CHECKING:
    from vivavoce.conversation.announcements import Announcements
    from vivavoce.conversation.approvals import Approvals
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.reply import Reply
    from vivavoce.conversation.tool_calls import ToolCalls
    from vivavoce.conversation.turn import TurnBook

__all__ = ["Initiative"]

OPEN_STATES = (State.IDLE, State.LISTENING, State.THINKING, State.SPEAKING)
"""Nobody is speaking, or means to interrupt."""


class Initiative:
    """Begins the replies that the conversation owes itself."""

    def __init__(
        self,
        core: Core,
        replies: Replies,
        *,
        book: TurnBook,
        tools: ToolCalls,
        approvals: Approvals,
        announcements: Announcements,
    ) -> None:
        self._core = core
        self._replies = replies
        self._book = book
        self._tools = tools
        self._approvals = approvals
        self._announcements = announcements

    @property
    def may_speak(self) -> bool:
        """Whether the assistant may begin to speak, be it behind words of its own that still sound."""
        is_open = self._core.state in OPEN_STATES
        return is_open and self._replies.active is None and not self._book.is_answer_owed

    def follow(self) -> None:
        """Take up the replies that have ended, and go on from there where the assistant has the floor."""
        in_vain: Reply | None = None
        for reply in self._replies.take_ended():
            if reply.has_whole_calls:
                self._tools.begin(reply)
                self._approvals.begin(reply)
            if reply.is_in_vain and not reply.asked.recital:
                in_vain = reply
        self._note_asked()
        if self.may_speak and not (in_vain is not None and self._admit_trouble(in_vain)):
            _ = self._tools.go_on(is_free=False) or self._approvals.ask()
        self._note_asked()

    def use_the_free_floor(self) -> None:
        """Nobody has the floor: say what could wait for that."""
        if self.may_speak and self._core.state in (State.IDLE, State.LISTENING):
            _ = self._tools.go_on(is_free=True) or self._announcements.say()
            self._note_asked()

    def _note_asked(self) -> None:
        for reply in self._replies.take_asked():
            self._tools.note_asked(reply)

    def _admit_trouble(self, failed: Reply) -> bool:
        """Say that no model answers, or tells of a tool's failure; a line of our own that fails too ends it.

        A model that did answer, and only had no voice for it, is not called silent: its words stand to be read.
        """
        settings = self._core.settings
        is_mute = failed.failure is not None and failed.failure.stage == "tts"
        line = "" if failed.status == "completed" or is_mute else settings.trouble
        if self._tools.tells_failure(failed):
            line = settings.tool_failed or line
        if line:
            options = ReplyOptions(recital=line, modality=failed.modality, voice=failed.voice, is_aside=True)
            self._replies.start(options, user_item_id=failed.user_item_id)
        return bool(line)
