"""What is remembered of the user, for one conversation and for each of its turns, without a turn ever waiting for it.

Owns when memory is asked, for how long, and what of its answer is worth a place in the prompt: of few facts all, at the
conversation's beginning; of many those that fit a turn's words, once; none that the turn itself tells. A memory that is
slow is asked one thing at a time for each conversation, and one that breaks is done without. Refuses to know how memory
searches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

import anyio
import structlog

from vivavoce.dialogue.threads import TurnNote
from vivavoce.errors import VivavoceError
from vivavoce.memory.told_again import told_among

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from anyio.abc import TaskGroup

    from vivavoce.dialogue.threads import Remembered, Thread
    from vivavoce.memory.facts import Fact, HearsOfRemovals, Recalled

__all__ = ["RecallSettings", "Recalling", "Recalls", "TellsOfRemovals"]

Result = TypeVar("Result")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallSettings:
    """The numbers.

    Attributes:
        deadline_seconds: how long a turn waits for memory; what comes later is left out.
        ahead_seconds: the same while the user still speaks, when nobody waits.
        give_up_seconds: how long an answer may take that no turn waits for any more.
        few_facts, few_characters: a user of whom no more is known has all of it in each prompt.
        per_turn: facts that one turn may bring into the prompt.
        least_score: how well a fact has to fit the words.
    """

    deadline_seconds: float = 0.04
    ahead_seconds: float = 0.5
    give_up_seconds: float = 30.0
    few_facts: int = 12
    few_characters: int = 600
    per_turn: int = 3
    least_score: float = 0.35


class Recalls(Protocol):
    """Long-term memory as prompts need it; `vivavoce.memory.facts.Remembers` fits."""

    async def search(self, user_id: str, words: str, *, limit: int = ...) -> tuple[Recalled, ...]:
        """Return the facts that fit the words best, the best first."""
        ...

    async def facts(self, user_id: str, *, limit: int = ...) -> list[Fact]:
        """Return a user's facts, the newest first."""
        ...


@runtime_checkable
class TellsOfRemovals(Protocol):
    """A memory that tells which facts hold no longer; `vivavoce.memory.facts.Remembers` does."""

    def subscribe(self, listener: HearsOfRemovals) -> Callable[[], None]:
        """Have the listener told; return what ends that."""
        ...


class Recalling:
    """Asks one memory, in the tasks of `background`."""

    def __init__(self, memory: Recalls, background: TaskGroup, settings: RecallSettings | None = None) -> None:
        self._memory = memory
        self._background = background
        self._settings = settings or RecallSettings()

    async def begin(self, thread: Thread, user_id: str, *, words: str, is_whole: bool) -> None:
        """Look up what is known of the user, once a conversation; nothing when there is too much of it, or too late.

        `words` are those of the turn that begins it.
        """
        if not user_id or (thread.known is not None and not thread.is_outdated):
            return
        few = self._settings.few_facts
        ask = partial(self._memory.facts, user_id, limit=few + 1)
        facts = await self._in_time(thread, "facts", ask, is_whole=is_whole)
        if facts is None:
            return
        known = tuple((fact.id, fact.text) for fact in facts)
        characters = sum(len(text) for _, text in known)
        is_few = len(known) <= few and characters <= self._settings.few_characters
        thread.known, thread.is_outdated = _untold(known, words) if is_few else (), False

    async def follow(
        self, thread: Thread, user_id: str, *, index: int, words: str, is_whole: bool
    ) -> tuple[Remembered, ...]:
        """Search for a turn's words, put what is new beside them, and return what fits, new or not.

        While the words still come, what is found is put before them; the rest behind them when they are whole.
        """
        if not user_id or not words.strip():
            return ()
        if thread.searched[0] != words:
            found = await self._search(thread, user_id, words, is_whole=is_whole)
            if found is None:
                return thread.searched[1] if is_whole and words.startswith(thread.searched[0]) else ()
            thread.searched = (words, found)
        found = thread.searched[1]
        placed = thread.placed()
        new = tuple(one for one in found if one[0] not in placed)
        if new or (is_whole and index in thread.notes):
            thread.note(index, _extended(thread.notes.get(index), new, words, is_whole=is_whole))
        return found

    async def _search(
        self, thread: Thread, user_id: str, words: str, *, is_whole: bool
    ) -> tuple[Remembered, ...] | None:
        settings = self._settings
        ask = partial(self._memory.search, user_id, words, limit=settings.per_turn)
        found = await self._in_time(thread, "search", ask, is_whole=is_whole)
        if found is None:
            return None
        return _untold([(one.fact.id, one.fact.text) for one in found if one.score >= settings.least_score], words)

    async def _in_time(
        self, thread: Thread, kind: str, ask: Callable[[], Awaitable[Result]], *, is_whole: bool
    ) -> Result | None:
        """Return the answer; None when it does not come in time, or memory still ponders an earlier question.

        What was asked is answered all the same: a query that is broken off costs the database its connection. What was
        forgotten meanwhile (`Thread.forget`) is in no answer.
        """
        patience = self._settings.deadline_seconds if is_whole else self._settings.ahead_seconds
        if (earlier := thread.asked.get(kind)) is not None:
            with anyio.move_on_after(patience):
                await earlier.wait()
            if kind in thread.asked:
                return None
        answers: list[Result] = []
        has_ended = asked = thread.asked[kind] = anyio.Event()

        async def answer() -> None:
            try:
                answers.extend(await self._answered(ask))
            finally:
                if thread.asked.get(kind) is asked:
                    del thread.asked[kind]
                else:
                    answers.clear()
                has_ended.set()

        self._background.start_soon(answer)
        with anyio.move_on_after(patience):
            await has_ended.wait()
            return answers[0] if answers else None
        _log.info("memory_too_late", deadline_seconds=patience)
        return None

    async def _answered(self, ask: Callable[[], Awaitable[Result]]) -> tuple[Result, ...]:
        """Return the answer, or nothing where there is none."""
        try:
            with anyio.fail_after(self._settings.give_up_seconds):
                return (await ask(),)
        except VivavoceError as error:
            _log.warning("memory_not_searched", code=error.code, reason=error.message)
        except TimeoutError:
            _log.warning("memory_given_up", give_up_seconds=self._settings.give_up_seconds)
        except Exception as error:  # noqa: BLE001 - any library may be behind it, and the task group is the server's
            # Its text may quote what somebody said.
            _log.error("memory_broken", error=type(error).__name__)
        return ()


def _untold(memories: Sequence[Remembered], words: str) -> tuple[Remembered, ...]:
    """Return the memories that say something else than the words do."""
    told = told_among([text for _, text in memories], words)
    return tuple(memory for memory in memories if memory[1] not in told)


def _extended(note: TurnNote | None, new: tuple[Remembered, ...], words: str, *, is_whole: bool) -> TurnNote:
    note = note or TurnNote(words="")
    if is_whole:
        return replace(note, words=words, after=(*note.after, *new))
    # What stands before the words does not depend on how they go on.
    return replace(note, before=(*note.before, *new))
