"""A real HTTP server on loopback that answers chats as it is told, well or badly."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
HEAD_BYTES = 64 * 1024


@dataclass
class Seen:
    """One request as it arrived."""

    target: str
    headers: dict[str, str]
    body: dict[str, object]


@dataclass
class Exchange:
    """One request being answered."""

    request: Seen
    socket: SocketStream
    incoming: BufferedByteReceiveStream

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            await self.socket.send(piece)

    async def event(self, data: object) -> None:
        """Send one server-sent event, as one HTTP chunk."""
        text = data if isinstance(data, str) else json.dumps(data)
        await self.send(http_chunk(f"data: {text}\n\n".encode()))

    async def text(self, *words: str) -> None:
        for word in words:
            await self.event({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})

    async def finish(self, reason: str = "stop", usage: dict[str, object] | None = None) -> None:
        await self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        if usage is not None:
            await self.event({"choices": [], "usage": usage})
        await self.event("[DONE]")
        await self.send(b"0\r\n\r\n")

    async def closed_by_client(self) -> None:
        """Wait until the client is gone."""
        try:
            while await self.incoming.receive():
                pass
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return


Answer = Callable[[Exchange], Awaitable[None]]


@dataclass
class ChatServer:
    """Answers the n-th request with the n-th answer, and all others with the last."""

    answers: deque[Answer]
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    async def serve(self, socket: SocketStream) -> None:
        self.connections += 1
        async with socket:
            incoming = BufferedByteReceiveStream(socket)
            while True:
                try:
                    request = await read_request(incoming)
                    self.seen.append(request)
                    answer = self.answers[0] if len(self.answers) == 1 else self.answers.popleft()
                    await answer(Exchange(request, socket, incoming))
                except (anyio.IncompleteRead, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                    return


def http_chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def refusal(status: int, error: object = None, *, headers: str = "") -> Answer:
    """Answer with a status and an OpenAI-style error body."""
    body = json.dumps({"error": error} if error is not None else {}).encode()
    head = f"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"

    async def answer(exchange: Exchange) -> None:
        await exchange.send(head.encode() + body)

    return answer


async def hello(exchange: Exchange) -> None:
    """Answer well, in two words."""
    await exchange.send(OK_HEAD)
    await exchange.text("Hello", " there.")
    await exchange.finish(usage={"prompt_tokens": 7, "completion_tokens": 2})


async def read_request(incoming: BufferedByteReceiveStream) -> Seen:
    head = (await incoming.receive_until(b"\r\n\r\n", HEAD_BYTES)).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    length = int(headers.get("content-length", "0"))
    body = json.loads(await incoming.receive_exactly(length)) if length else {}
    return Seen(target=head[0].split(" ")[1], headers=headers, body=body)


@asynccontextmanager
async def chat_server(*answers: Answer) -> AsyncIterator[ChatServer]:
    """Serve on a free port while the context lasts."""
    server = ChatServer(deque(answers))
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        port = listener.extra(SocketAttribute.local_port)
        server.url = f"http://127.0.0.1:{port}/v1"
        tasks.start_soon(listener.serve, server.serve)
        yield server
        tasks.cancel_scope.cancel()
