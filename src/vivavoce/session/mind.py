"""What a session thinks with, as far as its driver must know.

Owns the Protocol between the two, and the mind of a session that was given none. Refuses to know characters, memory,
tools and history: `vivavoce.mind` puts them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation import effects as fx
    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.engines.roster import EngineRoster

__all__ = ["BareMind", "SessionMind"]


class SessionMind(Protocol):
    """One session's own; whatever it has under way ends with the session."""

    def replies(self) -> ReplyEngine | None:
        """Return what answers now; None while there is nothing yet. It may also be a `ReadsAhead`."""
        ...

    def tell(self, news: fx.Effect, audio: Samples | None) -> None:
        """Take note of what happens, after the client was told; see `SessionClient`."""
        ...


class BareMind:
    """Nothing but the language model."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster

    def replies(self) -> ReplyEngine | None:
        """Return the language model."""
        return self._roster.replies

    def tell(self, news: fx.Effect, audio: Samples | None) -> None:
        """Take no note."""
