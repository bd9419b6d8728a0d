"""The MCP servers that a client names: asked, replaced and let go, on virtual time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import Tool
from vivavoce.errors import InputError, ToolError
from vivavoce.realtime.tool_servers import ToolServers
from vivavoce.realtime.wire.tools import McpServerTool
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.tools.mcp.config import McpServerConfig

pytestmark = pytest.mark.anyio

DEN = McpServerTool(server_label="den", server_url="https://den.example/mcp")
CLOCK = Tool(name="look_at_clock", description="Tells the time.", parameters_json="{}", server_label="den")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Neighbour:
    """A server that answers once it may; a `ConnectsServers`."""

    def __init__(self) -> None:
        self.may_answer = anyio.Event()
        self.asked: list[str] = []
        self.left: list[str] = []

    async def connect(self, config: McpServerConfig) -> tuple[Tool, ...]:
        """Answer with one tool, or not at all."""
        self.asked.append(config.url)
        await self.may_answer.wait()
        if "broken" in config.url:
            raise ToolError("mcp_server_failed", "It does not answer.")
        return (CLOCK,)

    def disconnect(self, label: str) -> None:
        """Note who was let go."""
        self.left.append(label)


class Scene:
    """A session's servers, and what its conversation was told."""

    def __init__(self) -> None:
        self.neighbour = Neighbour()
        self.servers = ToolServers(self.neighbour)
        self.told: list[ev.Event] = []
        self.changes = 0

    def changed(self) -> None:
        """Count."""
        self.changes += 1

    @property
    def listed(self) -> list[str]:
        """How each asking ended: the failure's code, or nothing."""
        ended = [event for event in self.told if isinstance(event, ev.ToolServerListed)]
        return [event.failure.code if event.failure else "" for event in ended]


@asynccontextmanager
async def scene() -> AsyncGenerator[Scene, None]:
    one = Scene()
    async with anyio.create_task_group() as group:
        await group.start(one.servers.run, one.told.append, one.changed)
        yield one
        group.cancel_scope.cancel()


async def test_a_server_is_asked_once_and_its_tools_are_known_then() -> None:
    async with scene() as here:
        here.servers.follow([DEN])
        here.servers.follow([DEN])
        assert here.servers.tools_of(DEN) == ()
        here.neighbour.may_answer.set()
        await anyio.wait_all_tasks_blocked()
        assert here.servers.tools_of(DEN) == (CLOCK,)
        assert (here.neighbour.asked, here.changes, here.listed) == (["https://den.example/mcp"], 1, [""])


async def test_a_server_that_is_named_no_longer_is_let_go() -> None:
    async with scene() as here:
        here.neighbour.may_answer.set()
        here.servers.follow([DEN])
        await anyio.wait_all_tasks_blocked()
        here.servers.follow([])
        assert (here.servers.tools_of(DEN), here.neighbour.left) == ((), ["den"])


async def test_a_server_let_go_in_the_moment_it_answers_is_gone() -> None:
    async with scene() as here:
        here.servers.follow([DEN])
        await anyio.wait_all_tasks_blocked()
        here.neighbour.may_answer.set()
        here.servers.follow([])
        await anyio.wait_all_tasks_blocked()
        assert here.servers.tools_of(DEN) == ()
        assert (here.changes, here.listed) == (0, [""])
        assert here.neighbour.left == ["den", "den"], "what was connected after it was let go is let go again"


async def test_a_server_at_another_address_takes_the_place_of_the_first() -> None:
    async with scene() as here:
        here.servers.follow([DEN])
        await anyio.wait_all_tasks_blocked()
        here.servers.follow([McpServerTool(server_label="den", server_url="https://other.example/mcp")])
        here.neighbour.may_answer.set()
        await anyio.wait_all_tasks_blocked()
        assert here.neighbour.asked == ["https://den.example/mcp", "https://other.example/mcp"]
        assert here.changes == 1


async def test_a_server_that_fails_or_hangs_is_told_and_the_session_goes_on() -> None:
    broken = McpServerTool(server_label="shop", server_url="https://broken.example/mcp")
    async with scene() as here:
        here.servers.follow([broken])
        here.neighbour.may_answer.set()
        await anyio.wait_all_tasks_blocked()
        here.neighbour.may_answer = anyio.Event()
        here.servers.follow([broken, DEN])
        await anyio.sleep(31.0)
        assert here.listed == ["mcp_server_failed", "mcp_server_failed"]
        assert here.servers.tools_of(broken) == ()


async def test_a_server_without_an_address_is_refused() -> None:
    async with scene() as here:
        with pytest.raises(InputError, match="server_url"):
            here.servers.tools_of(McpServerTool(server_label="den", connector_id="connector_x"))
