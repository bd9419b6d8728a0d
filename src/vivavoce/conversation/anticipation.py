"""A reply asked for before the turn is sure to be over: the engine works under the silence, and nobody is told.

Owns what the engine has said so far, held until the turn is confirmed and then taken up as if it had just come, or
dropped without a trace when the speaker goes on. Refuses to know why a pause is taken for an end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import Generate
from vivavoce.conversation.events import ReplyFailed
from vivavoce.conversation.reply import Reply

if TYPE_CHECKING:
    from vivavoce.conversation.events import ReplyEnded, ReplyTextArrived, ReplyToolCallArrived

    WrittenEvent = ReplyTextArrived | ReplyToolCallArrived | ReplyEnded | ReplyFailed

__all__ = ["Anticipation"]

MAX_HELD = 2_000
"""Deltas held for one turn; a reply that long was not waited for."""


@dataclass(slots=True, kw_only=True)
class Anticipation:
    """The reply, the order that asked for it, and what came of it."""

    reply: Reply
    order: Generate
    held: list[WrittenEvent] = field(default_factory=list)

    def hold(self, event: WrittenEvent) -> bool:
        """Keep what the engine said; False when the attempt has failed or grown too long, and is worth nothing."""
        self.held.append(event)
        return not isinstance(event, ReplyFailed) and len(self.held) <= MAX_HELD

    def answers(self, wanted: Reply, order: Generate) -> bool:
        """Whether the reply that is wanted now is the one that was anticipated: the same question put the same way."""
        mine = self.reply
        said_alike = (mine.language, mine.voice, mine.speed, mine.modality) == (
            wanted.language,
            wanted.voice,
            wanted.speed,
            wanted.modality,
        )
        return said_alike and replace(order, response_id=self.order.response_id) == self.order
