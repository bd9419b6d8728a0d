"""The calls of one reply, which are made together and told together.

Owns which of them are under way, and that two alike are one piece of work. Refuses to know when a round may be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ReplyOptions

__all__ = ["ToolRound"]


@dataclass(slots=True, kw_only=True)
class ToolRound:
    """The calls of one reply.

    Attributes:
        id: unique among the rounds.
        options: how the reply that tells the outcome is to be made; what they leave open is as the session says then,
            for a tool may have changed it.
        under_way: by the id of each call that runs, the items that wait for its outcome: its own, and those of calls
            that were just like it.
        has_client_calls: whether the client answers some of the reply's calls, and asks for the next reply itself.
        is_current: whether nothing else has been answered since.
        is_stale: whether it asks for nothing that this turn has not had already.
        has_outcome: whether something came of one of its calls.
        has_failed: whether one of its calls has.
        lines: how many lines have filled its silence.
    """

    id: str
    options: ReplyOptions
    under_way: dict[str, list[Item]] = field(default_factory=dict)
    user_item_id: str | None = None
    has_client_calls: bool = False
    is_current: bool = True
    is_stale: bool = False
    has_outcome: bool = False
    has_failed: bool = False
    lines: int = 0

    def join(self, item: Item) -> bool:
        """Have a call wait for the outcome of one just like it; False when none is under way."""
        for waiting in self.under_way.values():
            if (waiting[0].name, waiting[0].arguments) == (item.name, item.arguments):
                waiting.append(item)
                return True
        return False

    def forget(self, item_id: str) -> list[str]:
        """Drop a call's item, and return the ids of the calls that nobody waits for any more."""
        for waiting in self.under_way.values():
            waiting[:] = [item for item in waiting if item.id != item_id]
        given_up = [call_id for call_id, waiting in self.under_way.items() if not waiting]
        for call_id in given_up:
            del self.under_way[call_id]
        return given_up
