"""What a server keeps: its database, the history and the memory in it.

Owns the opening of the two and what is said when one cannot be had: the server goes on without it. Refuses to know what
is kept.
"""

from __future__ import annotations

import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

from vivavoce.app.data_folder import data_folder
from vivavoce.errors import StorageError, VivavoceError
from vivavoce.history.history import History, begin_history
from vivavoce.history.retention import RetentionPolicy, keep_to
from vivavoce.memory.embedder import SentenceEmbedder
from vivavoce.memory.extraction.model import ModelExtractor
from vivavoce.memory.learning import SlowExtraction
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.models.pull import pull
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from anyio.abc import TaskGroup
    from sqlalchemy.ext.asyncio import AsyncEngine

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.memory.stillness import Stillness
    from vivavoce.models.store import ModelStore
    from vivavoce.settings import Settings

__all__ = ["KeptMemory", "open_database", "open_history", "open_memory", "wall_clock"]

log = structlog.get_logger(__name__)

ENCODER = "sentence-encoder"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMemory:
    """The memory, and what turns its sentences into vectors."""

    long_term: LongTermMemory
    embedder: SentenceEmbedder


def wall_clock() -> float:
    """Return the seconds since 1970."""
    return time.time()  # noqa: TID251 - what is kept carries a date; nothing is timed by it


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[AsyncEngine, None]:
    """Keep the database ready while the context is open.

    Raises:
        InputError: `database_url_invalid`.
    """
    async with open_engine(database_url(settings.database.get_secret_value(), data_folder(settings))) as engine:
        yield engine


async def open_history(
    settings: Settings, engine: AsyncEngine, group: TaskGroup, *, say: Callable[[str], None]
) -> History | None:
    """Return the history, which is kept within its limits in `group`; None where there is none to be had.

    A database that cannot be used now is not tried again: the server has none until its next start.
    """
    if not settings.history:
        return None
    try:
        history = await begin_history(engine, folder=data_folder(settings), archive=settings.history_archive)
    except StorageError as error:
        log.warning("history_not_kept", code=error.code, reason=error.message)
        say(f"Conversations are not kept until the server is started again: {error}")
        return None
    policy = RetentionPolicy.of(days=settings.retention_days, max_bytes=settings.history_max_bytes)

    async def retire() -> None:
        await keep_to(policy, history, wall_clock=wall_clock)

    group.start_soon(retire)
    return history


async def open_memory(
    settings: Settings,
    engine: AsyncEngine,
    group: TaskGroup,
    *,
    roster: EngineRoster,
    store: ModelStore,
    stillness: Stillness,
    say: Callable[[str], None],
) -> KeptMemory | None:
    """Return the memory, which learns in `group`; None where there is none to be had."""
    if not settings.memory:
        return None
    embedder = SentenceEmbedder(store.location(ENCODER))
    slow = SlowExtraction(extractor=ModelExtractor(_Current(roster)), stillness=stillness)
    memory = LongTermMemory(engine, embedder, wall_clock=wall_clock, slow=slow)
    try:
        await memory.prepare()
    except StorageError as error:
        log.warning("memory_not_kept", code=error.code, reason=error.message)
        say(f"Nothing is remembered: {error}")
        return None
    group.start_soon(memory.run)
    if store.is_present(ENCODER):
        # Loading holds the interpreter for 0.2 s: nobody is to be spoken with meanwhile.
        await _load(embedder)
    elif not settings.offline:
        group.start_soon(_fetch_and_load, embedder, store)
    return KeptMemory(long_term=memory, embedder=embedder)


async def _fetch_and_load(embedder: SentenceEmbedder, store: ModelStore) -> None:
    cancelled = threading.Event()
    try:
        await anyio.to_thread.run_sync(lambda: pull(store, ENCODER, cancelled=cancelled), abandon_on_cancel=True)
    except VivavoceError as error:
        log.warning("sentence_encoder_missing", code=error.code, reason=error.message)
        return
    finally:
        cancelled.set()
    await _load(embedder)


async def _load(embedder: SentenceEmbedder) -> None:
    try:
        await embedder.load()
    except VivavoceError as error:
        log.warning("sentence_encoder_missing", code=error.code, reason=error.message)


class _Current:
    """The language model that answers just now, whichever that is."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster

    @property
    def name(self) -> str:
        return self._roster.reply_engine().name

    def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        return self._roster.reply_engine().reply(request)

    async def aclose(self) -> None:
        """Others need it."""
