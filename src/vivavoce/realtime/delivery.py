"""One client's end of the line: what waits is sent to it, and it is told why its connection ends.

Owns the pace of a socket, the patience with a client that does not read, and the last words. Refuses to know who the
client is and what the messages say.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn, Protocol

import anyio
import structlog

from vivavoce.errors import CapacityError, VivavoceError
from vivavoce.realtime.wire import server_events as ws

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.realtime.outbox import Outbox
    from vivavoce.realtime.reporter import Reporter

__all__ = [
    "CLOSE_FAILED",
    "CLOSE_NORMAL",
    "CLOSE_TRY_LATER",
    "MESSAGES_A_TURN",
    "Socket",
    "closing_in_words",
    "deliver",
    "failure_of",
]

log = structlog.get_logger(__name__)

SEND_DEADLINE_SECONDS = 20.0
MESSAGES_A_TURN = 8
"""Messages of a client that are dealt with before the event loop gets a turn: it takes as long as dealing with one."""

CLOSE_NORMAL, CLOSE_FAILED, CLOSE_TRY_LATER = 1000, 1011, 1013


class Socket(Protocol):
    """A WebSocket, whoever made it."""

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None once the client is gone."""
        ...

    async def send(self, data: str | bytes) -> None:
        """Send one message."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; it may be closed already."""
        ...


async def deliver(outbox: Outbox, socket: Socket, *, deadline_seconds: float = SEND_DEADLINE_SECONDS) -> NoReturn:
    """Send what waits, as long as the client takes it.

    Raises:
        CapacityError: `client_too_slow`: it took nothing for so long.
    """
    while True:
        message = await outbox.take()
        try:
            with anyio.fail_after(deadline_seconds):
                await socket.send(message)
        except TimeoutError:
            raise CapacityError(
                "client_too_slow",
                f"The client took nothing for {deadline_seconds:.0f} seconds.",
                remedy="Read from the socket while the assistant speaks.",
            ) from None


@asynccontextmanager
async def closing_in_words(socket: Socket, reporter: Reporter, *, session_id: str) -> AsyncGenerator[None, None]:
    """Close the socket when the body ends.

    If it ends by an error, the client is told first, and the error goes no further.
    """
    code, reason = CLOSE_NORMAL, ""
    try:
        yield
    except* VivavoceError as errors:
        error = failure_of(errors)
        log.info("connection_ended", session=session_id, code=error.code, reason=error.message)
        code = CLOSE_TRY_LATER if isinstance(error, CapacityError) else CLOSE_NORMAL
        reason = error.code
        await _say_last(socket, reporter, error)
    except* Exception as errors:
        log.exception("session_failed", session=session_id)
        fault = failure_of(errors)
        code, reason = CLOSE_FAILED, fault.code
        await _say_last(socket, reporter, fault)
    finally:
        with anyio.move_on_after(1.0, shield=True):
            await socket.close(code, reason)


async def _say_last(socket: Socket, reporter: Reporter, error: VivavoceError) -> None:
    """Tell the client why its connection ends, if it can still be told anything."""
    event = ws.error_event(error, event_id=reporter.next_event_id())
    with anyio.move_on_after(1.0, shield=True):
        await socket.send(ws.encode(event).decode())


def failure_of(errors: BaseExceptionGroup) -> VivavoceError:
    """Return what whoever was served is told: the first of the errors, or that it was the server's fault."""
    leaf: BaseException = errors
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    if isinstance(leaf, VivavoceError):
        return leaf
    return VivavoceError("server_error", "Something went wrong on the server.", remedy="Connect again.", retryable=True)
