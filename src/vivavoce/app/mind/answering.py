"""Which reply engine answers for a conversation.

Owns the binding of the two. Refuses to know what an engine does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.conversation import ConversationMind

__all__ = ["Answering"]


class Answering:
    """An `AnswersFor`."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster

    def bound(self, mind: ConversationMind) -> ReplyEngine:
        """Return what answers for a conversation."""
        return self._roster.reply_engine()

    def close_conversation(self, conversation_id: str) -> None:
        """Forget what is kept for a conversation that is over."""
