"""The language models of a server of several processes, as the first process keeps them.

Owns the llama.cpp servers and the sharing of their slots: each worker has a range of its own. Refuses to ask them
anything: the workers do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio import TASK_STATUS_IGNORED

from vivavoce.app.fleet.messages import ModelAt
from vivavoce.engines.llm.llama_server import LlamaServer
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ReplyRequest, ToolSpec

__all__ = ["HostedModel", "HostedModels"]

LEAST_SLOTS_A_WORKER = 2
RETIRE_SECONDS = 130.0
"""A model that another has replaced stays until the workers have let its last replies end."""


class HostedModels:
    """The models there are, newest last: a `Succession` whose models answer elsewhere."""

    def __init__(self, workers: int, tell: Callable[[int, ModelAt], Awaitable[None]]) -> None:
        self._workers = workers
        self._tell = tell
        self._endpoints: dict[str, tuple[LlamaEndpoint, Path]] = {}
        self._current: ReplyEngine | None = None
        self._slots_a_worker = max(LlamaSettings().slots // workers, LEAST_SLOTS_A_WORKER)
        self._settings = LlamaSettings(slots=self._slots_a_worker * workers)
        self.retiring: TaskGroup | None = None

    @property
    def name(self) -> str | None:
        """The name of the newest model."""
        return None if self._current is None else self._current.name

    def host(
        self, gguf: Path, *, name: str, warm_prompt: str, warm_tools: tuple[ToolSpec, ...], shelf: Path
    ) -> HostedModel:
        """Return a model that is not running yet; the workers read the prompt ahead themselves."""
        del warm_prompt, warm_tools, shelf
        return HostedModel(gguf, self._settings, name=name, models=self)

    def of_worker(self, worker: int) -> tuple[ModelAt, ...]:
        """Return where a worker finds its slots of every model."""
        return tuple(self._at(name, worker) for name in self._endpoints)

    async def take_up(self, engine: ReplyEngine) -> None:
        """Let a model be the newest; the one before it is closed when the workers need it no longer."""
        replaced, self._current = self._current, engine
        if replaced is not None and self.retiring is not None:
            self.retiring.start_soon(self._retire, replaced)

    async def publish(self, name: str, endpoint: LlamaEndpoint, *, gguf: Path) -> None:
        """Tell every worker where a model, the file `gguf`, answers from now on."""
        self._endpoints[name] = endpoint, gguf
        for worker in range(self._workers):
            await self._tell(worker, self._at(name, worker))

    async def _retire(self, engine: ReplyEngine) -> None:
        self._endpoints.pop(engine.name, None)
        await anyio.sleep(RETIRE_SECONDS)
        await engine.aclose()

    def _at(self, name: str, worker: int) -> ModelAt:
        endpoint, gguf = self._endpoints[name]
        return ModelAt(
            name=name,
            gguf=str(gguf),
            root_url=endpoint.root_url,
            api_key=endpoint.api_key,
            slot_folder=str(endpoint.slot_folder),
            first_slot=worker * self._slots_a_worker,
            slots=self._slots_a_worker,
        )


class HostedModel:
    """One llama.cpp server, kept running for the workers."""

    def __init__(self, gguf: Path, settings: LlamaSettings, *, name: str, models: HostedModels) -> None:
        self._name = name
        self._gguf = gguf
        self._models = models
        self._server = LlamaServer(gguf, settings, alias=name, on_ready=self._publish)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Keep the server running until cancelled or closed; reports started when it can be asked.

        Raises:
            ModelError: the weights are missing or no GGUF file.
            EngineError: the first start failed, or the process crashed too often.
        """
        await self._server.run(task_status=task_status)

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Nobody asks the first process.

        Raises:
            EngineError: always.
        """
        del request
        raise EngineError("llm_gone", "The language model answers in the workers.", stage=Stage.LLM)
        yield

    async def aclose(self) -> None:
        """Stop the server and wait until its process is gone."""
        await self._server.stop()

    async def _publish(self, endpoint: LlamaEndpoint) -> None:
        await self._models.publish(self._name, endpoint, gguf=self._gguf)
