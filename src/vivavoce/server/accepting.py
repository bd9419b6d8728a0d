"""Visitors at the sockets that a server listens on.

Owns taking them in, one connection after the other, until it is told to stop; the sockets are closed then. Refuses to
know what is done with a connection, and how the sockets were bound (`listening`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
import structlog

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

__all__ = ["let_in"]

log = structlog.get_logger(__name__)

NO_ROOM_SECONDS = 0.5
"""Until the next visitor is taken after one could not be: there may be files to spare by then."""


async def let_in(
    sockets: Sequence[socket.socket], take: Callable[[socket.socket], object], *, until: anyio.Event
) -> None:
    """Give every connection that comes in to `take`, which owns it from then on."""
    try:
        async with anyio.create_task_group() as doors:
            for bound in sockets:
                doors.start_soon(_accept, bound, take)
            await until.wait()
            doors.cancel_scope.cancel()
    finally:
        # At once: whoever comes now is refused, not left waiting for a server that ends.
        for bound in sockets:
            bound.close()


async def _accept(bound: socket.socket, take: Callable[[socket.socket], object]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            connection, _ = await loop.sock_accept(bound)
        except OSError as error:
            # The visitor left already, or there are no files to spare; those waiting are taken later.
            log.warning("connection_not_accepted", reason=error.strerror)
            await anyio.sleep(NO_ROOM_SECONDS)
        else:
            take(connection)
