"""What the engines can read while the user still speaks, so that little is left to read when a reply is wanted.

Owns the one reading a session has under way, and what it reads next. Refuses to know what a prompt consists of (the
conversation does) and how words are heard. All of it is work in the background, and none of it is ever waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.engines.protocols import ReadsAhead
from vivavoce.errors import VivavoceError
from vivavoce.speech.partial import without_newest_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from vivavoce.engines.protocols import ReplyRequest
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.mind import SessionMind

__all__ = ["ReadingAhead"]

log = structlog.get_logger(__name__)

BUSY_SECONDS = 0.05
"""When others wait so long for an engine, the time is better spent on what somebody waits for."""


class ReadingAhead:
    """Has the prompt of the next reply read, as far as it is known.

    Args:
        roster: the engines, and how busy they are.
        mind: what will answer; if it cannot read ahead it is left alone.
        scope: where the reading runs.
        request_for: what would be asked if the turn began with these words; None while a reply is being made.
        clock: seconds, as the engines' workload measures them.
    """

    def __init__(
        self,
        *,
        roster: EngineRoster,
        mind: SessionMind,
        scope: TaskGroup,
        request_for: Callable[[str], ReplyRequest | None],
        clock: Callable[[], float],
    ) -> None:
        self._roster = roster
        self._mind = mind
        self._scope = scope
        self._request_for = request_for
        self._clock = clock
        self._next: str | None = None
        self._newest: str | None = None
        self._reading: anyio.CancelScope | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether it is worth while to find out what the user has said so far."""
        engine = self._mind.replies()
        return (
            isinstance(engine, ReadsAhead)
            and engine.can_read_ahead
            and self._roster.workload.queue_delay_seconds(self._clock()) < BUSY_SECONDS
        )

    def follow(self, heard: str) -> None:
        """Read as far as is certain when this has been heard; a reading under way is finished first."""
        words = without_newest_word(heard)
        if words == self._newest or not self.is_wanted:
            return
        self._newest = self._next = words
        if self._reading is None:
            self._reading = anyio.CancelScope()
            self._scope.start_soon(self._read_all, self._reading)

    def stop(self) -> None:
        """Leave the engine to the reply."""
        self._newest = self._next = None
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def _read_all(self, reading: anyio.CancelScope) -> None:
        try:
            with reading:
                while self._next is not None:
                    words, self._next = self._next, None
                    await self._read(words)
        except VivavoceError as error:
            # It would only have saved time: the reply says what is wrong, if anything is.
            log.debug("not_read_ahead", code=error.code, reason=error.message)
        finally:
            if self._reading is reading:
                self._reading = None

    async def _read(self, words: str) -> None:
        engine, request = self._mind.replies(), self._request_for(words)
        if request is None or not isinstance(engine, ReadsAhead):
            return
        await engine.read_ahead(request)
        reader = self._roster.turn_reader
        if reader is not None and words:
            # What it says of half a turn is of no interest; it is quicker at the pause for having read so far.
            await reader.turn_end_probability(words, conversation_id=request.conversation_id)
