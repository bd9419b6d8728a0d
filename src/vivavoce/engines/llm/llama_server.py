"""The embedded llama.cpp server, kept running.

Owns the life of one child process after another: start, health, restart with growing waits, an end. Refuses to know
what is asked of the server; whoever uses it learns of each new address through `on_ready`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import anyio
import structlog
from anyio import TASK_STATUS_IGNORED

from vivavoce.engines.inference import require_files
from vivavoce.engines.llm.llama_process import LlamaProcess
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.restart import RestartSchedule
from vivavoce.errors import ModelError, VivavoceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.engines.llm.llama_process import LlamaEndpoint

__all__ = ["LlamaServer", "LlamaState"]

_GGUF_MAGIC = b"GGUF"
_STOP_MARGIN_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class LlamaState(StrEnum):
    """Where the server is in its life; `failed` and `stopped` are final."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    FAILED = "failed"
    STOPPED = "stopped"


async def _nobody_waits(_: LlamaEndpoint) -> None:
    return


class LlamaServer:
    """A supervised llama.cpp server on a loopback port of its own choosing.

    `on_ready` is awaited with every new address before the server counts as ready; what it raises counts as a failed
    start.
    """

    def __init__(
        self,
        gguf: Path,
        settings: LlamaSettings | None = None,
        *,
        alias: str = "",
        on_ready: Callable[[LlamaEndpoint], Awaitable[None]] = _nobody_waits,
    ) -> None:
        self._gguf = gguf
        self._settings = settings or LlamaSettings()
        self._alias = alias or gguf.stem
        self._on_ready = on_ready
        self._state = LlamaState.STARTING
        self._endpoint: LlamaEndpoint | None = None
        self._failure: VivavoceError | None = None
        self._running = anyio.CancelScope()
        self._ended: anyio.Event | None = None

    @property
    def state(self) -> LlamaState:
        """Where the server is in its life."""
        return self._state

    @property
    def endpoint(self) -> LlamaEndpoint | None:
        """Where it answers; None while it does not."""
        return self._endpoint

    @property
    def failure(self) -> VivavoceError | None:
        """Why the last process ended, or could not start."""
        return self._failure

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Keep a server running until cancelled, stopped, or crashed too often; reports started when ready. Once.

        Raises:
            ModelError: the weights are missing or no GGUF file.
            EngineError: the first start failed, or the process crashed too often; `state` is `failed` then.
        """
        _check_weights(self._gguf)
        self._ended = anyio.Event()
        failure: VivavoceError | None = None
        try:
            with self._running:
                async with anyio.create_task_group() as log_tasks:
                    failure = await self._supervise(log_tasks, task_status)
                    log_tasks.cancel_scope.cancel()
        finally:
            if self._state is not LlamaState.FAILED:
                self._state = LlamaState.STOPPED
            self._ended.set()
        # Raised out here because a task group would wrap it into an exception group.
        if failure is not None:
            raise failure

    async def stop(self) -> None:
        """End `run` and wait until no process is left."""
        self._running.cancel()
        if self._ended is not None:
            with anyio.move_on_after(self._settings.stop_deadline_seconds + _STOP_MARGIN_SECONDS):
                await self._ended.wait()

    async def _supervise(self, log_tasks: TaskGroup, task_status: TaskStatus[None]) -> VivavoceError:
        """Run process after process; return why there will be no more."""
        schedule = RestartSchedule(self._settings.restarts)
        while True:
            started_at = anyio.current_time()
            self._failure = await self._live(log_tasks, task_status)
            if self._state is LlamaState.STARTING:
                self._state = LlamaState.FAILED
                return self._failure
            delay = schedule.delay_seconds(anyio.current_time() - started_at)
            if delay is None:
                self._state = LlamaState.FAILED
                _log.error("llama_given_up", engine=self._alias, code=self._failure.code)
                return self._failure
            self._state = LlamaState.RESTARTING
            _log.warning(
                "llama_restarts",
                engine=self._alias,
                code=self._failure.code,
                detail=self._failure.message,
                delay_seconds=delay,
            )
            await anyio.sleep(delay)

    async def _live(self, log_tasks: TaskGroup, task_status: TaskStatus[None]) -> VivavoceError:
        """Run one process, and return why it ended."""
        settings = self._settings
        try:
            async with LlamaProcess.started(self._gguf, settings, alias=self._alias, log_tasks=log_tasks) as process:
                await self._on_ready(process.endpoint)
                self._endpoint = process.endpoint
                if self._state is LlamaState.STARTING:
                    task_status.started()
                self._state = LlamaState.READY
                try:
                    return await process.died(
                        probe_interval_seconds=settings.probe_interval_seconds,
                        probe_deadline_seconds=settings.probe_deadline_seconds,
                    )
                finally:
                    self._endpoint = None
                    self._state = LlamaState.RESTARTING
        except VivavoceError as error:
            return error


def _check_weights(gguf: Path) -> None:
    require_files(gguf)
    with gguf.open("rb") as file:
        magic = file.read(len(_GGUF_MAGIC))
    if magic != _GGUF_MAGIC:
        raise ModelError(
            "model_damaged",
            f"{gguf} is no GGUF file.",
            remedy="Pull the model again, or name a file that llama.cpp can read.",
        )
