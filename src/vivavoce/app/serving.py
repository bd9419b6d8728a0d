"""A running server: engines and web application together.

Owns the joining of the two, and the address they are reached at. Refuses to know the command line.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio

from vivavoce.app.fleet.parent import run_fleet, worker_count
from vivavoce.app.host import open_engines
from vivavoce.app.service import open_service
from vivavoce.app.tls import directions, keep_certificate, tls_files
from vivavoce.observe.loop_lag import LoopLag
from vivavoce.realtime.connection import ConnectionSettings
from vivavoce.resilience.admission import AdmissionLimits
from vivavoce.server.run import serve, stop_on_signals
from vivavoce.server.settings import ServerSettings, check_bind, check_tls, check_users
from vivavoce.session.listening import InputLimits

if TYPE_CHECKING:
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.settings import Settings

__all__ = ["in_process_server", "run_server", "server_settings", "shortcomings", "spare_the_collector"]

Announce = Callable[[str], None]

SILENCE_MS = 500
"""Silence that ends a turn where a session does not say otherwise, as the protocol has it."""

INSTANT_SILENCE_MS = 200
"""The same with engines that cost nothing: what other servers are measured with."""


def server_settings(settings: Settings, *, is_only_worker: bool = True) -> ServerSettings:
    """Return what the web server must know; not `is_only_worker` for one process of several.

    Raises:
        InputError: the users or their keys cannot be told apart, `bind_needs_api_key`, or `tls_files_unusable`.
        StorageError: `certificate_not_kept`.
    """
    connection = ConnectionSettings(
        voice=settings.voice,
        instructions=settings.instructions,
        language=settings.language,
        silence_ms=INSTANT_SILENCE_MS if settings.engines == "instant" else SILENCE_MS,
        idle_seconds=settings.idle_seconds,
        record_folder=settings.record,
        input_limits=InputLimits(max_bytes=settings.input_max_bytes, max_chunks=settings.input_max_chunks),
    )
    server = ServerSettings(
        host=settings.host,
        port=settings.port,
        tls=tls_files(settings),
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        users={name: key.get_secret_value() for name, key in settings.users.items()},
        allowed_origins=settings.allowed_origins,
        max_sessions=settings.max_sessions,
        is_only_worker=is_only_worker,
        admission=AdmissionLimits(
            loop_lag_seconds=settings.max_loop_lag_ms / 1000,
            queue_delay_seconds=settings.max_queue_delay_ms / 1000,
            first_audio_seconds=settings.max_first_audio_ms / 1000,
        ),
        connection=connection,
    )
    check_users(server)
    check_bind(server)
    if is_only_worker:
        # Of several, the first process has looked; a file that is just being replaced must not end a worker for good.
        check_tls(server)
    return server


async def run_server(settings: Settings, *, announce: Announce) -> None:
    """Serve until told to stop: engines first, then one line with the address and one for each thing degraded.

    Raises:
        InputError: the settings cannot be used, or the port is taken; alone in an exception group where engines were
            opened before that was found out.
    """
    server = server_settings(settings)
    if worker_count(settings) > 1:
        await run_fleet(settings, server, announce=announce)
        return
    stop, lag = anyio.Event(), LoopLag()
    async with (
        open_engines(settings) as roster,
        open_service(settings, server, roster, loop_lag_seconds=lambda: lag.p99_ms / 1000) as service,
        anyio.create_task_group() as group,
    ):

        def ready(address: str) -> None:
            announce(f"vivavoce is ready: {address}")
            for line in directions(server, urlsplit(address).port or 0):
                announce(line)
            for line in (*shortcomings(roster), *service.shortcomings):
                announce(line)

        spare_the_collector()
        group.start_soon(stop_on_signals, stop)
        group.start_soon(lag.run)
        group.start_soon(keep_certificate, settings)
        await serve(service.app, server, ready=ready, stop=stop)
        group.cancel_scope.cancel()


@asynccontextmanager
async def in_process_server(settings: Settings, *, announce: Announce) -> AsyncGenerator[str, None]:
    """Serve on a free loopback port while the context is open, and give the realtime address.

    Raises:
        InputError: the settings cannot be used; alone in an exception group where engines were opened before.
    """
    plain = {"tls": False, "tls_cert": None, "tls_key": None}
    local = settings.model_copy(update={"host": "127.0.0.1", "port": 0, "api_key": None, "users": {}, **plain})
    server = server_settings(local)
    async with (
        open_engines(local) as roster,
        open_service(local, server, roster) as service,
        anyio.create_task_group() as group,
    ):
        started = anyio.Event()
        addresses: list[str] = []

        def ready(address: str) -> None:
            addresses.append(address)
            started.set()

        async def run() -> None:
            await serve(service.app, server, ready=ready)

        group.start_soon(run)
        await started.wait()
        for line in (*shortcomings(roster), *service.shortcomings):
            announce(line)
        try:
            yield f"{addresses[0].replace('http', 'ws', 1).rstrip('/')}/v1/realtime"
        finally:
            group.cancel_scope.cancel()


def spare_the_collector() -> None:
    """Exempt all that is in memory from garbage collection.

    Modules and engines stay for good, yet every full collection looked through their 180,000 objects: measured 220 ms
    in which nobody was heard, a few times a minute with a hundred sessions.
    """
    gc.collect()
    gc.freeze()


def shortcomings(roster: EngineRoster) -> list[str]:
    """Return a line for each engine that is missing or degraded."""
    return [
        f"{status.state}: {status.name} ({status.job}). {status.detail}"
        for status in roster.statuses
        if status.state in ("degraded", "missing")
    ]
