"""Tools of real MCP servers, over stdio and streamable HTTP, and of servers that break."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.mcp_test_servers import (
    everything_config,
    everything_over_http,
    scripted_config,
    time_config,
    until,
)
from tests.ports import free_port
from tests.unit.tools.callers import RecordedCaller
from vivavoce.errors import InputError, ToolError
from vivavoce.tools.mcp.config import McpServerConfig, session_server
from vivavoce.tools.mcp.servers import McpServers, SessionMcpServers
from vivavoce.tools.mcp.timing import McpTiming
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

QUICK = McpTiming(connect_seconds=20.0, first_wait_seconds=0.05, longest_wait_seconds=0.2)
CALLER = RecordedCaller()


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def test_the_time_server_answers_over_stdio() -> None:
    async with McpServers([time_config()], timing=QUICK) as servers:
        await servers.tried(30)
        toolbox = Toolbox(servers.sources)
        assert [(one.name, one.server_label) for one in toolbox.offered(["time.*"])] == [
            ("get_current_time", "time"),
            ("convert_time", "time"),
        ]
        outcome = await toolbox.call("get_current_time", '{"timezone": "Asia/Tokyo"}', CALLER)
        assert json.loads(outcome.output)["timezone"] == "Asia/Tokyo"
        assert (await toolbox.call("get_current_time", "{}", CALLER)).error_code == "tool_arguments_invalid"
        assert (await toolbox.call("get_current_time", '{"timezone": "Moon"}', CALLER)).error_code == "tool_failed"


async def test_the_everything_server_answers_over_stdio_in_every_kind_of_content() -> None:
    async with McpServers([everything_config()], timing=QUICK) as servers:
        await servers.tried(30)
        toolbox = Toolbox(servers.sources)
        hints = {one.name: (one.changes_things, one.needs_approval) for one in toolbox.offered()}
        assert hints["echo"] == (False, False)
        assert hints["toggle-simulated-logging"] == (True, False)
        assert (await toolbox.call("echo", '{"message": "你好"}', CALLER)).output == "Echo: 你好"
        assert "5" in (await toolbox.call("get-sum", '{"a": 2, "b": "3"}', CALLER)).output
        weather = await toolbox.call("get-structured-content", '{"location": "New York"}', CALLER)
        assert "temperature" in json.loads(weather.output)
        assert "[image: image/png, " in (await toolbox.call("get-tiny-image", "{}", CALLER)).output
        assert "[link: " in (await toolbox.call("get-resource-links", '{"count": 1}', CALLER)).output
        assert len((await toolbox.call("get-env", "{}", CALLER)).output) <= 4_000


async def test_a_program_gets_what_it_needs_and_none_of_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    async with McpServers([scripted_config(env={"MINE": "1"})], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        seen = json.loads((await servers.sources[0].call("environment", {}, CALLER)).output)
    assert seen["MINE"] == "1"
    assert seen["PATH"] == os.environ["PATH"]
    assert "OPENAI_API_KEY" not in seen


async def test_only_allowed_tools_are_there() -> None:
    config = everything_config(allowed=session_server("x", "http://h/", allowed_tools=["get-*"]).allowed)
    async with McpServers([config], timing=QUICK) as servers:
        await servers.tried(30)
        names = [one.name for one in servers.sources[0].tools()]
        assert "get-sum" in names
        assert all(name.startswith("get-") for name in names)


async def test_the_everything_server_answers_over_http_and_is_found_again_after_it_was_gone() -> None:
    port = free_port()
    config = McpServerConfig(label="web", url=f"http://127.0.0.1:{port}/mcp", headers={"X-Key": "1"})
    async with McpServers([config], timing=QUICK) as servers:
        toolbox = Toolbox(servers.sources)
        await servers.tried(WAIT_SECONDS)
        assert servers.status()[0].state == "away"
        async with everything_over_http(port):
            await until(lambda: servers.status()[0].state == "connected")
            assert (await toolbox.call("echo", '{"message": "hi"}', CALLER)).output == "Echo: hi"
        lost = await toolbox.call("echo", '{"message": "hi"}', CALLER)
        assert lost.error_code == "tool_unavailable"
        await until(lambda: toolbox.offered() == ())
        async with everything_over_http(port):
            await until(lambda: servers.status()[0].connections == 2)
            assert (await toolbox.call("echo", '{"message": "hi"}', CALLER)).output == "Echo: hi"


async def test_a_server_that_dies_in_a_call_fails_that_call_and_comes_back() -> None:
    async with McpServers([scripted_config()], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        (server,) = servers.sources
        with pytest.raises(ToolError) as failed:
            await server.call("die", {}, CALLER)
        assert failed.value.code == "tool_unavailable"
        await until(lambda: server.status.connections == 2)
        assert (await server.call("echo", {}, CALLER)).output.startswith("echo of")


async def test_a_server_that_cannot_start_is_away_with_its_own_last_words() -> None:
    configs = [scripted_config("failing"), McpServerConfig(label="none", command="/no/such/program")]
    async with McpServers(configs, timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        scripted, none = servers.status()
        assert (scripted.state, scripted.tools) == ("away", 0)
        assert "The moon is in the wrong house." in scripted.error
        assert "/no/such/program does not run: No such file or directory" in none.error


async def test_a_folder_that_does_not_exist_is_named() -> None:
    async with McpServers([scripted_config(cwd="/no/such/folder")], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        assert "/no/such/folder" in servers.status()[0].error


async def test_a_server_that_says_nothing_is_given_up_and_tried_again() -> None:
    timing = McpTiming(connect_seconds=0.5, first_wait_seconds=60)
    async with McpServers([scripted_config("mute")], timing=timing) as servers:
        await servers.tried(WAIT_SECONDS)
        assert servers.status()[0].error == "it did not answer within 0.5 seconds"


async def test_new_tools_are_seen_and_told_of_as_soon_as_the_server_tells() -> None:
    async with McpServers([scripted_config()], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        (server,) = servers.sources
        told: list[set[str]] = []
        server.changed = lambda: told.append({one.name for one in server.tools()})
        assert "new" not in {one.name for one in server.tools()}
        await server.call("grow", {}, CALLER)
        await until(lambda: bool(told))
        assert ["new" in names for names in told] == [True]


async def test_a_call_that_takes_too_long_is_cancelled_at_the_server(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    config = scripted_config(env={"NOTES": str(notes)}, timeout_seconds=0.5)
    async with McpServers([config], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        outcome = await Toolbox(servers.sources).call("hang", "{}", CALLER)
        assert outcome.error_code == "tool_timeout"
        await until(lambda: "notifications/cancelled" in notes.read_text(encoding="utf-8"))


async def test_a_server_that_stops_answering_is_started_anew(tmp_path: Path) -> None:
    timing = McpTiming(probe_seconds=0.1, answer_seconds=0.3, first_wait_seconds=0.05)
    config = scripted_config(env={"NOTES": str(tmp_path / "notes")})
    async with McpServers([config], timing=timing) as servers:
        await servers.tried(WAIT_SECONDS)
        (server,) = servers.sources
        pid = int((await server.call("echo", {}, CALLER)).output.split()[-1])
        os.kill(pid, 19)  # SIGSTOP: it is there, and does nothing
        await until(lambda: server.status.connections >= 2)


@pytest.mark.parametrize("reach", ["public", "refuse"])
async def test_a_session_reaches_no_server_of_this_network_unless_that_is_allowed(reach: str) -> None:
    async with everything_over_http(free_port()) as url, SessionMcpServers(reach) as servers:  # type: ignore[arg-type]
        with pytest.raises((InputError, ToolError)) as refused:
            await servers.connect(session_server("home", url))
        assert "session_mcp" in str(refused.value)
        assert servers.sources == ()


async def test_a_session_uses_the_servers_that_it_names_and_asks_before_each_call() -> None:
    async with everything_over_http(free_port()) as url, SessionMcpServers("any") as servers:
        server = await servers.connect(session_server("home", url, allowed_tools=["echo", "get-sum"]))
        toolbox = Toolbox([])
        toolbox.add(server)
        assert [(one.name, one.needs_approval) for one in toolbox.offered()] == [("echo", True), ("get-sum", True)]
        assert (await toolbox.call("echo", '{"message": "hi"}', CALLER)).output == "Echo: hi"
        await servers.connect(session_server("home", url, require_approval="never", allowed_tools=["echo"]))
        assert [one.tools()[0].needs_approval for one in servers.sources] == [False]


async def test_a_session_that_names_what_is_no_mcp_server_is_told() -> None:
    async with SessionMcpServers("any") as servers:
        with pytest.raises(ToolError, match="cannot be used") as failed:
            await servers.connect(session_server("home", f"http://127.0.0.1:{free_port()}/mcp"))
        assert failed.value.code == "mcp_server_failed"


async def test_a_session_has_only_so_many_servers() -> None:
    async with everything_over_http(free_port()) as url, SessionMcpServers("any") as servers:
        for number in range(8):
            await servers.connect(session_server(f"home{number}", url, allowed_tools=["echo"]))
        with pytest.raises(InputError, match="at most 8"):
            await servers.connect(session_server("one_more", url))
