"""The processes and streams of MCP servers end with whoever owns them, however that ends."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest
from mcp.client import stdio

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
from vivavoce.tools.mcp.config import session_server
from vivavoce.tools.mcp.servers import McpServers, SessionMcpServers
from vivavoce.tools.mcp.timing import McpTiming
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from vivavoce.tools.mcp.config import McpServerConfig
    from vivavoce.tools.mcp.server import McpServer

pytestmark = pytest.mark.anyio

ROUNDS = 50
QUICK = McpTiming(connect_seconds=WAIT_SECONDS, first_wait_seconds=0.05, longest_wait_seconds=0.2)
CALLER = RecordedCaller()
US = psutil.Process()


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(autouse=True)
def short_graces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a program that does not end be ended sooner: what is looked for is that nothing of it is left."""
    for grace in ("PROCESS_TERMINATION_TIMEOUT", "FORCE_KILL_TIMEOUT"):
        monkeypatch.setattr(stdio, grace, 0.3)


STANDING: set[int] = set()


@pytest.fixture(autouse=True)
def what_other_tests_keep_running() -> None:
    """A database, for one: it is neither counted nor killed here."""
    STANDING.clear()
    STANDING.update(process.pid for process in US.children())


def keepers() -> list[psutil.Process]:
    return [process for process in US.children() if process.pid not in STANDING]


def children() -> list[psutil.Process]:
    return [process for keeper in keepers() for process in (keeper, *keeper.children(recursive=True))]


def counts(besides: frozenset[int] = frozenset()) -> tuple[int, int, int]:
    """Return how many processes, descriptors and tasks there are; `besides` names processes that are to be there."""
    gc.collect()
    ours = [process for process in children() if process.pid not in besides]
    return len(ours), US.num_fds(), len(asyncio.all_tasks())


async def only_what_was(before: tuple[int, int, int], besides: frozenset[int] = frozenset()) -> None:
    """Wait until there is no more than before: who was killed may be counted until the system has noticed.

    There may be less: what an earlier test left to be collected is gone by now.
    """

    def no_more() -> bool:
        return all(now <= then for now, then in zip(counts(besides), before, strict=True))

    try:
        await until(no_more)
    except TimeoutError:
        pytest.fail(f"(processes, descriptors, tasks) were {before} and are {counts(besides)}: {children()}")


async def gone(processes: list[psutil.Process]) -> None:
    # Not psutil.wait_procs: it would take the news of a child's end from the event loop, which then waits for ever.
    await until(lambda: not any(process.is_running() for process in processes))


def has_been_connected(server: McpServer, times: int) -> bool:
    return server.status.connections == times


async def use(config: McpServerConfig, tool: str, arguments: str) -> None:
    async with McpServers([config], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        outcome = await Toolbox(servers.sources).call(tool, arguments, CALLER)
        assert outcome.error_code == "", (outcome, servers.status())


async def test_nothing_is_left_after_fifty_openings_and_closings() -> None:
    async with everything_over_http(free_port()) as url:
        standing = frozenset(process.pid for process in children())

        async def once() -> None:
            async with SessionMcpServers("any") as of_session:
                remote = await of_session.connect(session_server("web", url))
                assert (await remote.call("echo", {"message": "hi"}, CALLER)).error_code == ""
                await use(scripted_config(), "echo", "{}")

        await once()  # what is loaded once stays
        before = counts(standing)
        for _ in range(ROUNDS):
            await once()
        await only_what_was(before, standing)
        assert before[0] == 0


async def test_nothing_is_left_of_the_real_servers() -> None:
    await use(scripted_config(), "echo", "{}")
    before = counts()
    for _ in range(3):
        await use(everything_config(), "echo", '{"message": "hi"}')
        await use(time_config(), "get_current_time", '{"timezone": "UTC"}')
    await only_what_was(before)


@pytest.mark.parametrize("how", ["deaf", "parent", "mute"])
async def test_a_program_that_does_not_want_to_end_is_ended(how: str) -> None:
    await use(scripted_config(), "echo", "{}")  # what is loaded once stays
    before = counts()
    async with McpServers([scripted_config(how)], timing=QUICK) as servers:
        # Nobody ever hears from a mute one.
        if how != "mute":
            await servers.tried(WAIT_SECONDS)
        await until(lambda: len(children()) >= (3 if how == "parent" else 2))
    await only_what_was(before)


async def test_a_program_that_is_killed_leaves_nothing_and_is_started_anew() -> None:
    await use(scripted_config(), "echo", "{}")
    before = counts()
    async with McpServers([scripted_config("parent")], timing=QUICK) as servers:
        (server,) = servers.sources
        for times in (1, 2, 3):
            await until(partial(has_been_connected, server, times))
            pid = int((await server.call("echo", {}, CALLER)).output.split()[-1])
            family = children()
            assert len(family) == 3
            os.kill(pid, signal.SIGKILL)
            await gone(family)
    await only_what_was(before)


async def test_a_program_goes_even_when_its_keeper_is_killed() -> None:
    async with McpServers([scripted_config("deaf")], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        family = children()
        assert len(family) == 2
        os.kill(keepers()[0].pid, signal.SIGKILL)
        await gone(family)
        await until(lambda: servers.status()[0].connections == 2)


async def test_a_call_that_hangs_ends_with_its_owner() -> None:
    await use(scripted_config(), "echo", "{}")
    before = counts()
    async with anyio.create_task_group() as tasks, McpServers([scripted_config("deaf")], timing=QUICK) as servers:
        await servers.tried(WAIT_SECONDS)
        tasks.start_soon(Toolbox(servers.sources).call, "hang", "{}", CALLER)
        await anyio.sleep(0.1)
    await only_what_was(before)


PARENT = """
import json, sys, anyio
from vivavoce.tools.mcp.config import McpServerConfig
from vivavoce.tools.mcp.servers import McpServers

async def main():
    configs = [McpServerConfig(**fields) for fields in json.loads(sys.argv[1])]
    async with McpServers(configs) as servers:
        await servers.tried(30)
        print("READY", flush=True)
        await anyio.sleep_forever()

anyio.run(main, backend_options={"use_uvloop": True})
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=["kill -9", "terminate", "Ctrl-C"])
def test_the_programs_go_with_us_however_we_go(how: signal.Signals) -> None:
    configs = [everything_config(), scripted_config("deaf"), scripted_config("parent")]
    told = [
        {"label": f"{config.label}{number}", "command": config.command, "args": list(config.args)}
        for number, config in enumerate(configs)
    ]
    command = [sys.executable, "-c", PARENT, json.dumps(told)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=Path(__file__).parents[2]
    ) as parent:
        assert parent.stdout is not None
        assert any(line.startswith("READY") for line in parent.stdout)
        orphans = psutil.Process(parent.pid).children(recursive=True)
        assert len(orphans) == 7
        parent.send_signal(how)
        parent.wait(timeout=WAIT_SECONDS)
        assert not psutil.wait_procs(orphans, timeout=WAIT_SECONDS)[1]
