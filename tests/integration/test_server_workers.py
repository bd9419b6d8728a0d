"""A server of several processes: sessions stay with their worker, one worker's end is not the others', and all end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.deadlines import OPEN_DOORS, START_SECONDS, WAIT_SECONDS
from tests.integration.llm_engines import small_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Fleet:
    """A server that runs."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=WAIT_SECONDS) as answer:
            text: str = answer.read().decode()
            return text

    async def workers(self) -> dict[int, dict[str, Any]]:
        """Return each worker as the one that answers knows it, by number."""
        health = json.loads(await anyio.to_thread.run_sync(self.get, "/health"))
        return {worker["worker"]: worker for worker in health["workers"]}

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def served(*options: str, workers: int = 2) -> Iterator[Fleet]:
    command = [sys.executable, "-m", "vivavoce", "serve", "--port", "0", "--workers", str(workers), *options]
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("VIVAVOCE_") or key == "VIVAVOCE_DATA"
    }
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=kept | OPEN_DOORS
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line.startswith("vivavoce is ready: http"), process.stderr.read() if process.poll() else line
        yield Fleet(process, line.split(": ")[1].strip())
    finally:
        process.kill()
        process.communicate(timeout=WAIT_SECONDS)


@asynccontextmanager
async def session(fleet: Fleet) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws{fleet.url.removeprefix('http')}/v1/realtime", max_size=None) as connection:
        await heard(connection, "session.created")
        yield connection


async def heard(connection: ClientConnection, kind: str) -> dict[str, Any]:
    """Return the next event of a kind."""
    with anyio.fail_after(WAIT_SECONDS):
        while True:
            event: dict[str, Any] = json.loads(await connection.recv())
            if event["type"] == kind:
                return event


async def answered(connection: ClientConnection) -> str:
    """Ask for a short text, and return how the reply ended."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello."}]}
    await connection.send(json.dumps({"type": "conversation.item.create", "item": item}))
    response = {"output_modalities": ["text"], "max_output_tokens": 8}
    await connection.send(json.dumps({"type": "response.create", "response": response}))
    done = await heard(connection, "response.done")
    status: str = done["response"]["status"]
    return "completed" if status == "incomplete" else status


async def until(fleet: Fleet, active: dict[int, int]) -> None:
    """Wait until the workers, a new one among them that has to start first, hold so many sessions each."""
    counts: dict[int, int] = {}
    with anyio.move_on_after(START_SECONDS):
        while counts != active:
            counts = {number: worker["active"] for number, worker in (await fleet.workers()).items()}
            await anyio.sleep(0.2)
    assert counts == active


async def test_sessions_are_spread_over_the_workers_and_the_end_of_one_is_not_the_others() -> None:
    with served("--llm", str(small_model())) as fleet:
        async with session(fleet) as a, session(fleet) as b, session(fleet) as c, session(fleet) as d:
            await until(fleet, {0: 2, 1: 2})
            assert [await answered(each) for each in (a, b, c, d)] == ["completed"] * 4
            workers = await fleet.workers()
            os.kill(workers[0]["pid"], signal.SIGKILL)
            alive = []
            for each in (a, b, c, d):
                try:
                    alive.append(await answered(each))
                except ConnectionClosed:
                    continue
            assert alive == ["completed"] * 2, "who was with the other worker goes on"
            async with session(fleet) as new:
                assert await answered(new) == "completed"
            await until(fleet, {0: 0, 1: 2})
            assert (await fleet.workers())[0]["pid"] != workers[0]["pid"]
            async with session(fleet) as new:
                await until(fleet, {0: 1, 1: 2})
                assert await answered(new) == "completed", "the new worker has the language model too"
        await ends_without_a_trace(fleet)


async def ends_without_a_trace(fleet: Fleet) -> None:
    """Tell the server to stop, and look for what is left of it."""
    below = fleet.descendants()
    own = [process for process in below if process.ppid() == fleet.process.pid]
    assert len(own) == 3, "two workers and the language model"
    fleet.process.terminate()
    assert await anyio.to_thread.run_sync(fleet.process.wait, WAIT_SECONDS) == 0
    # They have gone before it, and not some time later.
    assert psutil.wait_procs(below, timeout=0)[1] == []


async def test_workers_and_model_go_with_a_first_process_that_is_killed() -> None:
    with served("--llm", str(small_model())) as fleet:
        below = fleet.descendants()
        fleet.process.kill()
        _, alive = psutil.wait_procs(below, timeout=WAIT_SECONDS)
        assert alive == []


async def test_any_worker_tells_the_figures_of_all_and_their_limits_add_up() -> None:
    with served("--engines", "instant") as fleet:
        async with session(fleet), session(fleet), session(fleet):
            figures: dict[str, dict[str, float]] = {}
            with anyio.move_on_after(WAIT_SECONDS):
                while sum(figures.get("vivavoce_sessions", {}).values()) != 3:
                    text = await anyio.to_thread.run_sync(fleet.get, "/metrics")
                    figures = {
                        family.name: {sample.labels["worker"]: sample.value for sample in family.samples}
                        for family in text_string_to_metric_families(text)
                    }
    assert figures["vivavoce_sessions"] in ({"0": 2, "1": 1}, {"0": 1, "1": 2})
    assert figures["vivavoce_sessions_limit"] == {"0": 50, "1": 50}


async def test_a_conversation_that_goes_on_at_another_worker_is_taken_over_there(tmp_path: Path) -> None:
    with served("--engines", "instant", "--data", str(tmp_path)) as fleet:
        async with session(fleet) as first:
            assert await answered(first) == "completed"
            conversations: list[dict[str, Any]] = []
            with anyio.fail_after(WAIT_SECONDS):
                while not conversations:
                    conversations = json.loads(await anyio.to_thread.run_sync(fleet.get, "/v1/conversations"))["data"]
            held_by = next(number for number, worker in (await fleet.workers()).items() if worker["active"])
            address = f"ws{fleet.url.removeprefix('http')}/v1/realtime?conversation={conversations[0]['id']}"
            async with connect(address, max_size=None) as second:
                refused = await heard(first, "error")
                assert refused["error"]["code"] == "conversation_taken_over"
                said = await heard(second, "conversation.item.added")
                assert said["item"]["content"][0]["text"] == "Say hello."
                assert await answered(second) == "completed"
                await until(fleet, {held_by: 0, 1 - held_by: 1})


async def test_workers_with_room_for_one_session_each_are_still_several(tmp_path: Path) -> None:
    few = tmp_path / "few.toml"
    few.write_text('engines = "instant"\nmax_sessions = 2\n', "utf-8")
    with served("--config", str(few)) as fleet:
        body = json.dumps({"engine": "chat_engine"}).encode()
        asked = urllib.request.Request(
            f"{fleet.url}/v1/engines/switch", body, {"Content-Type": "application/json"}, method="POST"
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            await anyio.to_thread.run_sync(lambda: urllib.request.urlopen(asked, timeout=WAIT_SECONDS))
        with refused.value:
            assert json.load(refused.value)["error"]["code"] == "switch_needs_one_worker"
        with pytest.raises(InvalidStatus):
            await connect(f"ws{fleet.url.removeprefix('http')}/v1/realtime?room=den")


def test_settings_that_no_worker_can_use_end_the_server_at_once_and_in_words() -> None:
    command = [sys.executable, "-m", "vivavoce", "serve", "--port", "0", "--workers", "2", "--engines", "instant"]
    environment = {**os.environ, "VIVAVOCE_REPLY_ENGINE": "nowhere"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=False)
    assert done.returncode == 2
    assert "There is no reply engine 'nowhere'" in done.stderr
    assert "worker_restarts" not in done.stderr
    assert "Traceback" not in done.stderr
