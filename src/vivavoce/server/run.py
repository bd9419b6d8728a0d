"""A server at work: its start, its end.

Owns the uvicorn server of an application: bound before anything starts, announced when it accepts, and ended within a
deadline when its task is cancelled or it is told to stop. Refuses to know the application, and to catch signals unless
asked to.
"""

from __future__ import annotations

import asyncio
import math
import signal
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import uvicorn

from vivavoce.server.accepting import let_in
from vivavoce.server.certificate_reload import follow_certificate
from vivavoce.server.handshakes import Handshakes
from vivavoce.server.listening import BACKLOG, bind_sockets, url_of
from vivavoce.server.patience import HEAD_SECONDS, PatientHttp
from vivavoce.server.settings import check_bind
from vivavoce.server.shutdown import CutOff

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterable, Callable, Iterator

    from starlette.types import ASGIApp

    from vivavoce.server.settings import ServerSettings

__all__ = ["EVENT_LOOP", "serve", "serve_connections", "stop_on_signals"]

EVENT_LOOP: dict[str, bool] = {"use_uvloop": sys.platform != "win32"}
"""Backend options for `anyio.run` around `serve`."""

_LAST_TASKS_SECONDS = 1.0


class _Server(uvicorn.Server):
    """A uvicorn server that says when it listens, takes connections that others accepted, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config, settings: ServerSettings, ready: Callable[[], None]) -> None:
        # Before it serves, so that whoever looks after the certificate finds the context it is shown in.
        config.load()
        super().__init__(config)
        self._ready = ready
        self.handshakes = Handshakes()
        self.tls_files = settings.tls
        self.patience_seconds = settings.shutdown_seconds

    async def take(self, connection: socket.socket) -> None:
        """Serve whoever is at the other end; nothing happens when they have left already."""
        with self.handshakes.another():
            await self._shake_hands(connection)

    async def _shake_hands(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        tls = self.config.ssl
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._protocol,
                connection,
                ssl=tls,
                ssl_handshake_timeout=HEAD_SECONDS if tls is not None else None,
            )
        except OSError:
            connection.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg] # known as any protocol, as in uvicorn itself
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    app: ASGIApp,
    settings: ServerSettings,
    *,
    ready: Callable[[str], None] = lambda url: None,
    stop: anyio.Event | None = None,
) -> None:
    """Serve `app` until `stop` is set or the task is cancelled; `ready` is called with the URL once it accepts.

    At the end no new connection is taken, and what is under way has `settings.shutdown_seconds` to finish.

    Raises:
        InputError: `bind_needs_api_key`, `port_in_use`, `port_not_allowed` or `address_not_available`.
    """
    check_bind(settings)
    with ExitStack() as closing:
        sockets = await bind_sockets(settings.host, settings.port)
        for bound in sockets:
            closing.callback(bound.close)
        service = CutOff(app)
        started, stop = anyio.Event(), stop or anyio.Event()

        def listening() -> None:
            started.set()
            ready(url_of(settings.host, sockets[0], is_tls=settings.tls is not None))

        server = _Server(_config(service, settings), settings, listening)
        if settings.tls is None:
            await _serve_until(stop, server, service, sockets=sockets)
            return

        async def take_in(until: anyio.Event) -> None:
            await started.wait()
            await let_in(sockets, lambda connection: group.start_soon(server.take, connection), until=until)

        # Taken in here and not by uvicorn, which bounds handshakes neither in number nor to less than a minute.
        async with anyio.create_task_group() as group:
            group.start_soon(take_in, stop)
            await _serve_until(stop, server, service, sockets=[])
            group.cancel_scope.cancel()


async def serve_connections(
    app: ASGIApp,
    settings: ServerSettings,
    connections: AsyncIterable[socket.socket],
    *,
    ready: Callable[[Callable[[], int]], None],
    stop: anyio.Event,
) -> None:
    """Serve `app` on connections that somebody else has accepted, until `stop` is set or the task is cancelled.

    `ready` is called once the first can be taken, with a function that counts those that are open, whoever shakes hands
    among them. At the end what is under way has `settings.shutdown_seconds` to finish.
    """
    service = CutOff(app)
    started = anyio.Event()
    server = _Server(_config(service, settings), settings, started.set)

    async def take_in() -> None:
        await started.wait()
        ready(lambda: len(server.server_state.connections) + len(server.handshakes))
        async for connection in connections:
            # Nobody waits for another's handshake.
            group.start_soon(server.take, connection)

    async with anyio.create_task_group() as group:
        group.start_soon(take_in)
        await _serve_until(stop, server, service, sockets=[])
        group.cancel_scope.cancel()


async def stop_on_signals(stop: anyio.Event) -> None:
    """Set `stop` at the first SIGINT or SIGTERM; what comes after has its usual effect."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()
            return


async def _serve_until(stop: anyio.Event, server: _Server, service: CutOff, *, sockets: list[socket.socket]) -> None:
    """Serve until `stop` or a cancellation, then end what is under way."""
    stopping = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(partial(_run, server, service, sockets, stopping=stopping))
        try:
            await stop.wait()
        finally:
            server.should_exit = True
            stopping.set()


async def _run(server: _Server, service: CutOff, sockets: list[socket.socket], *, stopping: anyio.Event) -> None:
    async def cut_off_the_slow() -> None:
        await stopping.wait()
        await anyio.sleep(server.patience_seconds)
        service.cut()

    # Shielded, so that being cancelled means an orderly end: it is told to stop at the same time, and has a deadline.
    with anyio.CancelScope(shield=True):
        async with anyio.create_task_group() as group:
            group.start_soon(cut_off_the_slow)
            if server.tls_files is not None and server.config.ssl is not None:
                group.start_soon(follow_certificate, server.config.ssl, server.tls_files)
            await server.serve(sockets)
            group.cancel_scope.cancel()
        if tasks := server.server_state.tasks.copy():
            await asyncio.wait(tasks, timeout=_LAST_TASKS_SECONDS)


def _config(app: ASGIApp, settings: ServerSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientHttp,
        ws="websockets-sansio",
        ws_max_size=settings.max_message_bytes,
        # Audio does not shrink, and deflating it would cost more than it is worth.
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        # Access lines, and the lines about opened sockets, would print addresses with whatever stands in them.
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        ssl_certfile=settings.tls.certificate if settings.tls else None,
        ssl_keyfile=settings.tls.key if settings.tls else None,
        # Only if cutting off what is under way did not end it.
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds) + 1,
    )
