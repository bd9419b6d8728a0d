"""The HTTP client for servers that clients name, against a server that is up to no good."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import httpx2
import pytest

from vivavoce.errors import ToolError
from vivavoce.tools.mcp.config import session_server
from vivavoce.tools.mcp.guard import guarded_client
from vivavoce.tools.mcp.servers import SessionMcpServers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from anyio.abc import ByteStream

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Give every connection this answer; yield the port, and what was sent to it."""
    heard: list[bytes] = []

    async def serve(stream: ByteStream) -> None:
        async with stream:
            heard.append(await stream.receive())
            try:
                await stream.send(answer)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield listener.extra(anyio.abc.SocketAttribute.local_port), heard
        tasks.cancel_scope.cancel()


def answer(*headers: str, body: bytes = b"{}", status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (answer(body=b" " * 4_000_001), "more than 500,000 bytes"),
        (answer("Content-Encoding: gzip"), "compressed"),
    ],
)
async def test_an_answer_that_is_too_much_is_broken_off(said: bytes, trouble: str) -> None:
    async with answering(said) as (port, _):
        url = f"http://127.0.0.1:{port}/mcp"
        async with guarded_client(session_server("x", url), "any") as client:
            with pytest.raises(httpx2.ReadError, match=trouble):
                await client.post(url, json={})


async def test_only_what_the_client_gave_is_sent_and_no_proxy_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with answering(answer()) as (port, heard):
        url = f"http://localhost:{port}/mcp"
        async with guarded_client(session_server("x", url, authorization="theirs"), "any") as client:
            await client.post(url, json={})
    (sent,) = heard
    assert b"authorization: bearer theirs\r\n" in sent.lower()
    assert f"host: localhost:{port}\r\n".encode() in sent.lower()
    assert b"cookie" not in sent.lower()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
async def test_this_machine_is_not_even_connected_to_under_any_name(host: str) -> None:
    async with answering(answer()) as (port, heard):
        url = f"http://{host}:{port}/mcp"
        async with guarded_client(session_server("x", url), "public") as client:
            with pytest.raises(httpx2.ConnectError, match="not on the open internet"):
                await client.post(url, json={})
    assert heard == []


async def test_a_redirect_to_another_host_is_not_followed() -> None:
    async with answering(answer()) as (inner_port, inner):
        location = f"Location: http://127.0.0.1:{inner_port}/secret"
        async with answering(answer(location, status="307 Temporary Redirect")) as (port, heard):
            async with SessionMcpServers("any") as servers:
                with pytest.raises(ToolError, match="Redirect"):
                    await servers.connect(session_server("x", f"http://127.0.0.1:{port}/mcp"))
            assert heard
    assert inner == []
