"""Long-term memory as the rest of the server knows it.

Owns what each call means, and that it concerns one user alone. Refuses to know how facts are found in words
(`extraction`), when they are (`learning`), how they are written (`keeping`), searched (`recall`) and kept (`store`):
it puts these together.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
from anyio import TASK_STATUS_IGNORED

from vivavoce.errors import EngineError, InputError, Stage
from vivavoce.memory.extraction.rules import RuleExtractor
from vivavoce.memory.extraction.sentences import is_chinese
from vivavoce.memory.facts import Fact
from vivavoce.memory.keeping import Keeping, checked, not_found
from vivavoce.memory.learning import TurnLearner
from vivavoce.memory.meant import Meant, bare, is_pointing
from vivavoce.memory.recall import Recall
from vivavoce.memory.store import FactStore, new_fact_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from anyio.abc import TaskStatus
    from sqlalchemy.ext.asyncio import AsyncEngine

    from vivavoce.memory.embedder import Embedder
    from vivavoce.memory.extraction.statement import Statement
    from vivavoce.memory.facts import HearsOfRemovals, Recalled, SpokenTurn
    from vivavoce.memory.learning import LearningStatistics, SlowExtraction

__all__ = ["LongTermMemory"]

_SEARCH_SECONDS = 2.0
_WRITE_SECONDS = 15.0
_EXPORT_PAGE = 500


class LongTermMemory:
    """Remembers users; a `Remembers`.

    Args:
        engine: the database; facts have tables of their own in it (`prepare` makes them).
        embedder: turns sentences into vectors.
        wall_clock: seconds since 1970.
        slow: a second look at what was said, by a language model while nobody speaks; None for none.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        embedder: Embedder,
        *,
        wall_clock: Callable[[], float],
        slow: SlowExtraction | None = None,
    ) -> None:
        self._wall_clock = wall_clock
        self._store = FactStore(engine)
        self._recall = Recall(self._store, embedder, wall_clock=wall_clock)
        self._listeners: dict[object, HearsOfRemovals] = {}
        self._keeping = Keeping(
            self._store, embedder, self._recall, wall_clock=wall_clock, removed=self._tell_of_removals
        )
        self._meant = Meant(self._store, self._recall, wall_clock=wall_clock)
        self._learner = TurnLearner(RuleExtractor(), self._keep_statement, slow=slow)

    @property
    def statistics(self) -> LearningStatistics:
        """How much waits to be learned from, and what became of the rest."""
        return self._learner.statistics()

    async def prepare(self) -> None:
        """Make the tables if they are not there; once, before anything else.

        Raises:
            StorageError: `memory_storage_failed`, `memory_too_new`.
        """
        await self._store.prepare()

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Learn from what was observed until cancelled; in the server's task group."""
        task_status.started()
        await self._learner.run()

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later, in the background; returns at once, and drops the oldest when too many wait."""
        self._learner.observe(turn)

    def subscribe(self, listener: HearsOfRemovals) -> Callable[[], None]:
        """Have the listener told of every fact that this process deletes or replaces; return what ends that."""
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    async def caught_up(self) -> None:
        """Wait until all that was observed has been learned from; bound it, for somebody may speak for long."""
        await self._learner.until_idle()

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        """Return the facts that fit the words best, the best first.

        Raises:
            StorageError, ModelError: what it needs is not there.
            EngineError: the sentence encoder failed; `memory_timeout` when it all took too long.
        """
        with _within(_SEARCH_SECONDS):
            return await self._recall.search(user_id, words, limit=limit)

    async def warm(self, user_id: str) -> None:
        """Read a user's facts into memory, so that the first search need not.

        Raises:
            StorageError: the database failed.
        """
        await self._recall.index(user_id)

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> Fact:
        """Keep a fact now; one that it contradicts is replaced, and stays readable as history.

        Returns the known fact where it says nothing new.

        Raises:
            InputError: `memory_empty`, `memory_too_long`.
            StorageError, ModelError, EngineError: as `search`.
        """
        fact = Fact(
            id=new_fact_id(),
            user_id=user_id,
            text=checked(text),
            language=language if language not in ("", "auto") else "zh" if is_chinese(text) else "en",
            told_at=self._wall_clock(),
            conversation_id=conversation_id,
            turn_id=turn_id,
        )
        with _within(_WRITE_SECONDS):
            return await self._keeping.keep(fact)

    async def facts(self, user_id: str, *, limit: int = 100, offset: int = 0, replaced: bool = False) -> list[Fact]:
        """Return a user's facts, the newest first; with `replaced`, also those that hold no longer.

        Raises:
            StorageError: the database failed.
        """
        return await self._store.page(user_id, limit=limit, offset=offset, replaced=replaced)

    async def fact(self, user_id: str, fact_id: str) -> Fact:
        """Return one fact of a user, held or replaced.

        Raises:
            InputError: `memory_not_found`.
            StorageError: the database failed.
        """
        found = await self._store.find(user_id, fact_id)
        if found is None:
            raise not_found(fact_id)
        return found

    async def export(self, user_id: str) -> AsyncIterator[Fact]:
        """Yield everything known of a user, the newest first, replaced facts included.

        Raises:
            StorageError: the database failed.
        """
        offset = 0
        while page := await self._store.page(user_id, limit=_EXPORT_PAGE, offset=offset, replaced=True):
            for fact in page:
                yield fact
            offset += len(page)

    async def correct(self, user_id: str, fact_id: str, text: str) -> Fact:
        """Put another text in a fact's place, and return the new fact.

        Raises:
            InputError: `memory_not_found`, `memory_replaced`, `memory_empty`, `memory_too_long`.
            StorageError, ModelError, EngineError: as `search`.
        """
        with _within(_WRITE_SECONDS):
            known = await self.fact(user_id, fact_id)
            if known.replaced_by:
                raise InputError(
                    "memory_replaced",
                    f"The memory '{fact_id}' holds no longer.",
                    remedy=f"Correct '{known.replaced_by}', which took its place.",
                    param="memory_id",
                )
            return await self._keeping.correct(known, text)

    async def forget(self, user_id: str, fact_id: str) -> None:
        """Delete a fact and every earlier version of it, for good.

        Raises:
            InputError: `memory_not_found`.
            StorageError: the database failed.
        """
        with _within(_WRITE_SECONDS):
            known = await self.fact(user_id, fact_id)
            if known.turn_id:
                # The turn may wait for a second look, which would find the fact again.
                self._learner.discard(user_id, known.turn_id)
            await self._keeping.forget(user_id, fact_id)

    async def forget_all(self, user_id: str) -> int:
        """Delete everything known of a user, for good; return how many facts that were, replaced ones included.

        Raises:
            StorageError: the database failed.
        """
        self._learner.discard(user_id)
        with _within(_WRITE_SECONDS):
            return await self._keeping.forget_all(user_id)

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> tuple[Fact, ...]:
        """Delete what the words clearly mean ("my address"), and return it; nothing when no fact fits well.

        "That" means what was told last in this conversation, within ten minutes. Where that waits to be learned, it
        never is, and the facts returned for it have no id.

        Raises:
            StorageError, ModelError, EngineError: as `search`.
        """
        words = bare(words)
        if is_pointing(words):
            meant = await self._meant.last(user_id, conversation_id, self._learner.waiting(user_id, conversation_id))
        else:
            meant = await self._meant.clearly(user_id, words)
        if meant is None:
            return ()
        if isinstance(meant, Fact):
            await self.forget(user_id, meant.id)
            return (meant,)
        self._learner.discard(user_id, meant[0].turn_id)
        with _within(_WRITE_SECONDS):
            # Of a turn that is being learned from, something may have been kept already, or be kept this moment.
            await self._keeping.forget_turn(user_id, meant[0].turn_id)
        return meant

    def _tell_of_removals(self, user_id: str, fact_ids: frozenset[str]) -> None:
        for listener in tuple(self._listeners.values()):
            listener(user_id, fact_ids)

    async def _keep_statement(self, turn: SpokenTurn, statement: Statement) -> bool:
        fact = Fact(
            id=new_fact_id(),
            user_id=turn.user_id,
            text=checked(statement.text),
            language=statement.language,
            told_at=turn.at,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            confidence=statement.confidence,
        )
        return await self._keeping.keep(fact) is fact


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Give what is done in it so many seconds.

    Raises:
        EngineError: `memory_timeout`.
    """
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        raise EngineError(
            "memory_timeout", "The memory did not answer in time.", stage=Stage.RESOURCE, retryable=True
        ) from error
