"""Which engines stand behind one that passes replies on.

Owns the way through those that pass on. Refuses to ask any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.engines.fallback_replies import FallbackReplies
from vivavoce.engines.llm.takeover import Takeover

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyEngine

__all__ = ["engines_behind"]


def engines_behind(engine: ReplyEngine) -> tuple[ReplyEngine, ...]:
    """Return the engines that may make the next reply, the preferred one first."""
    match engine:
        case Takeover():
            return engines_behind(engine.engine)
        case FallbackReplies():
            return tuple(found for member in engine.engines for found in engines_behind(member))
        case _:
            return (engine,)
