"""A model's server that another process keeps, on virtual time."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from vivavoce.engines.llm.llama_process import LlamaEndpoint
from vivavoce.engines.llm.llama_server import LlamaState
from vivavoce.engines.llm.llama_source import HandedServer
from vivavoce.errors import EngineError, Stage
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


def at(port: int) -> LlamaEndpoint:
    return LlamaEndpoint(root_url=f"http://127.0.0.1:{port}", api_key="key", slot_folder=Path(), first_slot=2)


async def test_it_is_ready_once_it_was_greeted_and_greeted_again_wherever_it_comes_back() -> None:
    greeted: list[LlamaEndpoint] = []

    async def greet(endpoint: LlamaEndpoint) -> None:
        assert server.endpoint is None
        greeted.append(endpoint)

    server = HandedServer("model", greet)
    async with anyio.create_task_group() as tasks:
        server.arrive(at(1))
        await tasks.start(server.run)
        assert (server.state, server.endpoint) == (LlamaState.READY, at(1))
        server.arrive(at(2))
        await anyio.sleep(1.0)
        assert server.endpoint == at(2)
        await server.stop()
    assert greeted == [at(1), at(2)]
    assert (server.state, server.endpoint) == (LlamaState.STOPPED, None)


async def test_one_that_is_gone_before_it_could_be_greeted_is_waited_for() -> None:
    failures = [EngineError("llm_restarting", "Gone.", stage=Stage.LLM)]

    async def greet(endpoint: LlamaEndpoint) -> None:
        if failures:
            raise failures.pop()

    server = HandedServer("model", greet)
    async with anyio.create_task_group() as tasks:
        server.arrive(at(1))
        with anyio.move_on_after(5.0) as patience:
            await tasks.start(server.run)
        assert patience.cancelled_caught
        assert server.endpoint is None
        tasks.cancel_scope.cancel()
