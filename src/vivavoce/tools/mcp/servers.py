"""The MCP servers of the whole server, and those of one session: each set has one owner, and ends with it.

Owns the tasks in which servers are kept connected. Refuses to know a single server's life, and who may call what.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

import anyio
import httpx2

from vivavoce.errors import InputError, ToolError
from vivavoce.tools.mcp.guard import Reach, check_url, guarded_client
from vivavoce.tools.mcp.server import McpServer, McpServerStatus
from vivavoce.tools.mcp.timing import McpTiming

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from anyio.abc import TaskGroup

    from vivavoce.tools.mcp.config import McpServerConfig

__all__ = ["McpServers", "SessionMcpServers"]

MOST_SERVERS_A_SESSION = 8

SESSION_TIMING = McpTiming(connect_seconds=10.0, longest_wait_seconds=300.0)


class McpServers:
    """The servers of the configuration, for all conversations: connected from entering to leaving.

    Entering does not wait for them: what is not there yet, or never, just offers no tools.
    """

    def __init__(self, configs: Iterable[McpServerConfig], *, timing: McpTiming | None = None) -> None:
        self._servers = tuple(McpServer(config, _client, timing=timing) for config in configs)
        self._tasks: TaskGroup | None = None

    @property
    def sources(self) -> tuple[McpServer, ...]:
        """One source of tools for each server, whether it is connected or not."""
        return self._servers

    def status(self) -> tuple[McpServerStatus, ...]:
        """Tell how each server is."""
        return tuple(server.status for server in self._servers)

    async def tried(self, within_seconds: float) -> None:
        """Wait until each has been connected or has failed once, at most so long."""
        with anyio.move_on_after(within_seconds):
            for server in self._servers:
                await server.tried()

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        for server in self._servers:
            self._tasks.start_soon(server.run, name=f"mcp server {server.label}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """End every server, with its process or stream; takes seconds when one does not end by itself."""
        return await _end(self._tasks, kind, error, trace)


class SessionMcpServers:
    """The servers that a client names in its session, which live as long as this is entered.

    They are reached over HTTP only, with what the client gave for them and nothing of ours; `reach` says where.
    """

    def __init__(self, reach: Reach = "public", *, timing: McpTiming = SESSION_TIMING) -> None:
        self._reach: Reach = reach
        self._timing = timing
        self._servers: dict[str, tuple[McpServer, anyio.CancelScope]] = {}
        self._tasks: TaskGroup | None = None

    @property
    def sources(self) -> tuple[McpServer, ...]:
        """The servers that are connected, or are again sometime."""
        return tuple(server for server, _ in self._servers.values())

    async def connect(self, config: McpServerConfig) -> McpServer:
        """Connect a server, in the place of one with the same label, and return it once its tools are known.

        Raises:
            InputError: `mcp_refused`: it may not be reached, or there are too many.
            ToolError: `mcp_server_failed`: it does not answer, or not as an MCP server.
        """
        check_url(config.url, self._reach)
        self.disconnect(config.label)
        if self._tasks is None or len(self._servers) >= MOST_SERVERS_A_SESSION:
            raise InputError("mcp_refused", f"A session has at most {MOST_SERVERS_A_SESSION} MCP servers.")
        server = McpServer(config, partial(guarded_client, reach=self._reach), trusted=False, timing=self._timing)
        scope = anyio.CancelScope()
        self._servers[config.label] = (server, scope)
        self._tasks.start_soon(self._run, server, scope, name=f"mcp server {server.label} of a session")
        try:
            await server.tried()
        except anyio.get_cancelled_exc_class():
            self.disconnect(config.label)
            raise
        if server.status.state != "connected":
            self.disconnect(config.label)
            raise ToolError(
                "mcp_server_failed",
                f"The MCP server {config.label!r} cannot be used: {server.status.error}.",
                remedy="Check its URL and key.",
            )
        return server

    def disconnect(self, label: str) -> None:
        """Let go of a server; nothing happens when there is none of that label."""
        _, scope = self._servers.pop(label, (None, None))
        if scope is not None:
            scope.cancel()

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """End every stream."""
        tasks, self._tasks = self._tasks, None
        self._servers.clear()
        return await _end(tasks, kind, error, trace)

    @staticmethod
    async def _run(server: McpServer, scope: anyio.CancelScope) -> None:
        with scope:
            await server.run()


async def _end(
    tasks: TaskGroup | None,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> bool | None:
    """Cancel the tasks and wait for them; an error of whoever is inside leaves as it is, not in a group."""
    if tasks is None:
        return None
    tasks.cancel_scope.cancel()
    if isinstance(error, anyio.get_cancelled_exc_class()):
        return await tasks.__aexit__(kind, error, trace)
    await tasks.__aexit__(None, None, None)
    return None


def _client(config: McpServerConfig) -> httpx2.AsyncClient:
    """Return the HTTP client for a server that whoever runs us has configured."""
    return httpx2.AsyncClient(headers=dict(config.headers), timeout=httpx2.Timeout(30.0, read=300.0))
