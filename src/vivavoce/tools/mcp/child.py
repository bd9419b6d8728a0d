"""An MCP server as a program of ours: how it is started, and what it says on standard error.

Owns the keeper in front of it, which ends with us, and the tail of its complaints. Refuses to know the protocol.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from mcp.client.stdio import StdioServerParameters, stdio_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.client._transport import TransportStreams

    from vivavoce.tools.mcp.config import McpServerConfig

__all__ = ["StderrTail", "child_streams"]

KEEPER = Path(__file__).with_name("keeper.py")
LONGEST_TAIL = 2_000


class StderrTail:
    """The last of what a program says on standard error."""

    def __init__(self) -> None:
        self._bytes = b""

    def add(self, said: bytes) -> None:
        """Take more of it."""
        self._bytes = (self._bytes + said)[-LONGEST_TAIL:]

    def clear(self) -> None:
        """Forget what an earlier program said."""
        self._bytes = b""

    @property
    def last_line(self) -> str:
        """The last line that is not empty."""
        lines = self._bytes.decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


@asynccontextmanager
async def child_streams(config: McpServerConfig, stderr: StderrTail) -> AsyncIterator[TransportStreams]:
    """Start the program and talk to it; it is gone when this is left, at the latest a few seconds after.

    Raises:
        OSError: not even the keeper starts, as when `cwd` does not exist.
    """
    stderr.clear()
    if config.cwd and not await anyio.Path(config.cwd).is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", config.cwd)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    try:
        with os.fdopen(writing, "w") as errors:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_collect, reading, stderr)
                async with stdio_client(_parameters(config), errlog=errors) as streams:
                    # The program's copy is the only one now: what it says ends when it does.
                    errors.close()
                    yield streams
                tasks.cancel_scope.cancel()
    finally:
        os.close(reading)


def _parameters(config: McpServerConfig) -> StdioServerParameters:
    command = [config.command, *config.args]
    if os.name == "posix":
        command = [sys.executable, "-I", "-S", str(KEEPER), *command]
    return StdioServerParameters(
        command=command[0],
        args=command[1:],
        env=dict(config.env),
        cwd=config.cwd or None,
        encoding_error_handler="replace",
    )


async def _collect(reading: int, stderr: StderrTail) -> None:
    while True:
        await anyio.wait_readable(reading)
        said = os.read(reading, 4_096)
        if not said:
            return
        stderr.add(said)
