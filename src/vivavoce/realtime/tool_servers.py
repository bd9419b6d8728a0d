"""The MCP servers that a client names in its session: asked for their tools, and let go when it names them no longer.

Owns which server is wanted, its tools once they are known, and the tasks in which servers are asked, which end with the
connection. Refuses to know how a server is reached, and which of its tools may be used (`tools.mcp` does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio
import msgspec
import structlog

from vivavoce.conversation import events as ev
from vivavoce.errors import InputError, VivavoceError
from vivavoce.realtime.wire import items as wi
from vivavoce.realtime.wire import tools as wt
from vivavoce.session.replying import failure
from vivavoce.tools.mcp.config import McpServerConfig, session_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.conversation.settings import Tool

__all__ = ["ConnectsServers", "ToolServers"]

log = structlog.get_logger(__name__)

LISTING_SECONDS = 30.0
"""How long a server may take to tell its tools."""


class ConnectsServers(Protocol):
    """Whoever connects a session with MCP servers, and makes the calls of their tools."""

    async def connect(self, config: McpServerConfig) -> tuple[Tool, ...]:
        """Connect a server, in the place of one with the same label, and return the tools that may be used.

        Each has the server's label, and a name that is unique in the session. Cancelling gives it up.

        Raises:
            InputError: it may not be reached.
            ToolError: it does not answer, or not as an MCP server.
        """
        ...

    def disconnect(self, label: str) -> None:
        """Let go of a server; nothing happens when there is none of that label."""
        ...


class ToolServers:
    """The servers of one session. Somebody has to `run` it before a client can name any."""

    def __init__(self, connects: ConnectsServers) -> None:
        self._connects = connects
        self._wanted: dict[str, tuple[wt.McpServerTool, anyio.CancelScope]] = {}
        self._tools: dict[str, tuple[Tool, ...]] = {}
        self._dispatch: Callable[[ev.Event], None]
        self._changed: Callable[[], None]
        self._scope: TaskGroup

    async def run(
        self,
        dispatch: Callable[[ev.Event], None],
        changed: Callable[[], None],
        *,
        task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Ask servers until cancelled; `changed` is called when others tools are known than before."""
        self._dispatch, self._changed = dispatch, changed
        async with anyio.create_task_group() as scope:
            self._scope = scope
            task_status.started()
            await anyio.sleep_forever()

    def tools_of(self, server: wt.McpServerTool) -> tuple[Tool, ...]:
        """Return the tools of a server as far as they are known.

        Raises:
            InputError: it cannot be a server of this session.
        """
        _config(server)
        return self._tools.get(server.server_label, ())

    def follow(self, tools: Iterable[wt.Tool]) -> None:
        """Ask the servers among `tools` that are new or otherwise than before, and let go of the others."""
        named = {tool.server_label: tool for tool in tools if isinstance(tool, wt.McpServerTool)}
        for label in [label for label in self._wanted if label not in named]:
            self._leave(label)
        for label, server in named.items():
            known = self._wanted.get(label)
            if known is not None and server in (known[0], *wt.tools_without_secrets((known[0],))):
                continue
            if known is not None:
                self._leave(label)
            scope = anyio.CancelScope()
            self._wanted[label] = server, scope
            self._scope.start_soon(self._ask, server, scope)

    def _leave(self, label: str) -> None:
        _, scope = self._wanted.pop(label)
        scope.cancel()
        if self._tools.pop(label, None) is None:
            self._dispatch(ev.ToolServerListed(server_label=label))
        self._connects.disconnect(label)

    async def _ask(self, server: wt.McpServerTool, scope: anyio.CancelScope) -> None:
        label = server.server_label
        with scope:
            self._dispatch(ev.ToolServerAsked(server_label=label))
            try:
                with anyio.fail_after(LISTING_SECONDS):
                    tools = await self._connects.connect(_config(server))
            except VivavoceError as error:
                log.warning("mcp_server_not_listed", server=label, code=error.code, reason=error.message)
                self._dispatch(ev.ToolServerListed(server_label=label, failure=failure(error)))
                return
            except TimeoutError:
                self._dispatch(ev.ToolServerListed(server_label=label, failure=_too_slow(label)))
                return
            if scope.cancel_called:
                # It answered in the moment that it was let go of, too late to be cancelled.
                self._connects.disconnect(label)
                return
            self._tools[label] = tools
            try:
                self._changed()
            except VivavoceError as error:
                log.warning("tools_not_offered", server=label, code=error.code, reason=error.message)
            listing = msgspec.json.encode([_listing(tool) for tool in tools]).decode()
            self._dispatch(ev.ToolServerListed(server_label=label, listing=listing))


def _config(server: wt.McpServerTool) -> McpServerConfig:
    if server.server_url is None:
        raise InputError(
            "invalid_value",
            f"The MCP server '{server.server_label}' has no 'server_url'; connectors and tunnels are not known here.",
            remedy="Give the address of the server.",
            param="session.tools",
        )
    return session_server(
        server.server_label,
        server.server_url,
        headers=server.headers,
        authorization=server.authorization or "",
        allowed_tools=msgspec.to_builtins(server.allowed_tools),
        require_approval=msgspec.to_builtins(server.require_approval),
    )


def _listing(tool: Tool) -> wi.McpToolListing:
    return wi.McpToolListing(
        name=tool.name,
        description=tool.description,
        input_schema=msgspec.Raw(tool.parameters_json.encode()),
        annotations={"readOnlyHint": tool.only_reads},
    )


def _too_slow(label: str) -> ev.Failure:
    return ev.Failure(
        code="mcp_server_failed",
        stage="tool",
        message=f"The MCP server '{label}' did not tell its tools within {LISTING_SECONDS:.0f} seconds.",
        remedy="Name it again in session.update when it answers.",
        retryable=True,
    )
