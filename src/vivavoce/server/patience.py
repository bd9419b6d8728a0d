"""Visitors who connect and then say nothing.

Owns how long the head of a request may take: from the connection on for the first, from its first byte on for those
that follow (between them the server's keep-alive time counts). Refuses to know bodies, which `perimeter` bounds, and
what is answered. The head of a request that opens a WebSocket is one as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

__all__ = ["HEAD_SECONDS", "PatientHttp"]

HEAD_SECONDS = 20.0
"""Longer than a telephone far away needs; whoever has said nothing by then holds a place for nothing."""


class PatientHttp(HttpToolsProtocol):
    """HTTP/1.1 on one connection, which is closed when the head of a request is not there in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn itself
        """Begin to wait."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._head_is_here()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._deadline is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._head_is_here()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _head_is_here(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
