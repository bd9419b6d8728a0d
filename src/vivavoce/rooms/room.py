"""A room: one conversation that several share.

Owns the session, when it answers what was written, and the room's end: some time after the last one has left, or when
the session breaks. Refuses to know sockets, and how one of those who are there is told.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.transitions import State
from vivavoce.errors import CapacityError, NetworkError, UnauthorisedError, VivavoceError
from vivavoce.realtime.delivery import failure_of
from vivavoce.rooms.agreement import Agreement, shared
from vivavoce.rooms.audience import Audience
from vivavoce.rooms.stage import Stage
from vivavoce.rooms.story import Story
from vivavoce.rooms.written import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.realtime.in_force import SettingsInForce
    from vivavoce.realtime.query import ConnectionQuery, RoomRole
    from vivavoce.rooms.queue import Line
    from vivavoce.rooms.settings import RoomSettings
    from vivavoce.rooms.viewer import Viewer
    from vivavoce.session.driver import Session, SessionClient

__all__ = ["Room", "RoomSummary"]

log = structlog.get_logger(__name__)

STATE_EVERY_SECONDS = 0.1
LOOK_EVERY_SECONDS = 0.25
_FREE = (State.IDLE, State.LISTENING)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSummary:
    """A room as others see it."""

    name: str
    viewers: int
    speaker: str
    waiting: int
    taken: int
    dropped: int


class Room:
    """One room; a `SessionClient`. Enter `run`, then let viewers take their seats.

    Args:
        name: what it is called.
        owner: the user who opened it, and may be its host.
        conversation_id: what the conversation is called in the owner's history.
        in_force: its settings; the audio formats among them are each viewer's own affair.
        open_session: makes the session that tells this client what happens.
    """

    def __init__(
        self,
        name: str,
        *,
        owner: str,
        conversation_id: str,
        in_force: SettingsInForce,
        open_session: Callable[[SessionClient, ConversationSettings], Session],
        roster: EngineRoster,
        settings: RoomSettings,
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self.name = name
        self.owner = owner
        self.conversation_id = conversation_id
        self.settings = settings
        self.begun, self.over = anyio.Event(), anyio.Event()
        self._grace_seconds, self._grace = settings.grace_seconds, anyio.CancelScope()
        self.failure: VivavoceError | None = None
        self.session = open_session(self, shared(in_force.conversation))
        self.audience = Audience(Story(items=settings.past_items))
        self._written = Written(self.session, self.audience, settings)
        self._changed, self._may_answer = anyio.Event(), anyio.Event()
        self.stage = Stage(
            self.session,
            batcher=roster.vad_batcher,
            clock=clock,
            on_change=self._note_change,
            limits=settings.floor,
        )
        self.agreement = Agreement(in_force, self.session, self.stage, self.audience)

    async def run(self) -> None:
        """Serve until the room is over; whatever it started has ended when this returns, and no error leaves it.

        `begun` is set once viewers may take their seats, and `over` when they may no longer, or never could.
        """
        try:
            async with anyio.create_task_group() as group:
                await group.start(self.session.run)
                self.agreement.take_up()
                group.start_soon(self._answer)
                group.start_soon(self._tell_state)
                group.start_soon(self._look)
                self.begun.set()
                group.start_soon(self._end_with_the_session, group.cancel_scope)
                await self._emptied()
                self.session.close("room_over")
                group.cancel_scope.cancel()
        except* VivavoceError as errors:
            self.failure = failure_of(errors)
            log.warning("room_failed", session=self.session.id, code=self.failure.code, reason=self.failure.message)
        except* Exception as errors:
            log.exception("room_failed", session=self.session.id)
            self.failure = failure_of(errors)
        finally:
            self.over.set()
            self.begun.set()

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Tell everyone."""
        self.audience.tell(news, audio)
        self.stage.note(news)
        if isinstance(news, fx.TurnStateChanged | fx.ReplyDone):
            self._may_answer.set()

    def role_for(self, query: ConnectionQuery, user_id: str) -> RoomRole:
        """Return what somebody may be here; only its owner is ever host, also of a room that all have left.

        Raises:
            CapacityError: `room_full`.
            UnauthorisedError: `room_not_yours`.
        """
        if len(self.audience) >= self.settings.max_viewers:
            raise CapacityError(
                "room_full",
                f"All {self.settings.max_viewers} places of the room '{self.name}' are taken.",
                remedy="Try again in a moment.",
            )
        if query.role == "host" and user_id != self.owner:
            raise UnauthorisedError(
                "room_not_yours",
                f"The room '{self.name}' was opened by another user, who is its host.",
                remedy="Come in as a speaker or a viewer.",
            )
        is_first = not len(self.audience) and user_id == self.owner
        return query.role or ("host" if is_first else "speaker")

    @contextmanager
    def seat(self, viewer: Viewer) -> Iterator[None]:
        """Have somebody in the room for as long as the body runs."""
        with self.stage.microphone(viewer):
            self.audience.join(viewer, self.session.machine.items)
            self._note_change()
            try:
                yield
            finally:
                self.audience.leave(viewer)
                self._note_change()

    def write(self, line: Line) -> None:
        """Take a line that is to be answered when its turn comes.

        Raises:
            InputError: `line_empty`, `line_too_long` or `item_create_duplicate_item_id`.
            CapacityError: `room_queue_full`: too much that comes before it waits already.
        """
        try:
            self._written.take(line)
        finally:
            self._note_change()
            self._may_answer.set()

    def end(self) -> None:
        """End the room as soon as the last one has left."""
        self._grace_seconds = 0.0
        self._grace.deadline = anyio.current_time()

    def summary(self) -> RoomSummary:
        """Return how the room is."""
        counts, speaker = self._written.statistics(), self.stage.speaker
        return RoomSummary(
            name=self.name,
            viewers=len(self.audience),
            speaker=speaker.name if speaker else "",
            waiting=counts.waiting,
            taken=counts.taken,
            dropped=counts.dropped,
        )

    @property
    def is_answering(self) -> bool:
        """Whether what is written now has to wait."""
        return self.session.machine.state not in _FREE or self.stage.speaker is not None

    def _note_change(self) -> None:
        self._changed.set()

    async def _answer(self) -> None:
        """Answer what was written, whenever the conversation is free."""
        while True:
            await self._may_answer.wait()
            self._may_answer = anyio.Event()
            if self.is_answering or not self._written.statistics().waiting:
                continue
            is_to_be_answered = self._written.put_next()
            self._note_change()
            if is_to_be_answered:
                self.session.dispatch(ev.ReplyRequested())

    async def _tell_state(self) -> None:
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            now = self.summary()
            self.audience.tell_state(self.name, speaker=now.speaker, waiting=now.waiting, dropped=now.dropped)
            await anyio.sleep(STATE_EVERY_SECONDS)

    async def _look(self) -> None:
        while True:
            await anyio.sleep(LOOK_EVERY_SECONDS)
            self.stage.look()
            if not self.is_answering:
                self._may_answer.set()

    async def _end_with_the_session(self, scope: anyio.CancelScope) -> None:
        await self.session.expired.wait()
        self.session.close("hung_up")
        scope.cancel()

    async def _emptied(self) -> None:
        """Return once nobody has been there for a while."""
        while True:
            with anyio.move_on_after(self._grace_seconds) as self._grace:
                while not len(self.audience):
                    await self.audience.change()
            if self._grace.cancelled_caught:
                return
            while len(self.audience):
                await self.audience.change()

    def closed(self) -> VivavoceError:
        """Return why somebody who is still there must go."""
        return self.failure or NetworkError(
            "room_closed", f"The room '{self.name}' has been closed.", remedy="Open it again."
        )
