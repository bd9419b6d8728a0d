"""Learns from turns in the background: by rules at once; where they find nothing, by a language model in silence.

Owns the two bounded queues, what falls out of them, the deadlines, and the giving way to whoever speaks. Refuses to
know how facts are found and kept.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.engines.caller import Caller, Urgency, calling
from vivavoce.errors import VivavoceError
from vivavoce.memory.extraction.statement import Extractor
from vivavoce.memory.facts import SpokenTurn
from vivavoce.memory.stillness import Stillness

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from vivavoce.memory.extraction.statement import Statement

__all__ = ["LearningStatistics", "SlowExtraction", "TurnLearner"]

log = structlog.get_logger(__name__)

_WAITING_TURNS = 64
_STEP_SECONDS = 15.0
_TRIES = 3
_ALL_OF_US = "memory"
"""The one key under which the model's work is shared with the conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowExtraction:
    """A second look at turns in which the rules found nothing, by an extractor that takes seconds.

    Attributes:
        extractor: looks.
        stillness: the work begins only while nobody speaks, and is broken off when somebody does.
        deadline_seconds: what one turn may take.
    """

    extractor: Extractor
    stillness: Stillness
    deadline_seconds: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningStatistics:
    """How much waits, what was learned since the start, and what was lost: by a full queue, or by a failure."""

    waiting: int
    learned: int
    dropped: int
    failed: int


@dataclass(slots=True, eq=False)
class _Waiting:
    turn: SpokenTurn
    tries: int = 0
    has_told: bool = False
    is_wanted: bool = True


class TurnLearner:
    """Takes turns at once, and learns from them while `run` runs.

    Args:
        rules: the extractor that takes no time.
        keep: keeps what was found; tells whether it was new.
        slow: the second look; None for none.
        waiting_turns: how many turns may wait for each look; the oldest falls out.
    """

    def __init__(
        self,
        rules: Extractor,
        keep: Callable[[SpokenTurn, Statement], Awaitable[bool]],
        *,
        slow: SlowExtraction | None = None,
        waiting_turns: int = _WAITING_TURNS,
    ) -> None:
        self._rules = rules
        self._keep = keep
        self._slow = slow
        self._new: deque[_Waiting] = deque()
        self._for_model: deque[_Waiting] = deque()
        self._at_work: list[_Waiting] = []
        self._room = waiting_turns
        self._news = anyio.Event()
        self._model_news = anyio.Event()
        self._idle = anyio.Event()
        self._idle.set()
        self._learned = self._dropped = self._failed = 0

    def statistics(self) -> LearningStatistics:
        """Return how it stands."""
        return LearningStatistics(
            waiting=len(self._new) + len(self._for_model) + len(self._at_work),
            learned=self._learned,
            dropped=self._dropped,
            failed=self._failed,
        )

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later; returns at once."""
        if self._idle.is_set():
            self._idle = anyio.Event()
        self._put(self._new, _Waiting(turn))
        self._news.set()

    def waiting(self, user_id: str, conversation_id: str) -> list[SpokenTurn]:
        """Return the turns of a conversation from which something may yet be learned, the newest first."""
        turns = [
            one.turn
            for one in (*self._at_work, *self._for_model, *self._new)
            if one.is_wanted and (one.turn.user_id, one.turn.conversation_id) == (user_id, conversation_id)
        ]
        return sorted(turns, key=lambda turn: turn.at, reverse=True)

    def discard(self, user_id: str, turn_id: str = "") -> None:
        """Learn nothing more from a user's turn; without one, from none of those that wait."""
        for waiting in (*self._new, *self._for_model, *self._at_work):
            if waiting.turn.user_id == user_id and turn_id in ("", waiting.turn.turn_id):
                waiting.is_wanted = False

    async def until_idle(self) -> None:
        """Wait until nothing waits to be learned from, second looks included."""
        await self._idle.wait()

    async def run(self) -> None:
        """Learn until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._learn_by_rules)
            if self._slow is not None:
                tasks.start_soon(self._learn_slowly, self._slow)

    def _put(self, queue: deque[_Waiting], waiting: _Waiting) -> None:
        queue.append(waiting)
        if len(queue) > self._room:
            queue.popleft()
            self._dropped += 1

    async def _learn_by_rules(self) -> None:
        while True:
            if not self._new:
                self._news = anyio.Event()
                await self._news.wait()
            waiting = self._new.popleft()
            with calling(Caller(_ALL_OF_US, Urgency.BACKGROUND)), self._at_work_on(waiting):
                await self._look(waiting, self._rules, _STEP_SECONDS)
            if self._slow is not None and waiting.is_wanted and not waiting.has_told:
                self._put(self._for_model, waiting)
                self._model_news.set()
            self._note_idle()

    async def _learn_slowly(self, slow: SlowExtraction) -> None:
        while True:
            if not self._for_model:
                self._model_news = anyio.Event()
                await self._model_news.wait()
            await slow.stillness.until_still()
            if self._for_model:
                waiting = self._for_model.popleft()
                with self._at_work_on(waiting):
                    await self._look_while_quiet(waiting, slow)
            self._note_idle()

    @contextmanager
    def _at_work_on(self, waiting: _Waiting) -> Iterator[None]:
        """Keep a turn where it can be discarded until it waits again or is done with."""
        self._at_work.append(waiting)
        try:
            yield
        finally:
            self._at_work.remove(waiting)

    def _note_idle(self) -> None:
        if not (self._new or self._for_model or self._at_work):
            self._idle.set()

    async def _look_while_quiet(self, waiting: _Waiting, slow: SlowExtraction) -> None:
        """Look once more at a turn; where that was broken off, it is tried again later, but not for ever."""
        is_done = False
        waiting.tries += 1
        with calling(Caller(_ALL_OF_US, Urgency.BACKGROUND)):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_break_off, slow, tasks.cancel_scope)
                is_done = await self._look(waiting, slow.extractor, slow.deadline_seconds)
                tasks.cancel_scope.cancel()
        if is_done:
            return
        if waiting.tries < _TRIES:
            self._for_model.appendleft(waiting)
        else:
            self._dropped += 1

    async def _look(self, waiting: _Waiting, extractor: Extractor, seconds: float) -> bool:
        """Learn from a turn; return whether there is no use in trying again."""
        try:
            with anyio.fail_after(seconds):
                for statement in await extractor.extract(waiting.turn) if waiting.is_wanted else ():
                    waiting.has_told = True
                    if waiting.is_wanted and await self._keep(waiting.turn, statement):
                        self._learned += 1
        except (VivavoceError, TimeoutError) as error:
            self._failed += 1
            # Never the words: they are the user's.
            log.warning("not_learned", reason=getattr(error, "code", "timeout"))
            return not getattr(error, "retryable", False)
        return True


async def _break_off(slow: SlowExtraction, scope: anyio.CancelScope) -> None:
    await slow.stillness.until_disturbed()
    scope.cancel()
