"""One session's history, written as it happens.

Owns the writer beside the conversation: `tell` only leaves a mark and returns at once, `run` writes. What waits is a
set of marks, merged by entry: an entry that changes faster than the database writes is written less often and loses
nothing (overflow policy: merge; see `chronicle_notes` for when even that is full). Refuses to hold up a turn: a
database that is slow, full or gone is tried again for as long as the session lasts, and nobody waits for it.

How much a kill -9 takes: the words of a user's turn are written when they are known. A reply is written clause by
clause when its sound goes out, and how much of it was heard every `FOLLOW_SECONDS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio
import structlog

from vivavoce.audio.formats import MODEL_HZ, SPEECH_HZ
from vivavoce.conversation import effects as fx
from vivavoce.errors import StorageError
from vivavoce.session.chronicle_notes import Notes
from vivavoce.session.chronicle_tape import Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vivavoce.audio.pcm import Samples
    from vivavoce.history.records import Entry, Portion
    from vivavoce.session.chronicle_notes import Attended

__all__ = ["Chronicle", "KeepsHistory", "KeepsSound"]

log = structlog.get_logger(__name__)

FOLLOW_SECONDS = 0.25
"""How often it is looked how far a reply was heard: two or three words."""

REST_SECONDS = 0.1
"""What lies between two writes of one session."""

FLUSH_SECONDS = 2.0
"""What the end of a session waits for its last words to be written."""

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.5, 30.0


class KeepsHistory(Protocol):
    """Where it is written; `HistoryStore` is one."""

    async def append(self, portion: Portion) -> bool:
        """Write it, and tell whether the conversation is still there.

        Raises:
            StorageError: it could not be written.
        """
        ...


class KeepsSound(Protocol):
    """Where sound is written; `Recordings` is one."""

    async def save(self, conversation_id: str, entry_id: str, audio: Samples, rate_hz: int) -> None:
        """Write the sound of an entry.

        Raises:
            StorageError: it could not be written.
        """
        ...

    async def delete_entry(self, conversation_id: str, entry_id: str) -> None:
        """Delete the sound of an entry, if there is any."""
        ...


class Chronicle:
    """Has the shape of `SessionClient`. Start `run` in the task group that the session's own task is in.

    Args:
        store: where it is written.
        conversation: the session's `machine`.
        wall_clock: seconds since 1970, for dates; nothing is timed by it.
        past: the entries of a conversation that goes on; None begins one.
        recordings: where sound is written; None unless the user has agreed to be recorded.
        clock: the session's own clock.
    """

    def __init__(
        self,
        store: KeepsHistory,
        conversation: Attended,
        *,
        conversation_id: str,
        user_id: str,
        wall_clock: Callable[[], float],
        past: Sequence[Entry] | None = None,
        recordings: KeepsSound | None = None,
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._conversation_id = conversation_id
        self._notes = Notes(conversation, conversation_id=conversation_id, user_id=user_id, past=past)
        self._recordings = recordings
        self._tape = Tape()
        self._wall_clock = wall_clock
        self._clock = clock
        self._something_new = anyio.Event()
        self._retry_seconds = 0.0
        self._sound_to_delete: list[str] = []
        self._is_sound_kept = True
        self._is_over = False
        self._is_deleted = False

    def describe(self, *, persona: str = "", engine: str = "") -> None:
        """Note who answers from now on; empty leaves it."""
        self._notes.persona = persona or self._notes.persona
        self._notes.engine = engine or self._notes.engine

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take note of what happens."""
        if self._is_deleted:
            return
        self._notes.take(news, self._wall_clock())
        if self._recordings is not None:
            self._record(news, audio)
        if self._notes.has_changes or self._notes.listening:
            self._something_new.set()

    async def run(self) -> None:
        """Write until cancelled, and then what is left, for `FLUSH_SECONDS` at most."""
        try:
            while not self._is_deleted:
                await self._wait()
                self._notes.follow(self._clock())
                await self._write()
                await anyio.sleep(self._retry_seconds or REST_SECONDS)
        finally:
            with anyio.move_on_after(FLUSH_SECONDS, shield=True):
                self._is_over = True
                self._notes.finish(self._clock())
                await self._write()
            if dropped := self._notes.dropped + self._tape.dropped:
                log.warning("history_incomplete", conversation=self._conversation_id, dropped=dropped)

    async def _wait(self) -> None:
        """Wait for something to write, or until it is time to look how far a reply was heard."""
        with anyio.move_on_after(FOLLOW_SECONDS if self._notes.listening else None):
            await self._something_new.wait()
        self._something_new = anyio.Event()

    async def _write(self) -> None:
        if self._is_deleted:
            return
        portion = self._notes.portion(at=self._wall_clock(), now=self._clock())
        if portion is not None and not await self._append(portion):
            return
        if self._notes.is_open and self._recordings is not None:
            self._sound_to_delete += portion.deleted if portion is not None else ()
            await self._write_sound(self._recordings)

    async def _append(self, portion: Portion) -> bool:
        written = False
        try:
            self._is_deleted = not await self._store.append(portion)
            written = True
        except StorageError as error:
            if not self._retry_seconds:
                log.warning("history_not_written", conversation=self._conversation_id, code=error.code)
            self._retry_seconds = min(LAST_RETRY_SECONDS, 2 * self._retry_seconds or FIRST_RETRY_SECONDS)
            self._something_new.set()
        finally:
            if not written:
                self._notes.put_back(portion)
        if written:
            self._retry_seconds = 0.0
            self._notes.written()
        return written and not self._is_deleted

    def _record(self, news: fx.News, audio: Samples | None) -> None:
        match news:
            case fx.InputCommitted() if audio is not None:
                self._tape.add(news.item_id, audio, MODEL_HZ)
            case fx.OutputAudio() if audio is not None:
                self._tape.add(news.item_id, audio, SPEECH_HZ)
            case fx.ItemDeleted():
                self._tape.forget(news.item_id)
            case _:
                pass

    async def _write_sound(self, recordings: KeepsSound) -> None:
        """Delete and write what is due; what fails, or is cut short, is tried again with the next write."""
        try:
            while self._sound_to_delete:
                await recordings.delete_entry(self._conversation_id, self._sound_to_delete[0])
                del self._sound_to_delete[0]
            for take in self._tape.takes(self._is_heard_out, self._length_of):
                await recordings.save(self._conversation_id, take.item_id, take.audio, take.rate_hz)
            self._is_sound_kept = True
        except StorageError as error:
            if self._is_sound_kept:
                log.warning("sound_not_written", conversation=self._conversation_id, code=error.code)
            self._is_sound_kept = False

    def _is_heard_out(self, item_id: str) -> bool:
        return self._is_over or item_id not in self._notes.listening

    def _length_of(self, item_id: str) -> int | None:
        """Return how much was heard of a reply that was cut short; None for all of what was not."""
        item = self._conversation.item(item_id)
        heard = self._conversation.heard(item_id, self._clock())
        is_cut = item_id in self._notes.listening or (item is not None and item.status == "incomplete")
        return heard[1] if is_cut and heard is not None else None
