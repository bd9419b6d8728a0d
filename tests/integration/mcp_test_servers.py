"""MCP servers for tests: the real ones, and a small one that can be told to misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.deadlines import START_SECONDS, WAIT_SECONDS
from vivavoce.tools.mcp.config import McpServerConfig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

ROOT = Path(__file__).resolve().parents[2]
IN_THE_CACHE = ROOT / ".cache/mcp/node_modules/@modelcontextprotocol/server-everything/dist/index.js"

SCRIPTED = Path(__file__).with_name("scripted_mcp_server.py")
"""Answers in milliseconds, and misbehaves as its first argument says."""


def everything() -> list[str]:
    """Return the command of the MCP project's test server; `make integration` fetches it."""
    script = Path(os.environ.get("MCP_EVERYTHING", IN_THE_CACHE))
    if not script.is_file() and "MCP_EVERYTHING" not in os.environ:
        pytest.skip("run 'make integration' once to fetch the MCP test server")
    return ["node", str(script)]


def everything_config(**fields: Any) -> McpServerConfig:
    command, *args = everything()
    return McpServerConfig(label="everything", command=command, args=(*args, "stdio"), **fields)


def time_config() -> McpServerConfig:
    return McpServerConfig(
        label="time", command=sys.executable, args=("-m", "mcp_server_time", "--local-timezone", "UTC")
    )


def scripted_config(how: str = "well", env: Mapping[str, str] | None = None, **fields: Any) -> McpServerConfig:
    return McpServerConfig(
        label="scripted", command=sys.executable, args=("-I", "-S", str(SCRIPTED), how), env=env or {}, **fields
    )


async def until(condition: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    with anyio.fail_after(seconds):  # by the clock: a condition may take its time
        while not condition():  # noqa: ASYNC110 - what is waited for is another process, which tells nobody
            await anyio.sleep(0.02)


@asynccontextmanager
async def everything_over_http(port: int) -> AsyncIterator[str]:
    """Run the test server on that port, and return its URL once it listens."""
    process = await anyio.open_process(
        [*everything(), "streamableHttp"],
        env={**os.environ, "PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with anyio.fail_after(START_SECONDS):
            while True:
                try:
                    stream = await anyio.connect_tcp("127.0.0.1", port)
                except OSError:
                    await anyio.sleep(0.05)
                else:
                    await stream.aclose()
                    break
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        with anyio.CancelScope(shield=True):
            await process.aclose()
