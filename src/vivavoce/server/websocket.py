"""The web framework's WebSocket as the Realtime connection wants it.

Owns the differences: a departure is the end of the messages and not an exception, and whoever speaks to a socket that
is closed is not punished. Refuses to know what the messages say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.websockets import WebSocketDisconnect, WebSocketState

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

__all__ = ["AcceptedSocket"]

_SERVICE_RESTART = 1012
"""What uvicorn closes sockets with when it is told to stop."""

_LONGEST_REASON_BYTES = 123
"""RFC 6455, 5.5: a control frame holds 125 bytes, two of them the code."""


class AcceptedSocket:
    """A `Socket` over a WebSocket that has been accepted."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.is_server_going = False
        """Whether the client was sent away because the server stops."""

    @property
    def _is_open(self) -> bool:
        websocket = self._websocket
        connected = WebSocketState.CONNECTED
        return websocket.client_state is connected and websocket.application_state is connected

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None once the client is gone."""
        if not self._is_open:
            return None
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            self.is_server_going = message.get("code") == _SERVICE_RESTART
            return None
        text: str | None = message.get("text")
        data: bytes = message.get("bytes") or b""
        return data if text is None else text

    async def send(self, data: str | bytes) -> None:
        """Send one message; nothing happens when the client is gone."""
        kind = "text" if isinstance(data, str) else "bytes"
        await self._send({"type": "websocket.send", kind: data})

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; it may be closed already."""
        short = reason.encode()[:_LONGEST_REASON_BYTES].decode(errors="ignore")
        await self._send({"type": "websocket.close", "code": code, "reason": short})

    async def _send(self, message: dict[str, str | bytes | int]) -> None:
        if not self._is_open:
            return
        try:
            await self._websocket.send(message)
        except (WebSocketDisconnect, RuntimeError):
            # uvicorn raises RuntimeError when it has closed the socket itself, for a message too large or broken UTF-8.
            return
