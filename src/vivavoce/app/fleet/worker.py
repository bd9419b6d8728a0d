"""A worker process: holds sessions on connections that the first process hands over.

Run as `python -m vivavoce.app.fleet.worker`, with two sockets of the first process as open files. Owns its engines but
the language model, and its end: it leaves when it is told to, or when the first process is gone, however it went.
Refuses to listen anywhere.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.app.first_prompt import first_prompt
from vivavoce.app.fleet.elsewhere import OtherWorkers
from vivavoce.app.fleet.messages import (
    SETTINGS_UNUSABLE,
    Colleagues,
    FromWorker,
    GiveWay,
    Line,
    ModelAt,
    ModelStatuses,
    Numbered,
    Ready,
    Report,
    Stop,
    ToWorker,
    Vacant,
    Welcome,
)
from vivavoce.app.fleet.shared_models import SharedModels
from vivavoce.app.host import model_store, open_engines
from vivavoce.app.language_model import shelf_folder
from vivavoce.app.service import open_service
from vivavoce.app.serving import server_settings, shortcomings, spare_the_collector
from vivavoce.errors import InputError, lone_failure
from vivavoce.observe.logs import configure_logs
from vivavoce.observe.loop_lag import LoopLag
from vivavoce.server.colleagues import WorkerReport
from vivavoce.server.measures import measures
from vivavoce.server.run import EVENT_LOOP, serve_connections
from vivavoce.settings import exact_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from anyio.abc import TaskGroup, UNIXSocketStream

    from vivavoce.server.services import Services

__all__ = ["main"]

log = structlog.get_logger(__name__)

REPORT_SECONDS = 0.05
"""Between two looks at the connections, by which new ones are dealt out."""

FIGURES_SECONDS = 1.0
MOST_CONNECTIONS_A_MESSAGE = 64
WELCOME_SECONDS = 30.0


def main() -> None:
    """Serve until the first process says so, or is gone."""
    # A Ctrl-C in the terminal reaches the whole process group; the first process decides when its workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parser = argparse.ArgumentParser(description="worker of a vivavoce server, started and supervised by it")
    parser.add_argument("--line", type=int, required=True, help="open file: the line to the first process")
    parser.add_argument("--connections", type=int, required=True, help="open file: where connections come from")
    arguments = parser.parse_args()
    try:
        anyio.run(_work, arguments.line, arguments.connections, backend_options=EVENT_LOOP)
    except (InputError, BaseExceptionGroup) as error:
        failure = lone_failure(error) if isinstance(error, BaseExceptionGroup) else error
        if not isinstance(failure, InputError):
            raise
        log.error("worker_cannot_serve", code=failure.code, reason=str(failure))
        sys.exit(SETTINGS_UNUSABLE)


async def _work(line_file: int, connections_file: int) -> None:
    stream = await anyio.abc.UNIXSocketStream.from_socket(line_file)
    line: Line[FromWorker, ToWorker] = Line(stream, ToWorker)
    intake = Intake(await anyio.abc.UNIXSocketStream.from_socket(connections_file))
    async with aclosing(line.heard()) as messages:
        with anyio.fail_after(WELCOME_SECONDS):
            welcome = await anext(messages, None)
        if isinstance(welcome, Welcome):
            await Worker(welcome, line, intake).run(messages)


class Intake:
    """The connections that the first process hands over."""

    def __init__(self, stream: UNIXSocketStream) -> None:
        self._stream = stream
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[socket.socket]:
        """Yield each connection, until there is nobody to hand over any."""
        while True:
            try:
                _, files = await self._stream.receive_fds(MOST_CONNECTIONS_A_MESSAGE, MOST_CONNECTIONS_A_MESSAGE)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                return
            for file in files:
                self.taken += 1
                yield socket.socket(fileno=file)


class Worker:
    """One worker's life."""

    def __init__(self, welcome: Welcome, line: Line[FromWorker, ToWorker], intake: Intake) -> None:
        self._number = welcome.worker
        self._settings = exact_settings({**welcome.settings, "max_sessions": welcome.max_sessions})
        self._line = line
        self._intake = intake
        self._stop = anyio.Event()
        self._latest_colleagues: Colleagues | None = None
        self._services: Services | None = None
        self._others = OtherWorkers(line.say)
        self._shares_models = welcome.shares_models
        self._models = SharedModels(first_prompt(self._settings), shelf=shelf_folder(model_store(self._settings)))
        self._models.report(welcome.statuses)
        for model in welcome.models:
            self._models.announce(model)

    async def run(self, messages: AsyncIterator[ToWorker]) -> None:
        """Load the engines, then serve until told to stop."""
        settings = self._settings
        configure_logs(settings.log_level, settings.log_format)
        server = server_settings(settings, is_only_worker=False)
        async with anyio.create_task_group() as group:
            group.start_soon(self._obey, messages, group)
            lag = LoopLag()
            async with (
                open_engines(settings, shared_models=self._models if self._shares_models else None) as roster,
                open_service(
                    settings,
                    server,
                    roster,
                    loop_lag_seconds=lambda: lag.p99_ms / 1000,
                    worker=self._number,
                    holders=self._others.holders,
                ) as service,
            ):
                services = self._services = service.services
                if self._latest_colleagues is not None:
                    services.colleagues.learn(self._latest_colleagues.reports)

                def ready(count_open: Callable[[], int]) -> None:
                    group.start_soon(self._report, services, count_open)

                spare_the_collector()
                group.start_soon(lag.run)
                await serve_connections(service.app, server, self._intake, ready=ready, stop=self._stop)
            group.cancel_scope.cancel()

    async def _obey(self, messages: AsyncIterator[ToWorker], life: TaskGroup) -> None:
        """Do as the first process says; without it there is nothing to do."""
        async for message in messages:
            match message:
                case ModelAt():
                    self._models.announce(message)
                case ModelStatuses():
                    self._models.report(message)
                case Colleagues():
                    self._latest_colleagues = message
                    if self._services is not None:
                        self._services.colleagues.learn(message.reports)
                case Numbered() | Vacant():
                    self._others.note(message)
                case GiveWay():
                    life.start_soon(self._others.give_way, message)
                case Stop() | Welcome():
                    break
        self._stop.set()
        if self._services is None:
            life.cancel_scope.cancel()

    async def _report(self, services: Services, count_open: Callable[[], int]) -> None:
        await self._line.say(Ready(shortcomings=tuple(shortcomings(services.roster))))
        told, figures_at = (0, 0), -FIGURES_SECONDS
        while True:
            connections, now = (self._intake.taken, count_open()), anyio.current_time()
            is_due = now - figures_at >= FIGURES_SECONDS
            if is_due or connections != told:
                figures = _figures(services, self._number) if is_due else None
                await self._line.say(Report(taken=connections[0], open=connections[1], figures=figures))
                told, figures_at = connections, now if is_due else figures_at
            await anyio.sleep(REPORT_SECONDS)


def _figures(services: Services, number: int) -> WorkerReport:
    slots = services.session_slots.statistics()
    return WorkerReport(
        worker=number,
        pid=os.getpid(),
        sessions=slots.active,
        sessions_total=slots.admitted,
        samples=tuple(measures(services)),
    )


if __name__ == "__main__":
    main()
