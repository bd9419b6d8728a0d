"""The first process of a server of several: it listens, hands connections to workers, and keeps them running.

Owns the sockets, the certificate, the shared language model and the workers' lives. A connection goes to the worker
that has the fewest, and stays with it. Refuses to serve anyone itself, so that nothing a session does can keep it from
accepting.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.app.fleet.hosted_model import HostedModels
from vivavoce.app.fleet.link import WorkerLink
from vivavoce.app.fleet.messages import (
    SETTINGS_UNUSABLE,
    Colleagues,
    GaveWay,
    ModelStatuses,
    Ready,
    Report,
    TakeOver,
    Welcome,
)
from vivavoce.app.fleet.takeovers import Takeovers
from vivavoce.app.host import model_store
from vivavoce.app.language_model import LanguageModel
from vivavoce.app.provision import Provisioner
from vivavoce.app.tls import directions, keep_certificate, with_certificate
from vivavoce.engines.llm.restart import RestartPolicy, RestartSchedule
from vivavoce.engines.roster import EngineRoster
from vivavoce.errors import EngineError, Stage
from vivavoce.server.listening import bind_sockets, url_of
from vivavoce.server.run import stop_on_signals
from vivavoce.settings import revealed

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from vivavoce.app.fleet.messages import ToWorker
    from vivavoce.server.settings import ServerSettings
    from vivavoce.settings import Settings

__all__ = ["Fleet", "run_fleet", "worker_count"]

log = structlog.get_logger(__name__)

MOST_AUTO_WORKERS = 8
NEWS_SECONDS = 1.0
READY_SECONDS = 180.0
STOP_MARGIN_SECONDS = 8.0
"""Beyond the time that connections have to end: for the worker's engines."""

NO_ROOM_SECONDS = 0.1
RESTARTS = RestartPolicy(attempts=10, first_delay_seconds=0.2, longest_delay_seconds=30.0, good_run_seconds=60.0)


def worker_count(settings: Settings) -> int:
    """Return how many processes are to serve; auto is one for every two cores, and each has room for a session."""
    by_cores = max(1, min(MOST_AUTO_WORKERS, (os.cpu_count() or 1) // 2))
    return min(by_cores if settings.workers == "auto" else settings.workers, settings.max_sessions)


async def run_fleet(settings: Settings, server: ServerSettings, *, announce: Callable[[str], None]) -> None:
    """Serve from several processes until told to stop; one line with the address once all of them can.

    Raises:
        InputError: the settings cannot be used, or the port is taken.
        EngineError: `workers_failed`, when all workers crash again and again, or cannot use the settings.
    """
    with ExitStack() as closing:
        sockets = await bind_sockets(server.host, server.port)
        for bound in sockets:
            closing.callback(bound.close)
        fleet = Fleet(settings, server)

        def ready() -> None:
            announce(f"vivavoce is ready: {url_of(server.host, sockets[0], is_tls=server.tls is not None)}")
            for line in directions(server, sockets[0].getsockname()[1]):
                announce(line)
            for shortcoming in fleet.shortcomings:
                announce(shortcoming)

        await fleet.run(sockets, ready=ready)


class Fleet:
    """The workers of a server, by number.

    Making one raises InputError for a setting that names no language model.
    """

    def __init__(self, settings: Settings, server: ServerSettings) -> None:
        self._settings = settings
        self._server = server
        self._count = worker_count(settings)
        self._links: dict[int, WorkerLink] = {}
        self._given_up = 0
        self._stop = anyio.Event()
        self._change = anyio.Event()
        self._roster = EngineRoster()
        self._models = HostedModels(self._count, self._tell)
        self._takeovers = Takeovers(self._tell)
        self._language_model = LanguageModel(
            settings,
            store=model_store(settings),
            provisioner=Provisioner(self._roster, model_store(settings), offline=settings.offline),
            succession=self._models,
            embedded=self._models.host,
        )
        self.shortcomings: tuple[str, ...] = ()

    async def run(self, sockets: list[socket.socket], *, ready: Callable[[], None]) -> None:
        """Serve until told to stop; `ready` is called once all workers can. Nothing is left afterwards.

        Raises:
            EngineError: `workers_failed`.
        """
        async with anyio.create_task_group() as models:
            self._models.retiring = models
            if self._language_model.is_embedded:
                await self._language_model.start(models)
                models.start_soon(self._language_model.improve)
            async with anyio.create_task_group() as workers:
                workers.start_soon(self._heed_signals)
                workers.start_soon(keep_certificate, self._settings)
                for number in range(self._count):
                    workers.start_soon(self._keep, number)
                await self._until_ready()
                if not self._stop.is_set():
                    ready()
                    workers.start_soon(self._spread_news)
                    for bound in sockets:
                        workers.start_soon(self._accept, bound)
                await self._stop.wait()
                workers.cancel_scope.cancel()
            models.cancel_scope.cancel()
        # Raised out here because a task group would wrap it into an exception group.
        if self._given_up == self._count:
            raise EngineError(
                "workers_failed",
                "No worker process of the server could go on.",
                remedy="See the log for the reason; use fewer workers where memory is short.",
                stage=Stage.RESOURCE,
            )

    async def _accept(self, bound: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(bound)
            except OSError as error:
                # The visitor left already, or there are no files to spare; those waiting are taken later.
                log.warning("connection_not_accepted", reason=error.strerror)
                await anyio.sleep(NO_ROOM_SECONDS)
                continue
            with connection:
                await self._hand_over(connection)

    async def _hand_over(self, connection: socket.socket) -> None:
        """Give a connection to the worker that has the fewest; while there is none at all, visitors wait."""
        while True:
            ready = [link for link in self._links.values() if link.is_ready]
            for link in sorted(ready, key=lambda link: link.load):
                if await link.hand_over(connection):
                    return
            if ready:
                return
            await self._change.wait()

    async def _keep(self, number: int) -> None:
        """Keep one worker running, with growing waits between its lives."""
        schedule = RestartSchedule(RESTARTS)
        while True:
            started_at = anyio.current_time()
            try:
                code: int | None = await self._live(number)
            except EngineError as error:
                log.error("worker_not_started", worker=number, reason=error.message)
                code = None
            delay = schedule.delay_seconds(anyio.current_time() - started_at)
            if delay is None or code == SETTINGS_UNUSABLE:
                log.error("worker_given_up", worker=number)
                self._give_up()
                return
            log.warning("worker_restarts", worker=number, exit_code=code, delay_seconds=delay)
            await anyio.sleep(delay)

    async def _live(self, number: int) -> int:
        """Run one worker, and return how it ended."""
        stop_seconds = self._server.shutdown_seconds + STOP_MARGIN_SECONDS
        async with WorkerLink.started(stop_seconds=stop_seconds) as link:
            # In this order: a model announced while the welcome is on its way goes out behind it.
            welcome = self._welcome(number)
            self._links[number] = link
            await link.line.say(welcome)
            try:
                async with anyio.create_task_group() as group:
                    group.start_soon(self._listen, number, link)
                    code = await link.died()
                    group.cancel_scope.cancel()
            finally:
                del self._links[number]
                self._note_change()
            # Now that nobody counts it among those to be asked.
            await self._takeovers.gone(number)
        return code

    async def _listen(self, number: int, link: WorkerLink) -> None:
        async for message in link.line.heard():
            match message:
                case Ready():
                    link.is_ready = True
                    self.shortcomings = message.shortcomings
                    self._note_change()
                case Report():
                    link.learn(message)
                case TakeOver():
                    # Who is not ready has no session, and would let them wait until it is.
                    others = [other for other, link in self._links.items() if link.is_ready and other != number]
                    await self._takeovers.begin(number, message, others)
                case GaveWay():
                    await self._takeovers.gave_way(number, message.ticket)

    async def _spread_news(self) -> None:
        """Tell every worker how the others are, and how the language models are."""
        while True:
            for number in tuple(self._links):
                others = (link.figures for other, link in self._links.items() if other != number)
                await self._tell(number, Colleagues(reports=tuple(figures for figures in others if figures)))
                await self._tell(number, ModelStatuses(components=self._roster.statuses))
            await anyio.sleep(NEWS_SECONDS)

    async def _tell(self, number: int, message: ToWorker) -> None:
        link = self._links.get(number)
        if link is not None:
            await link.line.say(message)

    async def _until_ready(self) -> None:
        """Wait until every worker serves, or has failed for good."""
        with anyio.move_on_after(READY_SECONDS):
            while not self._stop.is_set():
                if sum(link.is_ready for link in self._links.values()) + self._given_up >= self._count:
                    return
                await self._change.wait()

    def _welcome(self, number: int) -> Welcome:
        share, rest = divmod(self._server.max_sessions, self._count)
        return Welcome(
            worker=number,
            settings=revealed(with_certificate(self._settings, self._server)),
            max_sessions=share + (number < rest),
            shares_models=self._language_model.is_embedded,
            models=self._models.of_worker(number),
            statuses=ModelStatuses(components=self._roster.statuses),
        )

    def _give_up(self) -> None:
        """A worker has failed for good; without any the server ends."""
        self._given_up += 1
        if self._given_up == self._count:
            self._stop.set()
        self._note_change()

    async def _heed_signals(self) -> None:
        """Stop at a signal, also while the workers are still getting ready."""
        await stop_on_signals(self._stop)
        self._note_change()

    def _note_change(self) -> None:
        self._change.set()
        self._change = anyio.Event()
