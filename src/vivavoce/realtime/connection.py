"""One client's connection: its events to the session, the session's news to its socket, its end.

Owns the tasks of a connection (they end with it), the idle limit, and the answer to every event that cannot be used.
Refuses to know which web server carries the socket, and who may connect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import NetworkError
from vivavoce.mind.holding import taken_over
from vivavoce.realtime.delivery import MESSAGES_A_TURN, Socket, closing_in_words, deliver
from vivavoce.realtime.in_force import SettingsInForce
from vivavoce.realtime.outbox import Outbox
from vivavoce.realtime.reporter import Reporter
from vivavoce.realtime.requests import RequestHandler
from vivavoce.realtime.tool_servers import ToolServers
from vivavoce.realtime.wire import extension_events as we
from vivavoce.realtime.wire.client_events import DEFAULT_LIMITS, EventLimits
from vivavoce.realtime.wire.session_config import default_session
from vivavoce.session.driver import Session
from vivavoce.session.listening import InputLimits
from vivavoce.session.recorder import SessionRecorder

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.realtime.query import ConnectionQuery

__all__ = ["ConnectionSettings", "RealtimeConnection"]

IDLE_SLACK = 1 / 64
"""The share of the idle limit by which a silent client may be sent away too soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """What every session of this server begins with.

    Attributes:
        model: the name that sessions are told.
        voice: the voice's name; empty lets the language choose.
        instructions: the system prompt of a session that sets none.
        language: the language of a session that names none, or "auto".
        silence_ms: silence that ends a turn of a session that has not said how turns end.
        idle_seconds: silence of the client after which its session ends.
        record_folder: where event logs are written; None for none.
    """

    model: str = "vivavoce"
    voice: str = ""
    instructions: str = ""
    language: str = "en"
    silence_ms: int = 500
    idle_seconds: float = 300.0
    record_folder: Path | None = None
    input_limits: InputLimits = field(default_factory=InputLimits)
    event_limits: EventLimits = DEFAULT_LIMITS


class RealtimeConnection:
    """Serves one socket. `extensions` once the client asked for `vivavoce.v1`."""

    def __init__(
        self,
        socket: Socket,
        *,
        session_id: str,
        roster: EngineRoster,
        settings: ConnectionSettings,
        extensions: bool,
        mind: ConversationMind | None = None,
        query: ConnectionQuery | None = None,
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self._socket = socket
        self._settings = settings
        self._roster = roster
        self._outbox = Outbox()
        config = default_session(
            session_id=session_id,
            model=settings.model,
            voice=(query.voice if query is not None else "") or settings.voice or "default",
            speed=query.speed if query is not None else 1.0,
            silence_ms=settings.silence_ms,
        )
        servers = ToolServers(mind.client_servers) if mind is not None else None
        in_force = SettingsInForce(
            config,
            default_language=settings.language,
            default_instructions=settings.instructions,
            extensions=extensions,
            mind=mind,
            persona=query.persona if query is not None else "",
            tools_of=servers.tools_of if servers is not None else None,
        )
        self._mind = mind
        self._reporter = Reporter(
            self._outbox,
            in_force.config,
            conversation_id=mind.conversation_id if mind is not None else f"conv_{session_id.removeprefix('sess_')}",
            extensions=extensions,
        )
        folder = settings.record_folder
        self._session = Session(
            session_id=session_id,
            settings=in_force.conversation,
            roster=roster,
            client=self._reporter,
            limits=settings.input_limits,
            mind=mind,
            recorder=SessionRecorder(folder, session_id, in_force.conversation) if folder is not None else None,
            clock=clock,
        )
        self._requests = RequestHandler(
            self._session,
            self._reporter,
            in_force=in_force,
            limits=settings.event_limits,
            servers=servers,
        )
        self._servers = servers
        if mind is not None:
            mind.changed = self._requests.change
            mind.refresh = self._requests.refresh

    @property
    def session(self) -> Session:
        """The session served."""
        return self._session

    async def run(self) -> None:
        """Serve until the client leaves, falls silent for too long, or something breaks; then leave nothing behind."""
        unsubscribe = self._roster.subscribe(self._reporter.tell_status)
        try:
            async with closing_in_words(self._socket, self._reporter, session_id=self._session.id):
                await self._serve()
        finally:
            unsubscribe()

    async def _serve(self) -> None:
        async with anyio.create_task_group() as group:
            self._greet()
            await group.start(self._session.run)
            if self._servers is not None:
                await group.start(self._servers.run, self._session.dispatch, self._requests.refresh)
            group.start_soon(deliver, self._outbox, self._socket)
            # Beside the writer, which may be waiting on the socket while the outbox fills.
            group.start_soon(self._outbox.overflow)
            group.start_soon(self._end_with_the_user, group.cancel_scope)
            await self._read()
            self._session.close("client_left")
            group.cancel_scope.cancel()

    def _greet(self) -> None:
        reporter = self._reporter
        reporter.greet(self._roster.statuses)
        if reporter.extensions and self._mind is not None and self._mind.is_recorded:
            reporter.send(we.Recording(event_id=reporter.next_event_id(), is_on=True))

    async def _read(self) -> None:
        limit = self._settings.idle_seconds
        with anyio.move_on_after(limit) as patience:
            heard = 0
            while (message := await self._socket.receive()) is not None:
                # Moving a deadline costs more than all else that is done for a message of audio.
                now = anyio.current_time()
                if patience.deadline - now < limit * (1 - IDLE_SLACK):
                    patience.deadline = now + limit
                await self._requests.handle(message)
                heard += 1
                # Messages that have arrived together are taken without waiting: let others and the writer have a turn.
                if not heard % MESSAGES_A_TURN:
                    await anyio.lowlevel.checkpoint()
            return
        raise NetworkError(
            "session_idle",
            f"Nothing was heard from the client for {limit:.0f} seconds.",
            remedy="Connect again to go on.",
        )

    async def _end_with_the_user(self, scope: anyio.CancelScope) -> None:
        await self._session.expired.wait()
        if self._mind is not None and self._mind.is_elsewhere:
            self._session.close("taken_over")
            raise taken_over()
        if self._session.was_hung_up:
            self._session.close("hung_up")
            scope.cancel()
            return
        raise NetworkError(
            "user_silent",
            "You said nothing for so long that the conversation was ended.",
            remedy="Connect again to go on.",
        )
