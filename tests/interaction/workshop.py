"""A session's mind that runs tools as the test wants: at once, late, badly, or for ever.

Owns the record of the calls. Refuses to know what is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import ToolError
from vivavoce.session.mind import BareMind

if TYPE_CHECKING:
    from vivavoce.conversation import orders
    from vivavoce.engines.roster import EngineRoster

__all__ = ["Workshop"]


class Workshop(BareMind):
    """A mind whose tools take their time, fail, or never come to an end."""

    def __init__(self, roster: EngineRoster, *, seconds: float = 0.0, fails: bool = False) -> None:
        super().__init__(roster)
        self.seconds = seconds
        self.fails = fails
        self.begun: list[tuple[float, orders.RunTool]] = []
        self.cancelled = 0

    async def run_tool(self, order: orders.RunTool) -> tuple[str, str]:
        """Run a tool."""
        self.begun.append((anyio.current_time(), order))
        try:
            await anyio.sleep(self.seconds)
        except anyio.get_cancelled_exc_class():
            self.cancelled += 1
            raise
        if self.fails:
            raise ToolError("tool_failed", "The clock is broken.")
        return "It is noon.", ""
