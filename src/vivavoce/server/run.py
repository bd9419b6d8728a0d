"""A server that listens: its sockets, its start, its end.

Owns the uvicorn server of an application: bound before anything starts, announced when it accepts, and ended within a
deadline when its task is cancelled or it is told to stop. Refuses to know the application, and to catch signals unless
asked to.
"""

from __future__ import annotations

import asyncio
import errno
import math
import signal
import socket
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
import uvicorn

from vivavoce.errors import InputError
from vivavoce.server.settings import check_bind
from vivavoce.server.shutdown import CutOff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from vivavoce.server.settings import ServerSettings

__all__ = ["EVENT_LOOP", "serve", "stop_on_signals"]

EVENT_LOOP: dict[str, bool] = {"use_uvloop": sys.platform != "win32"}
"""Backend options for `anyio.run` around `serve`."""

_BACKLOG = 512
_LAST_TASKS_SECONDS = 1.0


class _Server(uvicorn.Server):
    """A uvicorn server that says when it listens, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

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
        sockets = await _bind(settings.host, settings.port)
        for bound in sockets:
            closing.callback(bound.close)
        service = CutOff(app)
        server = _Server(_config(service, settings), lambda: ready(_url(settings.host, sockets[0])))
        stopping, patience = anyio.Event(), settings.shutdown_seconds
        async with anyio.create_task_group() as group:
            group.start_soon(partial(_run, server, service, sockets, stopping=stopping, patience_seconds=patience))
            try:
                await (stop or anyio.Event()).wait()
            finally:
                server.should_exit = True
                stopping.set()


async def stop_on_signals(stop: anyio.Event) -> None:
    """Set `stop` at the first SIGINT or SIGTERM; what comes after has its usual effect."""
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            stop.set()
            return


async def _run(
    server: _Server, service: CutOff, sockets: list[socket.socket], *, stopping: anyio.Event, patience_seconds: float
) -> None:
    async def cut_off_the_slow() -> None:
        await stopping.wait()
        await anyio.sleep(patience_seconds)
        service.cut()

    # Shielded, so that being cancelled means an orderly end: it is told to stop at the same time, and has a deadline.
    with anyio.CancelScope(shield=True):
        async with anyio.create_task_group() as group:
            group.start_soon(cut_off_the_slow)
            await server.serve(sockets)
            group.cancel_scope.cancel()
        if tasks := server.server_state.tasks.copy():
            await asyncio.wait(tasks, timeout=_LAST_TASKS_SECONDS)


def _config(app: ASGIApp, settings: ServerSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
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
        backlog=_BACKLOG,
        # Only if cutting off what is under way did not end it.
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds) + 1,
    )


async def _bind(host: str, port: int) -> list[socket.socket]:
    """Return a socket for each address of `host`, all on one port."""
    try:
        found = await anyio.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as failure:
        raise _unavailable(host, failure) from failure
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    sockets: list[socket.socket] = []
    failures: list[OSError] = []
    for family, address in addresses:
        same_port = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_listen(family, (address[0], same_port)))
        except OSError as failure:
            failures.append(failure)
            if failure.errno in (errno.EADDRINUSE, errno.EACCES):
                break
    fatal = [failure for failure in failures if failure.errno in (errno.EADDRINUSE, errno.EACCES)]
    if fatal or not sockets:
        for bound in sockets:
            bound.close()
        raise _refusal(host, port, (fatal or failures)[0])
    return sockets


def _listen(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setblocking(False)
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def _refusal(host: str, port: int, failure: OSError) -> InputError:
    if failure.errno == errno.EADDRINUSE:
        return InputError(
            "port_in_use",
            f"Port {port} is taken.",
            remedy="Stop the other program, or use --port with another number.",
            param="port",
        )
    if failure.errno == errno.EACCES:
        return InputError(
            "port_not_allowed",
            f"This user may not listen on port {port}.",
            remedy="Use --port with a number above 1023.",
            param="port",
        )
    return _unavailable(host, failure)


def _unavailable(host: str, failure: OSError) -> InputError:
    return InputError(
        "address_not_available",
        f"This machine cannot listen on '{host}': {failure.strerror}.",
        remedy="Use --host with an address of this machine, such as 127.0.0.1.",
        param="host",
    )


def _url(host: str, bound: socket.socket) -> str:
    name = host.strip("[]")
    if name in ("", "0.0.0.0", "::"):
        name = "127.0.0.1" if bound.family is socket.AF_INET else "::1"
    return f"http://{f'[{name}]' if ':' in name else name}:{bound.getsockname()[1]}"
