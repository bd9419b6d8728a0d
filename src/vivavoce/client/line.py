"""The line to a server: a WebSocket that speaks Realtime, plain or with the vivavoce extension.

Owns the socket, its subprotocol and key, and the two ways in which audio travels. Refuses to know turns.
"""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from vivavoce.audio.pcm import float_to_pcm16, pcm16_to_float
from vivavoce.errors import NetworkError, UnauthorisedError
from vivavoce.realtime.wire.binary import pack_input_audio, unpack_output_audio
from vivavoce.realtime.wire.extension_events import SUBPROTOCOL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from vivavoce.audio.pcm import Samples

__all__ = ["Line", "open_line"]

Event = dict[str, Any]


class Line:
    """An open connection; audio is float32 at 24 kHz in both directions."""

    def __init__(self, socket: ClientConnection, *, extensions: bool) -> None:
        self._socket = socket
        self.extensions = extensions
        self._items: dict[int, str] = {}

    async def send(self, event: Event) -> None:
        """Send an event.

        Raises:
            NetworkError: the server is gone.
        """
        await self._send(json.dumps(event))

    async def send_audio(self, audio: Samples) -> None:
        """Send what the microphone heard.

        Raises:
            NetworkError: the server is gone.
        """
        data = float_to_pcm16(audio)
        if self.extensions:
            await self._send(pack_input_audio(data))
        else:
            encoded = base64.b64encode(data).decode()
            await self._send(json.dumps({"type": "input_audio_buffer.append", "audio": encoded}))

    async def messages(self) -> AsyncIterator[tuple[Event, Samples | None]]:
        """Yield every event; those that carry reply audio with it, whichever way it travelled."""
        async for message in self._socket:
            if isinstance(message, bytes):
                frame = unpack_output_audio(message)
                event = {"type": "response.output_audio.delta", "item_id": self._items[frame.response_number]}
                yield event, pcm16_to_float(frame.audio)
                continue
            event = json.loads(message)
            if event["type"] == "vivavoce.audio.stream":
                self._items[event["response_number"]] = event["item_id"]
            audio = None
            if event["type"] == "response.output_audio.delta":
                audio = pcm16_to_float(base64.b64decode(event.pop("delta")))
            yield event, audio

    async def _send(self, message: str | bytes) -> None:
        try:
            await self._socket.send(message)
        except ConnectionClosed as closed:
            raise NetworkError(
                "server_gone", f"The server closed the connection: {closed}.", remedy="See the server's log."
            ) from closed


@asynccontextmanager
async def open_line(url: str, *, api_key: str | None = None, extensions: bool = True) -> AsyncGenerator[Line, None]:
    """Connect to a server's `/v1/realtime`.

    Raises:
        NetworkError: nobody answers at `url`, or what answers speaks no Realtime.
        UnauthorisedError: the key is missing or wrong.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    subprotocols = [Subprotocol(SUBPROTOCOL if extensions else "realtime")]
    try:
        socket = await connect(
            url,
            additional_headers=headers,
            subprotocols=subprotocols,
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=10,
        )
    except InvalidStatus as refused:
        status = refused.response.status_code
        if status in (401, 403):
            raise UnauthorisedError(
                "invalid_api_key", "The server does not accept this key.", remedy="Give the right one with --api-key."
            ) from refused
        raise _unreachable(url, f"it answered with HTTP status {status}") from refused
    except (OSError, WebSocketException, TimeoutError) as error:
        raise _unreachable(url, str(error)) from error
    try:
        yield Line(socket, extensions=extensions and socket.subprotocol == SUBPROTOCOL)
    finally:
        await socket.close()


def _unreachable(url: str, why: str) -> NetworkError:
    return NetworkError(
        "server_unreachable",
        f"There is no Realtime server at {url}: {why}.",
        remedy="Start one with 'vivavoce serve', or check --url.",
    )
