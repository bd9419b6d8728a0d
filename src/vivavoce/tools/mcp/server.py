"""One MCP server for as long as its owner wants it: connected, connected again when it breaks, and a source of tools.

Owns the attempts and the waits between them, the state that others see, and which connection a call goes to. Refuses to
know the protocol.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import anyio
import anyio.to_thread
import structlog
from pydantic import ValidationError

from vivavoce.errors import ToolError
from vivavoce.tools.mcp.timing import McpTiming

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from vivavoce.tools.definition import ToolCaller, ToolDefinition, ToolOutcome
    from vivavoce.tools.mcp.config import McpServerConfig
    from vivavoce.tools.mcp.connection import Connection

__all__ = ["McpServer", "McpServerStatus"]

log = structlog.get_logger(__name__)

LONGEST_CAUSE = 300

MOST_CALLS = 16
"""Calls of one server that run at a time, of all conversations together; further ones wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerStatus:
    """How a server is.

    Attributes:
        state: `away` is tried again by itself.
        error: why it is away, in plain words; empty while it is not.
        tools: how many it offers.
        connections: how often it has been connected so far.
    """

    label: str
    state: Literal["connecting", "connected", "away"]
    error: str = ""
    tools: int = 0
    connections: int = 0


class McpServer:
    """A server and its tools. Somebody has to `run` it; until it is connected it offers nothing.

    Attributes:
        changed: called when it offers other tools than before, for it was connected or lost, or has said so.
    """

    def __init__(
        self,
        config: McpServerConfig,
        http: Callable[[McpServerConfig], httpx2.AsyncClient],
        *,
        trusted: bool = True,
        timing: McpTiming | None = None,
    ) -> None:
        self._config = config
        self._http = http
        self._trusted = trusted
        self._timing = timing or McpTiming()
        self.changed: Callable[[], None] = _nobody
        self._connection: Connection | None = None
        self._connected_at = 0.0
        self._connections = 0
        self._error = ""
        self._tried = anyio.Event()
        self._calls = anyio.CapacityLimiter(MOST_CALLS)

    @property
    def label(self) -> str:
        """The name clients know it by."""
        return self._config.label

    @property
    def status(self) -> McpServerStatus:
        """How it is now."""
        state: Literal["connecting", "connected", "away"] = "connected" if self._connection else "connecting"
        return McpServerStatus(
            label=self.label,
            state="away" if self._error else state,
            error=self._error,
            tools=len(self.tools()),
            connections=self._connections,
        )

    def tools(self) -> tuple[ToolDefinition, ...]:
        """Return what it offers now."""
        return self._connection.tools if self._connection else ()

    async def tried(self) -> None:
        """Wait until the first attempt to connect has come to something."""
        await self._tried.wait()

    async def call(self, name: str, arguments: dict[str, object], caller: ToolCaller) -> ToolOutcome:
        """Call a tool; cancelling tells the server to stop.

        Raises:
            ToolError: `tool_unavailable`, `tool_failed`.
        """
        del caller  # a server is told nothing of who asks
        async with self._calls:
            if self._connection is None:
                raise ToolError("tool_unavailable", f"The server {self.label!r} is away now.", retryable=True)
            return await self._connection.call(name, arguments)

    async def run(self) -> None:
        """Keep it connected until cancelled."""
        try:
            await self._keep_connected()
        finally:
            self._connection = None

    async def _keep_connected(self) -> None:
        failures = 0
        while True:
            cause = await self._connect_once()
            steady = self._connection is not None and (
                anyio.current_time() - self._connected_at >= self._timing.steady_seconds
            )
            failures = 1 if steady else failures + 1
            self._connection = None
            self._error = cause
            self._tried.set()
            if steady or failures == 1:
                self.changed()
            log.warning("mcp_server_away", server=self.label, cause=cause, attempt=failures)
            await anyio.sleep(self._timing.wait_seconds(failures))

    async def _connect_once(self) -> str:
        """Connect, stay connected, and return why that is over."""
        # Loading the SDK takes a second, for which no conversation should stand still.
        name = "vivavoce.tools.mcp"
        connection = await anyio.to_thread.run_sync(importlib.import_module, f"{name}.connection")
        child = importlib.import_module(f"{name}.child")
        stderr = child.StderrTail()
        try:
            cause: str = await connection.hold(
                self._config,
                self._opened,
                http=self._http,
                stderr=stderr,
                timing=self._timing,
                trusted=self._trusted,
            )
        except Exception as error:  # noqa: BLE001 - whatever it is ends this attempt only, is told, and is tried again
            cause = _in_plain_words(error)
        last_words = stderr.last_line
        return f"{cause} ({last_words})" if last_words else cause

    def _opened(self, connection: Connection) -> None:
        self._connection = connection
        connection.relisted = self._relisted
        self._connected_at = anyio.current_time()
        self._connections += 1
        self._error = ""
        self._tried.set()
        log.info("mcp_server_connected", server=self.label, tools=len(connection.tools))
        self.changed()

    def _relisted(self) -> None:
        log.info("mcp_server_has_other_tools", server=self.label, tools=len(self.tools()))
        self.changed()


def _nobody() -> None:
    """Nobody wants to know."""


def _in_plain_words(error: BaseException) -> str:
    """Return what is at the bottom of an exception, or of a group of them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ValidationError):  # its own words are as long as what the server said
        return "what it says does not fit the protocol"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)[:LONGEST_CAUSE] or type(error).__name__
