"""Where an embedded model's server comes from: a child of this process, or one that another process of ours keeps.

Owns the server that was handed over: its address as it changes. Refuses to start or end any process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio
import structlog
from anyio import TASK_STATUS_IGNORED

from vivavoce.engines.llm.llama_server import LlamaState
from vivavoce.errors import VivavoceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from anyio.abc import TaskStatus

    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.llm.llama_settings import LlamaSettings

__all__ = ["HandedServer", "LlamaSource", "LlamaSourceMaker"]

_log = structlog.get_logger(__name__)


class LlamaSource(Protocol):
    """A llama.cpp server that somebody keeps running."""

    @property
    def state(self) -> LlamaState:
        """Where the server is in its life."""
        ...

    @property
    def endpoint(self) -> LlamaEndpoint | None:
        """Where it answers; None while it does not."""
        ...

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Have a server until cancelled or stopped; reports started when it can be asked."""
        ...

    async def stop(self) -> None:
        """End `run`."""
        ...


class LlamaSourceMaker(Protocol):
    """Makes a source; `on_ready` is to be awaited with every new address before the server counts as ready."""

    def __call__(
        self,
        gguf: Path,
        settings: LlamaSettings,
        *,
        alias: str,
        on_ready: Callable[[LlamaEndpoint], Awaitable[None]],
    ) -> LlamaSource:
        """Return a source."""
        ...


class HandedServer:
    """A server of another process, which says where it is each time it has started."""

    def __init__(self, alias: str, on_ready: Callable[[LlamaEndpoint], Awaitable[None]]) -> None:
        self._alias = alias
        self._on_ready = on_ready
        self._state = LlamaState.STARTING
        self._endpoint: LlamaEndpoint | None = None
        self._newest: LlamaEndpoint | None = None
        self._arrival = anyio.Event()
        self._running = anyio.CancelScope()

    @property
    def state(self) -> LlamaState:
        """Where the server is in its life."""
        return self._state

    @property
    def endpoint(self) -> LlamaEndpoint | None:
        """Where it was last; whether it still is shows when it is asked."""
        return self._endpoint

    def arrive(self, endpoint: LlamaEndpoint) -> None:
        """The server has started, or started again."""
        self._newest = endpoint
        self._arrival.set()

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Greet the server wherever it arrives, until cancelled or stopped."""
        with self._running:
            while True:
                await self._arrival.wait()
                self._arrival = anyio.Event()
                self._endpoint, endpoint = None, self._newest
                if endpoint is not None and await self._greet(endpoint) and self._state is LlamaState.STARTING:
                    self._state = LlamaState.READY
                    task_status.started()
        self._state, self._endpoint = LlamaState.STOPPED, None

    async def stop(self) -> None:
        """End `run`."""
        self._running.cancel()

    async def _greet(self, endpoint: LlamaEndpoint) -> bool:
        try:
            await self._on_ready(endpoint)
        except VivavoceError as error:
            # It is gone again already: whoever keeps it will say where the next one is.
            _log.warning("llama_not_greeted", engine=self._alias, code=error.code)
            return False
        self._endpoint = endpoint
        return True
