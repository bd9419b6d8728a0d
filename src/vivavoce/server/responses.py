"""Answers that take a while: made while the client waits, and given up when it leaves.

Owns the watch for the client's departure, which stops whatever engine works for it, and the deadline of a request.
Refuses to know what is being made.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import structlog
from starlette.responses import Response

from vivavoce.errors import NetworkError, VivavoceError
from vivavoce.server.error_responses import error_response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from starlette.types import Receive, Scope, Send

__all__ = ["EVENT_STREAM", "ComputedResponse", "StreamedResponse"]

log = structlog.get_logger(__name__)

EVENT_STREAM = "text/event-stream"


class ComputedResponse(Response):
    """The answer that `compute` returns, or the typed error that it raises."""

    def __init__(self, compute: Callable[[], Awaitable[Response]], *, deadline_seconds: float) -> None:
        super().__init__()
        self._compute = compute
        self._deadline_seconds = deadline_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compute and answer; say nothing to a client that has left."""

        async def work() -> None:
            response = await self._compute()
            await response(scope, receive, send)

        error = await _while_connected(receive, work, self._deadline_seconds)
        if error is not None:
            await error_response(error)(scope, receive, send)


class StreamedResponse(Response):
    """The chunks of a generator as they are made.

    An error before the first chunk is answered as any error. After it, `last_words` turns the error into one more
    chunk; without it the connection is broken off, so that half an answer is not taken for a whole one.
    """

    def __init__(
        self,
        chunks: AsyncGenerator[bytes, None],
        *,
        media_type: str,
        deadline_seconds: float,
        last_words: Callable[[VivavoceError], bytes] | None = None,
    ) -> None:
        super().__init__(media_type=media_type)
        del self.headers["content-length"]
        self.headers["cache-control"] = "no-cache"
        self.headers["x-accel-buffering"] = "no"
        self._chunks = chunks
        self._deadline_seconds = deadline_seconds
        self._last_words = last_words
        self._has_begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the generator ends, the client leaves, or something fails."""
        error = await _while_connected(receive, lambda: self._stream(send), self._deadline_seconds)
        if error is None:
            return
        log.warning("stream_failed", code=error.code, path=scope["path"])
        if not self._has_begun:
            await error_response(error)(scope, receive, send)
        elif self._last_words is not None:
            await send({"type": "http.response.body", "body": self._last_words(error), "more_body": False})

    async def _stream(self, send: Send) -> None:
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                await self._begin(send)
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self._begin(send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(self, send: Send) -> None:
        if not self._has_begun:
            self._has_begun = True
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})


async def _while_connected(
    receive: Receive, work: Callable[[], Awaitable[None]], deadline_seconds: float
) -> VivavoceError | None:
    """Do the work unless the client leaves or time runs out; return the typed error that ended it."""
    failure: VivavoceError | None = None

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        try:
            with anyio.fail_after(deadline_seconds):
                await work()
        except VivavoceError as error:
            failure = error
        except TimeoutError:
            failure = NetworkError(
                "request_timed_out",
                f"The answer took longer than {deadline_seconds:.0f} seconds.",
                remedy="Ask for less at a time.",
            )
        group.cancel_scope.cancel()
    return failure
