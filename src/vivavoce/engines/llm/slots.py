"""Which of the server's slots computes a reply.

Owns the memory of who used which slot: a conversation that gets its slot back finds its history computed already.
Refuses to wait; whoever asks makes sure that a slot is idle. Pure.

Left to itself, llama.cpp picks the first slot whose prompt resembles the new one. Where conversations share a system
prompt that is any slot, and each turn throws another conversation's history away: measured with three conversations of
four turns, 420 ms a prompt instead of 110.
"""

from __future__ import annotations

import math

__all__ = ["SlotTable"]

FORSAKEN_SECONDS = 30.0
"""A conversation that has not needed its slot for so long may have ended."""


class SlotTable:
    """Slots 0 to n-1, their last conversations, and which are busy. Times are in seconds."""

    def __init__(self, slots: int) -> None:
        self._owners: list[str | None] = [None] * slots
        self._last_used = [-math.inf] * slots
        self._busy: set[int] = set()

    def take(self, conversation_id: str, now: float) -> int:
        """Occupy an idle slot: the conversation's own, else the one unused for longest.

        Raises:
            LookupError: none is idle.
        """
        idle = [slot for slot in range(len(self._owners)) if slot not in self._busy]
        if not idle:
            raise LookupError("no idle slot")
        own = [slot for slot in idle if conversation_id and self._owners[slot] == conversation_id]
        by_use = self._last_used.__getitem__
        slot = max(own, key=by_use) if own else min(idle, key=by_use)
        self._busy.add(slot)
        self._owners[slot] = conversation_id
        self._last_used[slot] = now
        return slot

    def has_room_for(self, conversation_id: str, now: float) -> bool:
        """Whether the conversation would get a slot that no other is likely to come back for."""
        return any(
            owner == conversation_id or used <= now - FORSAKEN_SECONDS
            for slot, (owner, used) in enumerate(zip(self._owners, self._last_used, strict=True))
            if slot not in self._busy
        )

    def release(self, slot: int, now: float) -> None:
        """Make a slot idle; it still belongs to its conversation."""
        self._busy.discard(slot)
        self._last_used[slot] = now

    def forget(self) -> None:
        """Forget who had which slot: the server that remembered is gone."""
        self._owners = [None] * len(self._owners)
        self._last_used = [-math.inf] * len(self._owners)
