"""One connection to an MCP server, by the official SDK: opened, held, and over.

Owns the handshake, the list of tools and its renewal, and the words for what went wrong. Refuses to connect again:
`server` does. Imported only when the first server is connected, since the SDK takes a second to load.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

import anyio
import mcp_types as mcp
from mcp.client.client import Client
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from vivavoce import __version__
from vivavoce.errors import ToolError
from vivavoce.tools.mcp.results import MOST_TOOLS, outcome_of, tool_definitions
from vivavoce.tools.mcp.streams import noticing, server_streams

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2
    from mcp.client.session import IncomingMessage

    from vivavoce.tools.definition import ToolDefinition, ToolOutcome
    from vivavoce.tools.mcp.child import StderrTail
    from vivavoce.tools.mcp.config import McpServerConfig
    from vivavoce.tools.mcp.timing import McpTiming

__all__ = ["Connection", "hold"]

_MOST_PAGES = 10
_LONGEST_CAUSE = 300
_OURSELVES = mcp.Implementation(name="vivavoce", version=__version__)

for _name in ("mcp", "client"):
    # The SDK logs messages it cannot read, and they hold what was said. What matters of it is told by `McpServer`.
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Connection:
    """A connection that is open."""

    def __init__(self, client: Client, config: McpServerConfig, *, trusted: bool) -> None:
        self._client = client
        self._config = config
        self._trusted = trusted
        self._calls = 0
        self.tools: tuple[ToolDefinition, ...] = ()
        self.cause = ""
        """Why it is over, once `over` is set."""
        self.over = anyio.Event()
        self.changed = anyio.Event()
        """The server has said that its tools are others now."""
        self.relisted: Callable[[], None] = _nobody
        """Called when it was asked again and offers other tools."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is under way."""
        return self._calls == 0

    @property
    def tells_by_subscription(self) -> bool:
        """Whether this server has to be asked for news of its tools (protocol of 2026-07-28)."""
        return self._client.protocol_version in MODERN_PROTOCOL_VERSIONS

    def end(self, cause: str) -> None:
        """Give it up."""
        self.cause = self.cause or cause
        self.over.set()

    async def list_tools(self) -> None:
        """Ask for the server's tools."""
        tools: list[mcp.Tool] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._client.list_tools(cursor=cursor, cache_mode="refresh")
            tools += page.tools
            cursor = page.next_cursor
            if cursor is None or len(tools) >= MOST_TOOLS:
                break
        self.tools = tool_definitions(tools, self._config, trusted=self._trusted)

    async def subscribe(self) -> None:
        """Have `changed` set when the tools change, for as long as the server tells."""
        try:
            async with self._client.listen(tools_list_changed=True) as news:
                async for _ in news:
                    self.changed.set()
        except (MCPError, SubscriptionLost, TimeoutError):
            return  # it does not tell; it is asked from time to time anyway

    async def call(self, name: str, arguments: dict[str, Any]) -> ToolOutcome:
        """Call a tool; cancelling tells the server to stop.

        Raises:
            ToolError: `tool_unavailable` when the connection broke, `tool_failed` when the server refused or answered
                what the protocol does not know.
        """
        self._calls += 1
        try:
            return outcome_of(await self._result(name, arguments))
        except MCPError as error:
            if error.code == mcp.CONNECTION_CLOSED or error.message == "Session terminated":
                self.end("it ended the connection")
                raise ToolError(
                    "tool_unavailable", f"The server {self._config.label!r} is gone.", retryable=True
                ) from error
            raise ToolError("tool_failed", f"The server refused the call: {error.message}.") from error
        except (RuntimeError, ValidationError) as error:
            raise ToolError("tool_failed", "The server's answer does not fit the protocol.") from error
        finally:
            self._calls -= 1

    async def _result(self, name: str, arguments: dict[str, Any]) -> mcp.CallToolResult:
        if self._trusted:
            return await self._client.call_tool(name, arguments)
        # The SDK's own call checks the result by the server's schema, on the event loop. A stranger's regular
        # expression can take for ever there, and every conversation with it.
        request = mcp.CallToolRequest(params=mcp.CallToolRequestParams(name=name, arguments=arguments))
        return await self._client.session.send_request(request, mcp.CallToolResult)


async def hold(
    config: McpServerConfig,
    opened: Callable[[Connection], None],
    *,
    http: Callable[[McpServerConfig], httpx2.AsyncClient],
    stderr: StderrTail,
    timing: McpTiming,
    trusted: bool,
) -> str:
    """Connect, tell `opened` once the tools are known, stay until the connection is over, and return why it is.

    Raises:
        Exception: whatever the transport or the SDK raises, often as a group.
    """
    held: list[Connection] = []

    async def on_message(message: IncomingMessage) -> None:
        if held and isinstance(message, mcp.ToolListChangedNotification):
            held[0].changed.set()

    with anyio.CancelScope(deadline=anyio.current_time() + timing.connect_seconds) as connecting:
        gone = anyio.Event()
        streams = noticing(server_streams(config, http, stderr), gone)
        async with Client(streams, message_handler=on_message, client_info=_OURSELVES, cache=None) as client:
            connection = Connection(client, config, trusted=trusted)
            held.append(connection)
            await connection.list_tools()
            connecting.deadline = math.inf
            opened(connection)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_keep_listed, connection, timing)
                tasks.start_soon(_end_when_gone, connection, gone)
                if connection.tells_by_subscription:
                    tasks.start_soon(connection.subscribe)
                await connection.over.wait()
                tasks.cancel_scope.cancel()
            return connection.cause
    return f"it did not answer within {timing.connect_seconds:g} seconds"


async def _keep_listed(connection: Connection, timing: McpTiming) -> None:
    """Ask for the tools when they have changed and, as a sign of life, from time to time when nothing else goes on."""
    while True:
        with anyio.move_on_after(timing.probe_seconds):
            await connection.changed.wait()
        if not connection.changed.is_set() and not connection.is_idle:
            continue
        connection.changed = anyio.Event()
        before = connection.tools
        with anyio.move_on_after(timing.answer_seconds) as answering:
            try:
                await connection.list_tools()
            except (MCPError, RuntimeError) as error:
                connection.end(f"it no longer lists its tools: {str(error)[:_LONGEST_CAUSE]}")
                return
            except ValidationError:
                connection.end("its list of tools no longer fits the protocol")
                return
        if answering.cancelled_caught:
            connection.end("it stopped answering")
            return
        if connection.tools != before:
            connection.relisted()
        # A server that always has news is asked no more often than this.
        await anyio.sleep(timing.news_seconds)


def _nobody() -> None:
    """Nobody wants to know."""


async def _end_when_gone(connection: Connection, gone: anyio.Event) -> None:
    await gone.wait()
    connection.end("it ended")
