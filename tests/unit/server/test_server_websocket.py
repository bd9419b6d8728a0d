from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.websockets import WebSocket

from vivavoce.server.websocket import AcceptedSocket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Peer:
    """The server's end of ASGI: says what it was told to, and notes what it is told."""

    def __init__(self, *messages: Message) -> None:
        self._messages = [{"type": "websocket.connect"}, *messages]
        self.told: list[Message] = []
        self.failure: Exception | None = None

    async def receive(self) -> Message:
        return self._messages.pop(0)

    async def send(self, message: Message) -> None:
        if self.failure is not None:
            raise self.failure
        self.told.append(message)

    async def socket(self) -> AcceptedSocket:
        websocket = WebSocket({"type": "websocket", "path": "/", "headers": []}, self.receive, self.send)
        await websocket.accept()
        return AcceptedSocket(websocket)


def kinds(messages: Sequence[Message]) -> list[str]:
    return [message["type"] for message in messages]


async def test_text_stays_text_and_bytes_stay_bytes_in_both_directions() -> None:
    peer = Peer(
        {"type": "websocket.receive", "text": ""},
        {"type": "websocket.receive", "bytes": b"\x01"},
        {"type": "websocket.receive", "text": None, "bytes": b""},
    )
    socket = await peer.socket()
    assert [await socket.receive() for _ in range(3)] == ["", b"\x01", b""]
    await socket.send("words")
    await socket.send(b"\x02")
    assert peer.told[1:] == [{"type": "websocket.send", "text": "words"}, {"type": "websocket.send", "bytes": b"\x02"}]


async def test_a_departure_is_the_end_of_the_messages_and_whatever_is_said_after_it_is_lost() -> None:
    peer = Peer({"type": "websocket.disconnect", "code": 1001})
    socket = await peer.socket()
    assert await socket.receive() is None
    assert await socket.receive() is None
    await socket.send("too late")
    await socket.close(1000, "")
    assert kinds(peer.told) == ["websocket.accept"]


async def test_closing_twice_and_speaking_after_it_is_harmless() -> None:
    peer = Peer()
    socket = await peer.socket()
    await socket.close(1000, "bye")
    await socket.close(1011, "again")
    await socket.send("too late")
    assert await socket.receive() is None
    assert kinds(peer.told) == ["websocket.accept", "websocket.close"]


@pytest.mark.parametrize("failure", [OSError("gone"), RuntimeError("Unexpected ASGI message 'websocket.send'")])
async def test_a_socket_that_broke_unnoticed_swallows_what_is_sent(failure: Exception) -> None:
    peer = Peer()
    socket = await peer.socket()
    peer.failure = failure
    await socket.send("too late")
    await socket.close(1000, "")


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds() -> None:
    peer = Peer()
    await (await peer.socket()).close(1011, "é" * 100)
    assert peer.told[-1]["reason"] == "é" * 61
