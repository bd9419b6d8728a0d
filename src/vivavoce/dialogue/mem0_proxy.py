"""`mem0_proxy`: the same character over the same language model, with the `mem0ai` library for its memory.

Owns what is different: memory is searched in mem0, and each turn that is over is added to it in the background, the
oldest left out when too many wait. That memory is its own: `/v1/memories` neither lists nor deletes what is in it; what
a user asks to be forgotten in a conversation is deleted from both. Refuses to make prompts (`chat_engine` does) and to
know the library (`mem0_memory` does).
"""

from __future__ import annotations

import contextlib
from collections import deque
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import msgspec
import structlog

from vivavoce.dialogue.chat_engine import ChatEngine
from vivavoce.dialogue.engine import EngineHealth, TurnOptions
from vivavoce.dialogue.mem0_memory import Mem0Memory
from vivavoce.errors import InputError, VivavoceError
from vivavoce.tools.remembering import FORGET

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable

    from anyio.abc import TaskGroup

    from vivavoce.dialogue.engine import EngineInfo
    from vivavoce.dialogue.registry import EngineParts
    from vivavoce.engines.protocols import ChatMessage, ReplyDelta
    from vivavoce.memory.facts import SpokenTurn

__all__ = ["Mem0Proxy", "make_mem0_proxy"]

_MOST_WAITING = 64
_LEARN_SECONDS = 120.0
_CLOSE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class _About(msgspec.Struct, frozen=True):
    """The arguments of the tool `forget`."""

    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forgetting:
    """What a user wants forgotten."""

    user_id: str
    about: str


class Mem0Proxy:
    """A `DialogueEngine` that learns in `background`, from its first use on."""

    def __init__(self, engine: ChatEngine, memory: Mem0Memory, background: TaskGroup) -> None:
        self._engine = engine
        self._memory = memory
        self._background = background
        self._is_at_work = False
        self._waiting: deque[SpokenTurn | _Forgetting] = deque()
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
            description=(
                "A character with the mem0 library for its memory, and tools, over the language model. That memory is "
                "its own: /v1/memories does not show it."
            ),
        )

    async def health_check(self) -> EngineHealth:
        """Find out whether a reply could be had, and its memory; within two seconds, unless mem0 is being opened."""
        health = await self._engine.health_check()
        if not health.is_healthy:
            return health
        self._begin()
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
        """Stream the reply; what it is to be learned from comes by `observe`.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character.
        """
        options = options or TurnOptions()
        self._begin()
        self._forget(messages, options)
        deltas = self._engine.generate_response(
            messages, conversation_id, personality_id, use_tools, stream, options=options
        )
        async with aclosing(deltas):
            async for delta in deltas:
                yield delta

    async def read_ahead(
        self, messages: tuple[ChatMessage, ...], conversation_id: str, personality_id: str, *, options: TurnOptions
    ) -> None:
        """Search memory for the words so far, and have the model read the prompt as far as it is certain.

        Raises:
            EngineError, CapacityError: the model could not read; the reply is made all the same.
            InputError: no such character.
        """
        self._begin()
        await self._engine.read_ahead(messages, conversation_id, personality_id, options=options)

    def close_conversation(self, conversation_id: str) -> None:
        """Forget what is kept for a conversation that is over; what was learned stays."""
        self._engine.close_conversation(conversation_id)

    async def caught_up(self) -> None:
        """Return when no turn waits to be learned from, and nothing to be forgotten."""
        await self._caught_up.wait()

    async def run(self) -> None:
        """Open the store, learn from what waits, one by one, until cancelled; then close the store."""
        try:
            while True:
                await self._do(self._memory.open())
                await self._news.wait()
                self._news = anyio.Event()
                while self._waiting:
                    await self._do(self._task(self._waiting.popleft()))
                self._caught_up.set()
        finally:
            with anyio.move_on_after(_CLOSE_SECONDS, shield=True):
                await self._memory.aclose()

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later; returns at once, and leaves out the oldest when too many wait."""
        self._begin()
        self._add(turn)

    def _begin(self) -> None:
        """Be at work from the first use on: whoever only lists engines is to start nothing."""
        if not self._is_at_work:
            self._is_at_work = True
            self._background.start_soon(self.run)

    async def _do(self, work: Awaitable[None]) -> None:
        try:
            with anyio.move_on_after(_LEARN_SECONDS):
                await work
        except VivavoceError as error:
            _log.warning("mem0_not_learned", code=error.code, reason=error.message)
        except Exception as error:  # noqa: BLE001 - a library is behind it, and the task group is the server's
            _log.error("mem0_broken", error=type(error).__name__)

    def _task(self, task: SpokenTurn | _Forgetting) -> Awaitable[None]:
        if isinstance(task, _Forgetting):
            return self._memory.forget_about(task.user_id, task.about)
        return self._memory.learn(task)

    def _forget(self, messages: tuple[ChatMessage, ...], options: TurnOptions) -> None:
        """Delete here, too, what a tool has just deleted: only then the reply goes on with its outcome."""
        if not (messages and messages[-1].role == "tool" and options.user_id):
            return
        outcome = messages[-1]
        for call_id, name, arguments in (call for message in messages for call in message.tool_calls):
            if call_id == outcome.tool_call_id and name == FORGET:
                # What it says is gone tells more than what was asked, which may be "that".
                _, told, gone = outcome.content.replace("：", ":").partition(":")
                with contextlib.suppress(msgspec.MsgspecError):
                    about = gone if told else msgspec.json.decode(arguments, type=_About).about
                    self._add(_Forgetting(user_id=options.user_id, about=about.strip()))

    def _add(self, task: SpokenTurn | _Forgetting) -> None:
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            _log.warning("mem0_behind", waiting=_MOST_WAITING)
        self._waiting.append(task)
        if self._caught_up.is_set():
            self._caught_up = anyio.Event()
        self._news.set()


def make_mem0_proxy(parts: EngineParts) -> Mem0Proxy:
    """Return the engine, which works from its first use on.

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
    return Mem0Proxy(engine, memory, parts.background)
