"""What a session thinks with, as far as its driver must know.

Owns the Protocol between the two, and the mind of a session that was given none. Refuses to know characters, memory,
tools and history: `vivavoce.mind` puts them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio

if TYPE_CHECKING:
    from anyio.abc import TaskStatus

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation import effects as fx
    from vivavoce.conversation import events as ev
    from vivavoce.conversation.machine import ConversationMachine
    from vivavoce.conversation.orders import RunTool
    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.engines.roster import EngineRoster

__all__ = ["BareMind", "SessionHands", "SessionMind"]


class SessionHands(Protocol):
    """A session, as far as its mind acts on it."""

    @property
    def machine(self) -> ConversationMachine:
        """The core, to look at."""
        ...

    def dispatch(self, event: ev.Event) -> None:
        """Give the machine an event."""
        ...

    def hang_up(self, *, at_once: bool = False) -> None:
        """End the session, once what is being said has been heard unless it has to be `at_once`."""
        ...


class SessionMind(Protocol):
    """One session's own; whatever it has under way ends with the session."""

    async def run(self, session: SessionHands, *, task_status: TaskStatus[None]) -> None:
        """Serve the session until cancelled; reports started when the conversation can begin.

        Raises:
            InputError: the conversation that was to be gone on with is not there.
        """
        ...

    async def run_tool(self, order: RunTool) -> tuple[str, str]:
        """Run a tool, and return its output and its error code, empty when it worked."""
        ...

    def replies(self) -> ReplyEngine | None:
        """Return what answers now; None while there is nothing yet. It may also be a `ReadsAhead`."""
        ...

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take note of what happens, after the client was told; see `SessionClient`."""
        ...


class BareMind:
    """Nothing but the language model."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster

    async def run(self, session: SessionHands, *, task_status: TaskStatus[None]) -> None:
        """There is nothing to do."""
        task_status.started()
        await anyio.sleep_forever()

    async def run_tool(self, order: RunTool) -> tuple[str, str]:
        """There are no tools."""
        return f"There is nobody here who could run the tool '{order.name}'.", "tool_not_available"

    def replies(self) -> ReplyEngine | None:
        """Return the language model."""
        return self._roster.replies

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take no note."""
