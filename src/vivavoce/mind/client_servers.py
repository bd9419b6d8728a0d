"""The MCP servers that one session's client names, as tools of its conversation.

Owns which labels are the client's: its servers take the place of none of ours. Refuses to know the wire, and how a
server is reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import InputError
from vivavoce.mind.offering import offered_tool
from vivavoce.tools.mcp.servers import SessionMcpServers

if TYPE_CHECKING:
    from anyio.abc import TaskStatus

    from vivavoce.conversation.settings import Tool
    from vivavoce.tools.mcp.config import McpServerConfig
    from vivavoce.tools.mcp.guard import Reach
    from vivavoce.tools.toolbox import Toolbox

__all__ = ["ClientServers"]


class ClientServers:
    """Connects servers while it is `run`; `reach` says where they may be."""

    def __init__(self, toolbox: Toolbox, reach: Reach) -> None:
        self._toolbox = toolbox
        self._servers = SessionMcpServers(reach)
        self._labels: set[str] = set()

    @property
    def allowed(self) -> tuple[str, ...]:
        """The patterns of the tools that are the client's own, whatever the character may use."""
        return tuple(f"{label}.*" for label in sorted(self._labels))

    def has(self, label: str) -> bool:
        """Tell whether a label is that of a server of the client's."""
        return label in self._labels

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Keep servers connected until cancelled."""
        async with self._servers:
            task_status.started()
            await anyio.sleep_forever()

    async def connect(self, config: McpServerConfig) -> tuple[Tool, ...]:
        """Connect a server and return the tools that may be used; see `realtime.tool_servers.ConnectsServers`.

        Raises:
            InputError: `mcp_refused`.
            ToolError: `mcp_server_failed`.
        """
        label = config.label
        if label not in self._labels and label in self._toolbox.labels:
            raise InputError(
                "mcp_refused",
                f"The label '{label}' is that of a server of ours.",
                remedy="Choose another label.",
                param="session.tools",
            )
        server = await self._servers.connect(config)
        self._toolbox.add(server)
        self._labels.add(label)
        there = self._toolbox.offered((f"{label}.*",))
        return tuple(offered_tool(tool) for tool in there if tool.server_label == label)

    def disconnect(self, label: str) -> None:
        """Let go of a server of the client's."""
        if label in self._labels:
            self._labels.discard(label)
            self._toolbox.remove(label)
        self._servers.disconnect(label)
