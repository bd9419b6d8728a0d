"""What a server that a client names can do to everybody else's conversations: nothing."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import pytest
from anyio.streams.buffered import BufferedByteStream

from tests.deadlines import WAIT_SECONDS
from tests.unit.tools.callers import RecordedCaller
from vivavoce.errors import ToolError
from vivavoce.tools.mcp.config import session_server
from vivavoce.tools.mcp.servers import SessionMcpServers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import ByteStream

    from vivavoce.tools.mcp.server import McpServer

pytestmark = pytest.mark.anyio

CALLER = RecordedCaller()
CATASTROPHE = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
"""What is held against it takes twice as long with each letter."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def asked(stream: BufferedByteStream) -> dict[str, Any]:
    """Return the JSON of a request; nothing for one without a body."""
    head = (await stream.receive_until(b"\r\n\r\n", 65_536)).decode().lower()
    length = next((line.split(":")[1] for line in head.split("\r\n") if line.startswith("content-length")), "0")
    body: dict[str, Any] = json.loads(await stream.receive_exactly(int(length)) or b"{}")
    return body


@asynccontextmanager
async def stranger(result: dict[str, object], *, tools: list[object] | None = None) -> AsyncIterator[McpServer]:
    """Have a session connected to a server with one tool, which gives this result."""
    info = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "x", "version": "1"}}
    tool = {"name": "look", "inputSchema": {"type": "object"}, "outputSchema": CATASTROPHE}
    results: dict[str, object] = {"initialize": info, "tools/list": {"tools": tools or [tool]}, "tools/call": result}

    async def serve(raw: ByteStream) -> None:
        async with BufferedByteStream(raw) as stream:
            message = await asked(stream)
            if "id" not in message:
                await stream.send(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            answer: dict[str, object] = {"jsonrpc": "2.0", "id": message["id"]}
            if (said := results.get(message["method"])) is not None:
                answer["result"] = said
            else:
                answer["error"] = {"code": -32601, "message": "Method not found"}
            body = json.dumps(answer).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            try:
                await stream.send(f"{head}Connection: close\r\n\r\n".encode() + body)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with SessionMcpServers("any") as servers:
            yield await servers.connect(session_server("x", f"http://127.0.0.1:{port}/mcp"))
        tasks.cancel_scope.cancel()


async def test_a_result_is_not_held_against_a_strangers_regular_expression() -> None:
    result: dict[str, object] = {
        "content": [{"type": "text", "text": "seen"}],
        "structuredContent": {"a": "a" * 30 + "!"},
    }
    async with stranger(result) as server:
        began = anyio.current_time()
        assert (await server.call("look", {}, CALLER)).output == "seen"
        assert anyio.current_time() - began < 10.0


async def test_a_result_that_is_no_result_fails_the_call() -> None:
    async with stranger({"resultType": "input_required", "inputRequests": {}}) as server:
        with pytest.raises(ToolError) as failed:
            await server.call("look", {}, CALLER)
    assert failed.value.code == "tool_failed"


async def test_a_result_that_is_too_large_fails_the_call_before_it_is_read() -> None:
    async with stranger({"content": [{"type": "text", "text": "x" * 500_000}]}) as server:
        with pytest.raises(ToolError), anyio.fail_after(WAIT_SECONDS):
            await server.call("look", {}, CALLER)


async def test_a_server_that_breaks_the_protocol_is_refused_in_few_words() -> None:
    with pytest.RaisesGroup(pytest.RaisesExc(ToolError, match="does not fit the protocol")) as failed:
        async with stranger({}, tools=["no tool"] * 1_000):
            pass
    assert len(str(failed.value.exceptions[0])) < 500
