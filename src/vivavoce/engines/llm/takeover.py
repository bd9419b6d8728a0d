"""A reply engine that is exchanged while it is in use: a small one at once, a better one when it has arrived.

Owns the moment of exchange and the end of the old engine. Refuses to know why or what is exchanged.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import anyio

from vivavoce.engines.protocols import ReadsAhead
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ReplyRequest

__all__ = ["Takeover"]


class _Tenure:
    """One engine's time in use."""

    def __init__(self, engine: ReplyEngine) -> None:
        self.engine = engine
        self.replies = 0
        self.idle = anyio.Event()
        self.idle.set()

    def begin(self) -> None:
        if self.replies == 0:
            self.idle = anyio.Event()
        self.replies += 1

    def finish(self) -> None:
        self.replies -= 1
        if self.replies == 0:
            self.idle.set()


class Takeover:
    """A `ReplyEngine` that passes each reply to the engine in force when the reply begins."""

    def __init__(self, engine: ReplyEngine) -> None:
        self._current = _Tenure(engine)
        self._retiring: list[_Tenure] = []
        self._is_closed = False

    @property
    def name(self) -> str:
        """The name of the engine that serves the next reply."""
        return self._current.engine.name

    @property
    def engine(self) -> ReplyEngine:
        """The engine that serves the next reply."""
        return self._current.engine

    @property
    def can_read_ahead(self) -> bool:
        """Whether the engine that serves the next reply can read its prompt ahead now."""
        engine = self._current.engine
        return isinstance(engine, ReadsAhead) and engine.can_read_ahead

    async def read_ahead(self, request: ReplyRequest) -> None:
        """Have the engine that serves the next reply read its prompt, if it can.

        Raises:
            EngineError: the engine failed, or was closed meanwhile.
            CapacityError: too much waits already.
        """
        engine = self._current.engine
        if isinstance(engine, ReadsAhead):
            await engine.read_ahead(request)

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply from one engine, even if another takes over meanwhile.

        Raises:
            EngineError: the engine failed, or all are closed.
        """
        if self._is_closed:
            raise EngineError("llm_gone", "The language model is closed.", stage=Stage.LLM)
        tenure = self._current
        deltas = tenure.engine.reply(request)
        tenure.begin()
        try:
            async for delta in deltas:
                yield delta
        finally:
            # Closing stops the generation; an engine whose iterator cannot be closed has nothing to stop.
            if isinstance(deltas, AsyncGenerator):
                await deltas.aclose()
            tenure.finish()

    async def replace(self, engine: ReplyEngine, *, drain_seconds: float = 120.0) -> None:
        """Let the next reply use `engine`, at once; return when the old engine is closed.

        It is closed when its last reply has ended, or after `drain_seconds`: then what is left of its replies fails.
        Cancelling the wait keeps the new engine in force and leaves the old one to `aclose`.
        """
        if self._is_closed:
            await engine.aclose()
            return
        old = self._current
        self._current = _Tenure(engine)
        self._retiring.append(old)
        with anyio.move_on_after(drain_seconds):
            await old.idle.wait()
        if old in self._retiring:
            self._retiring.remove(old)
            await old.engine.aclose()

    async def aclose(self) -> None:
        """Close every engine, whether replies are under way or not."""
        if self._is_closed:
            return
        self._is_closed = True
        tenures = [*self._retiring, self._current]
        self._retiring.clear()
        async with anyio.create_task_group() as closing:
            for tenure in tenures:
                closing.start_soon(tenure.engine.aclose)
