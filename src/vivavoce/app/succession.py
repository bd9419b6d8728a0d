"""The language model that answers in this process, and the change from one to the next.

Owns the roster's reply engine. Refuses to know where models come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.engines.llm.takeover import Takeover
from vivavoce.engines.roster import Job

if TYPE_CHECKING:
    from vivavoce.engines.fallback import Provider
    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.engines.roster import EngineRoster

__all__ = ["RosterSuccession"]


class RosterSuccession:
    """Lets one model after the other answer in a roster, at its provider's place in the order."""

    def __init__(self, roster: EngineRoster, provider: Provider) -> None:
        self._roster = roster
        self._provider = provider
        self._takeover: Takeover | None = None

    @property
    def name(self) -> str | None:
        """The name of the model that answers; None before the first."""
        return None if self._takeover is None else self._takeover.name

    async def take_up(self, engine: ReplyEngine) -> None:
        """Let an engine answer from the next turn on; return when the one before it has ended its replies."""
        self._provider.model = engine.name
        if self._takeover is None:
            self._takeover = Takeover(engine)
            self._roster.add_replies(self._takeover, self._provider)
            return
        replaced = self._takeover.name
        await self._takeover.replace(engine)
        self._roster.forget(Job.LLM, replaced)
