"""Clients that write down all they are told, on real sockets.

Owns the recording and the waiting. Refuses to know what is tested.
"""

from __future__ import annotations

import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import anyio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.deadlines import WAIT_SECONDS
from vivavoce.realtime.wire.binary import pack_input_audio, unpack_output_audio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

__all__ = ["HungUp", "Listener", "listener"]

Event = dict[str, Any]


class HungUp(Exception):
    """The server ended the session while something was waited for."""


class Listener:
    """One client; `events` is all it was told, `audio` all it was played, by response id."""

    def __init__(self, socket: ClientConnection, *, extensions: bool) -> None:
        self.socket = socket
        self.extensions = extensions
        self.events: list[Event] = []
        self.audio: dict[str, bytes] = {}
        self.closed: tuple[int, str] | None = None
        self._responses: dict[int, str] = {}
        self._more = anyio.Event()

    async def send(self, kind: str, **fields: object) -> None:
        """Send an event."""
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def write(self, text: str, **item: object) -> None:
        """Put a typed message into the conversation, as any client does."""
        content = [{"type": "input_text", "text": text}]
        await self.send("conversation.item.create", item={"type": "message", "role": "user", "content": content} | item)

    async def speak(self, pcm: bytes) -> None:
        """Send what the microphone heard (PCM16 at 24 kHz)."""
        if self.extensions:
            await self.socket.send(pack_input_audio(pcm))
        else:
            await self.send("input_audio_buffer.append", audio=base64.b64encode(pcm).decode())

    def all(self, kind: str) -> list[Event]:
        """Return the events of a kind so far."""
        return [event for event in self.events if event["type"] == kind]

    async def hears(self, kind: str, count: int = 1) -> Event:
        """Wait for an event of a kind, the `count`th of them."""
        await self.until(lambda: len(self.all(kind)) >= count)
        return self.all(kind)[count - 1]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until what was told makes something true.

        Raises:
            HungUp: the server has ended the session, so that it will not come true.
        """
        with anyio.fail_after(WAIT_SECONDS):
            while not is_so():
                if self.closed is not None:
                    raise HungUp(self.closed)
                await self._more.wait()

    def texts(self) -> list[str]:
        """Return the texts of the items of users that were told."""
        items = [event["item"] for event in self.all("conversation.item.done")]
        return [item["content"][0].get("text", "") for item in items if item.get("role") == "user" and item["content"]]

    def replies(self) -> list[str]:
        """Return the words of the replies that were told whole."""
        return [event["transcript"] for event in self.all("response.output_audio_transcript.done")]

    async def listen(self) -> None:
        """Take everything down until the socket is closed."""
        try:
            async for message in self.socket:
                self._take(message)
        except ConnectionClosed:
            pass
        finally:
            if self.socket.close_code is not None:
                self.closed = self.socket.close_code, self.socket.close_reason or ""
            self._tell()

    def _take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            frame = unpack_output_audio(message)
            response = self._responses[frame.response_number]
            self.audio[response] = self.audio.get(response, b"") + bytes(frame.audio)
            return
        event: Event = json.loads(message)
        if event["type"] == "vivavoce.audio.stream":
            self._responses[event["response_number"]] = event["response_id"]
        if event["type"] == "response.output_audio.delta":
            response = event["response_id"]
            self.audio[response] = self.audio.get(response, b"") + base64.b64decode(event["delta"])
        self.events.append(event)
        self._tell()

    def _tell(self) -> None:
        self._more.set()
        self._more = anyio.Event()


@asynccontextmanager
async def listener(
    url: str, *, extensions: bool = False, key: str = "", **query: str
) -> AsyncGenerator[Listener, None]:
    """Connect, and take down what is told while the context is open."""
    address = f"{url}?{urlencode(query)}" if query else url
    async with connect(
        address,
        subprotocols=[Subprotocol("vivavoce.v1" if extensions else "realtime")],
        additional_headers={"Authorization": f"Bearer {key}"} if key else {},
        compression=None,
        max_size=None,
        close_timeout=2,
    ) as socket:
        client = Listener(socket, extensions=extensions)
        async with anyio.create_task_group() as group:
            group.start_soon(client.listen)
            yield client
            await socket.close()
            group.cancel_scope.cancel()
