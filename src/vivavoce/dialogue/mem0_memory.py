"""The `mem0ai` library as long-term memory, with nothing of it outside this machine.

Owns what the library is made of: our sentence encoder for its embedder, a local vector store, and the server's language
model to find facts with. Its telemetry and its notices are switched off before it is imported. Its calls block, so they
run in threads, one after the other; while the model looks for facts in a turn, others may search. Refuses to know
conversations and prompts.
"""

from __future__ import annotations

import logging
import os
import threading
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import structlog

from vivavoce.engines.caller import Urgency, urgency
from vivavoce.engines.llm.behind import engines_behind
from vivavoce.engines.protocols import ChatMessage, CountsTokens, ReplyRequest, TextDelta
from vivavoce.errors import InputError, ToolError, VivavoceError
from vivavoce.memory.facts import Fact, Recalled
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.memory.embedder import Embedder
    from vivavoce.memory.facts import HearsOfRemovals, SpokenTurn

__all__ = ["Mem0Memory"]

_COLLECTION = "memories"
_EXTRACTION_CONTEXT_TOKENS = 12_000
"""The library's own instructions for finding facts are some 8,000 tokens long."""
_ANSWER_TOKENS = 800
_LEAST_SCORE = 0.1
_MEANT_SCORE = 0.5
"""From which on what was found is what somebody means who wants it forgotten."""
_THREADS = 4
"""Of ours, that may wait for the library; it does one thing at a time."""

_log = structlog.get_logger(__name__)


class Mem0Memory:
    """One store for all users. `open` makes it ready; safe to cancel, for threads finish by themselves.

    Args:
        folder: where its files go.
        embedder: turns texts into vectors.
        replies: gives the language model of the moment.
    """

    def __init__(self, folder: Path, embedder: Embedder, replies: Callable[[], ReplyEngine]) -> None:
        if find_spec("mem0") is None:
            raise InputError(
                "mem0_not_installed",
                "The reply engine 'mem0_proxy' needs the library mem0ai, which is not installed.",
                remedy="Install it with: pip install 'vivavoce[mem0]'.",
                param="engine",
            )
        self._folder = folder
        self._embedder = embedder
        self._replies = replies
        self._memory: Any = None
        self._opening = anyio.Lock()
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._lock = threading.Lock()
        self._listeners: list[HearsOfRemovals] = []

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        """Return what fits the words best."""
        found = await self._call("search", words, top_k=limit, filters={"user_id": user_id}, threshold=_LEAST_SCORE)
        return tuple(
            Recalled(fact=_fact(user_id, entry), score=float(entry.get("score") or 0.0)) for entry in found["results"]
        )

    async def facts(self, user_id: str, *, limit: int = 100) -> list[Fact]:
        """Return what is known of a user."""
        listed = await self._call("get_all", top_k=limit, filters={"user_id": user_id})
        return [_fact(user_id, entry) for entry in listed["results"]]

    async def learn(self, turn: SpokenTurn) -> None:
        """Find and keep what a turn tells of the user.

        A model whose context is too small for the library's instructions is not asked: the user's words are kept as
        they are, unless they only ask.
        """
        messages = [{"role": "user", "content": turn.said}]
        if self._can_extract():
            answer = [{"role": "assistant", "content": turn.heard}] if turn.heard else []
            await self._call("add", [*messages, *answer], user_id=turn.user_id)
        elif _tells(turn.said):
            await self._call("add", messages, user_id=turn.user_id, infer=False)

    async def forget_about(self, user_id: str, words: str) -> None:
        """Delete what fits the words best, if it fits them well."""
        for found in await self.search(user_id, words, limit=1):
            if found.score >= _MEANT_SCORE:
                await self._call("delete", found.fact.id)
                self._tell_of(user_id, frozenset({found.fact.id}))

    def subscribe(self, listener: HearsOfRemovals) -> Callable[[], None]:
        """Have the listener told of what is deleted; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell_of(self, user_id: str, removed: frozenset[str]) -> None:
        for listener in tuple(self._listeners):
            listener(user_id, removed)

    async def open(self) -> None:
        """Make the library ready, unless it is; everything else does so, too.

        Raises:
            ToolError: `mem0_failed`.
        """
        async with self._opening:
            if self._memory is None:
                token = anyio.lowlevel.current_token()
                make = partial(_make, self._folder, self._embedder.dimensions)
                try:
                    memory = await anyio.to_thread.run_sync(make)
                except Exception as error:
                    raise _failed(f"cannot be made ready: {type(error).__name__}: {error}") from error
                memory.embedding_model = _Embedding(self._embedder, token)
                memory.llm = _Model(self._ask, token, self._lock)
                self._memory = memory

    async def aclose(self) -> None:
        """Close the store's files."""
        memory, self._memory = self._memory, None
        if memory is not None:
            await anyio.to_thread.run_sync(partial(_close, memory, self._lock), abandon_on_cancel=True)

    def _can_extract(self) -> bool:
        try:
            engines = engines_behind(self._replies())
        except VivavoceError:
            return False
        contexts = [engine.context_tokens for engine in engines if isinstance(engine, CountsTokens)]
        return all(not context or context >= _EXTRACTION_CONTEXT_TOKENS for context in contexts)

    async def _call(self, name: str, *arguments: object, **options: object) -> Any:
        """Call the library in a thread.

        Raises:
            ToolError: `mem0_failed`.
        """
        await self.open()
        call = partial(getattr(self._memory, name), *arguments, **options)

        def alone() -> Any:
            with self._lock:
                return call()

        try:
            return await anyio.to_thread.run_sync(alone, abandon_on_cancel=True, limiter=self._threads)
        except VivavoceError:
            raise
        except Exception as error:
            # Without its text, which may quote what somebody said.
            raise _failed(f"failed: {type(error).__name__}") from error

    async def _ask(self, messages: list[dict[str, str]]) -> str:
        asked = tuple(
            ChatMessage(role="system" if message["role"] == "system" else "user", content=message["content"])
            for message in messages
        )
        with urgency(Urgency.BACKGROUND):
            pieces = [
                delta.text
                async for delta in self._replies().reply(ReplyRequest(messages=asked, max_tokens=_ANSWER_TOKENS))
                if isinstance(delta, TextDelta)
            ]
        return "".join(pieces)


class _Embedding:
    """Our encoder, as the library calls it, from any thread."""

    def __init__(self, embedder: Embedder, token: anyio.lowlevel.EventLoopToken) -> None:
        self._embedder = embedder
        self._token = token

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        return self.embed_batch([text])[0]

    def embed_batch(self, texts: Sequence[str], memory_action: str | None = None) -> list[list[float]]:
        rows = anyio.from_thread.run(self._embedder.embed, list(texts), token=self._token)
        return [[float(value) for value in row] for row in rows]


class _Model:
    """The server's language model, as the library calls it, from any thread."""

    def __init__(
        self,
        ask: Callable[[list[dict[str, str]]], Any],
        token: anyio.lowlevel.EventLoopToken,
        lock: threading.Lock,
    ) -> None:
        self._ask = ask
        self._token = token
        self._lock = lock

    def generate_response(self, messages: list[dict[str, str]], **_: object) -> str:
        # It takes seconds, and touches nothing of the store: whoever searches goes before.
        self._lock.release()
        try:
            return str(anyio.from_thread.run(self._ask, messages, token=self._token))
        finally:
            self._lock.acquire()


def _make(folder: Path, dimensions: int) -> Any:
    # Read when the library is imported: nothing may leave this machine, and nothing be written outside the folder.
    make_private(folder)
    os.environ["MEM0_TELEMETRY"] = "False"
    os.environ["MEM0_DIR"] = str(folder)
    logging.getLogger("mem0").setLevel(logging.CRITICAL)
    from mem0 import Memory
    from mem0.configs.base import MemoryConfig
    from mem0.memory import main, telemetry

    # Somebody may have imported it before.
    telemetry.MEM0_TELEMETRY = main.MEM0_TELEMETRY = False
    telemetry.client_telemetry.close()

    nowhere = {"api_key": "none", "openai_base_url": "http://127.0.0.1:9"}
    config = MemoryConfig(
        vector_store={
            "provider": "qdrant",
            "config": {
                "path": str(folder / "vectors"),
                "on_disk": True,
                "collection_name": _COLLECTION,
                "embedding_model_dims": dimensions,
            },
        },
        # Both are replaced: the library makes its own before anybody can say otherwise.
        llm={"provider": "openai", "config": nowhere},
        embedder={"provider": "openai", "config": nowhere},
        history_db_path=str(folder / "history.db"),
    )
    return Memory(config)


def _close(memory: Any, lock: threading.Lock) -> None:
    with lock:
        client = getattr(memory.vector_store, "client", None)
        if client is not None:
            client.close()
        memory.close()


def _failed(how: str) -> ToolError:
    """Return the failure for whatever the library and its vector store raise: it has no common type."""
    return ToolError(
        "mem0_failed",
        f"The memory library mem0 {how}"[:300].rstrip(".") + ".",
        remedy="See that its folder can be written to and is used by no other server.",
        retryable=True,
    )


def _fact(user_id: str, entry: dict[str, Any]) -> Fact:
    text = str(entry.get("memory", ""))
    return Fact(id=str(entry["id"]), user_id=user_id, text=text, language="", told_at=0.0)


def _tells(words: str) -> bool:
    return not words.rstrip().endswith(("?", "？")) and len(words) >= 8
