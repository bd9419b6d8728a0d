"""What is said to an MCP server and by it, whichever way it is reached.

Owns the choice of the transport, and the noticing of its end. Refuses to know what is said.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from mcp.client.streamable_http import streamable_http_client

from vivavoce.tools.mcp.child import child_streams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx2
    from mcp.client._transport import ReadStream, TransportStreams

    from vivavoce.tools.mcp.child import StderrTail
    from vivavoce.tools.mcp.config import McpServerConfig

__all__ = ["noticing", "server_streams"]


@asynccontextmanager
async def server_streams(
    config: McpServerConfig, http: Callable[[McpServerConfig], httpx2.AsyncClient], stderr: StderrTail
) -> AsyncIterator[TransportStreams]:
    """Start the program or reach the address, and talk to it; the program is gone when this is left."""
    if config.command:
        async with child_streams(config, stderr) as streams:
            yield streams
        return
    async with http(config) as client, streamable_http_client(config.url, http_client=client) as streams:
        yield streams


@asynccontextmanager
async def noticing(streams: Any, gone: anyio.Event) -> AsyncIterator[TransportStreams]:
    """Set `gone` when nothing more can come; the SDK itself tells that only to calls under way."""
    async with streams as (reading, writing):
        yield _NoticedEnd(reading, gone), writing


class _NoticedEnd:
    """A stream that sets an event at its end."""

    def __init__(self, stream: ReadStream[Any], gone: anyio.Event) -> None:
        self._stream = stream
        self._gone = gone

    @property
    def last_context(self) -> Any:
        """The sender's context, which the SDK looks for."""
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Any:
        """Return the next message."""
        try:
            return await self._stream.receive()
        except (anyio.EndOfStream, anyio.ClosedResourceError):
            self._gone.set()
            raise

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    def __aiter__(self) -> _NoticedEnd:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except (StopAsyncIteration, anyio.ClosedResourceError):
            self._gone.set()
            raise

    async def __aenter__(self) -> _NoticedEnd:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> bool | None:
        return await self._stream.__aexit__(*error)
