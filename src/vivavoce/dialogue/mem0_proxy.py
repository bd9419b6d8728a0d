"""`mem0_proxy`: the same character over the same language model, with the `mem0ai` library for its memory.

Owns what is different: memory is searched in mem0, and each turn is added to it in the background, the oldest left out
when too many wait. Refuses to make prompts (`chat_engine` does) and to know the library (`mem0_memory` does).
"""

from __future__ import annotations

from collections import deque
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.dialogue.chat_engine import ChatEngine
from vivavoce.dialogue.engine import EngineHealth, TurnOptions
from vivavoce.dialogue.mem0_memory import Mem0Memory, Mem0Turn
from vivavoce.engines.protocols import ReplyEnd, TextDelta
from vivavoce.errors import InputError, VivavoceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.dialogue.engine import EngineInfo
    from vivavoce.dialogue.registry import EngineParts
    from vivavoce.engines.protocols import ChatMessage, ReplyDelta

__all__ = ["Mem0Proxy", "make_mem0_proxy"]

_MOST_WAITING = 64
_LEARN_SECONDS = 120.0
_CLOSE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Mem0Proxy:
    """A `DialogueEngine`; `run` learns from turns, and has to be running."""

    def __init__(self, engine: ChatEngine, memory: Mem0Memory) -> None:
        self._engine = engine
        self._memory = memory
        self._waiting: deque[Mem0Turn] = deque()
        self._news = anyio.Event()
        self._caught_up = anyio.Event()
        self._caught_up.set()

    @property
    def can_read_ahead(self) -> bool:
        """Whether the model of the moment reads prompts while they grow."""
        return self._engine.can_read_ahead

    def get_engine_info(self) -> EngineInfo:
        """Return what this engine is."""
        return replace(
            self._engine.get_engine_info(),
            name="mem0_proxy",
            description="A character with the mem0 library for its memory, and tools, over the language model.",
        )

    async def health_check(self) -> EngineHealth:
        """Find out whether a reply could be had, and its memory; within two seconds, unless mem0 is being opened."""
        health = await self._engine.health_check()
        if not health.is_healthy:
            return health
        try:
            await self._memory.open()
        except VivavoceError as error:
            return EngineHealth(is_healthy=False, detail=str(error))
        return health

    async def generate_response(
        self,
        messages: tuple[ChatMessage, ...],
        conversation_id: str,
        personality_id: str,
        use_tools: bool = True,
        stream: bool = True,
        *,
        options: TurnOptions | None = None,
    ) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply, and learn from the turn once it is whole.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character.
        """
        options = options or TurnOptions()
        answered = ""
        deltas = self._engine.generate_response(
            messages, conversation_id, personality_id, use_tools, stream, options=options
        )
        async with aclosing(deltas):
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    answered += delta.text
                elif isinstance(delta, ReplyEnd) and delta.finish_reason != "tool_calls":
                    self._learn(messages, answered, options)
                yield delta

    async def read_ahead(
        self, messages: tuple[ChatMessage, ...], conversation_id: str, personality_id: str, *, options: TurnOptions
    ) -> None:
        """Search memory for the words so far, and have the model read the prompt as far as it is certain.

        Raises:
            EngineError, CapacityError: the model could not read; the reply is made all the same.
            InputError: no such character.
        """
        await self._engine.read_ahead(messages, conversation_id, personality_id, options=options)

    def close_conversation(self, conversation_id: str) -> None:
        """Forget what is kept for a conversation that is over; what was learned stays."""
        self._engine.close_conversation(conversation_id)

    async def caught_up(self) -> None:
        """Return when no turn waits to be learned from."""
        await self._caught_up.wait()

    async def run(self) -> None:
        """Learn from the turns that wait, one by one, until cancelled; then close the store."""
        try:
            while True:
                await self._news.wait()
                self._news = anyio.Event()
                while self._waiting:
                    await self._learn_from(self._waiting.popleft())
                self._caught_up.set()
        finally:
            with anyio.move_on_after(_CLOSE_SECONDS, shield=True):
                await self._memory.aclose()

    async def _learn_from(self, turn: Mem0Turn) -> None:
        try:
            with anyio.move_on_after(_LEARN_SECONDS):
                await self._memory.learn(turn)
        except VivavoceError as error:
            _log.warning("mem0_not_learned", code=error.code, reason=error.message)

    def _learn(self, messages: tuple[ChatMessage, ...], answered: str, options: TurnOptions) -> None:
        said = next((message.content for message in reversed(messages) if message.role == "user"), "")
        if not (options.keeps and options.user_id and said.strip()):
            return
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            _log.warning("mem0_behind", waiting=_MOST_WAITING)
        self._waiting.append(Mem0Turn(user_id=options.user_id, said=said, answered=answered))
        if self._caught_up.is_set():
            self._caught_up = anyio.Event()
        self._news.set()


def make_mem0_proxy(parts: EngineParts) -> Mem0Proxy:
    """Return the engine, at work.

    Raises:
        InputError: `mem0_not_installed`, or there is no embedder or folder for it.
    """
    if parts.embedder is None or parts.data is None:
        raise InputError(
            "mem0_unavailable",
            "The reply engine 'mem0_proxy' needs the sentence encoder and a folder for its memories.",
            remedy="Switch memory on, and pull the model 'sentence-encoder'.",
            param="engine",
        )
    memory = Mem0Memory(Path(parts.data) / "mem0", parts.embedder, parts.replies)
    engine = ChatEngine(parts.replies, personas=parts.personas, background=parts.background, memory=memory)
    proxy = Mem0Proxy(engine, memory)
    parts.background.start_soon(proxy.run)
    return proxy
