"""A chat server that answers at once, and what our chat client adds to a bare HTTP client against it.

Owns both sides of that comparison. Refuses to know any model.
"""

from __future__ import annotations

import json
import time
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import httpx2
from anyio.abc import SocketAttribute
from anyio.streams.buffered import BufferedByteReceiveStream

from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.protocols import ChatMessage, ReplyRequest

if TYPE_CHECKING:
    from anyio.abc import SocketStream

__all__ = ["client_milliseconds"]

WARM_UP = 10


async def _answer_at_once(socket: SocketStream) -> None:
    """Answer every request with 20 tokens that were ready before it came."""
    events = [{"choices": [{"index": 0, "delta": {"content": f" {number}"}}]} for number in range(20)]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = f"{head}{len(stream):x}\r\n{stream}\r\n0\r\n\r\n".encode()
    async with socket:
        incoming = BufferedByteReceiveStream(socket)
        while True:
            try:
                request = (await incoming.receive_until(b"\r\n\r\n", 65536)).decode("latin-1").lower()
                length = request.partition("content-length:")[2].split("\r\n")[0]
                await incoming.receive_exactly(int(length))
                await socket.send(answer)
            except (anyio.IncompleteRead, anyio.BrokenResourceError):
                return


async def client_milliseconds(rounds: int) -> tuple[list[float], list[float]]:
    """Return when the first token of an instant server comes: through a bare HTTP client, and through our own."""
    question = ChatMessage(role="user", content="word " * 20)
    request = ReplyRequest(messages=(question,) * 22)
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": question.content}] * 22}
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, _answer_at_once)
        url = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}/v1"
        engine = OpenAiChat(url, "m")
        bare: list[float] = []
        ours: list[float] = []
        async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
            for _ in range(WARM_UP + rounds):
                began = time.perf_counter()
                async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
                    lines = response.aiter_lines()
                    json.loads((await anext(lines)).removeprefix("data: "))
                    bare.append((time.perf_counter() - began) * 1000)
                    async for _line in lines:
                        pass
                began = time.perf_counter()
                async with aclosing(engine.reply(request)) as deltas:
                    await anext(deltas)
                    ours.append((time.perf_counter() - began) * 1000)
                    async for _delta in deltas:
                        pass
        await engine.aclose()
        tasks.cancel_scope.cancel()
    return bare[WARM_UP:], ours[WARM_UP:]
