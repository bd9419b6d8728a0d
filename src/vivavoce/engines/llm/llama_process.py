"""One life of the embedded llama.cpp server: from spawning to the last of it.

Owns the child process, its pipes and its log. Refuses to decide whether it is started again (`llama_server`).
"""

from __future__ import annotations

import functools
import os
import secrets
import shutil
import subprocess
import sys
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec
import structlog
from anyio.streams.buffered import BufferedByteReceiveStream

from vivavoce.engines.llm.llama_child import ChildConfig, ChildReady
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import Process, TaskGroup

    from vivavoce.engines.llm.llama_settings import LlamaSettings

__all__ = ["LlamaEndpoint", "LlamaProcess"]

_CHILD_MODULE = "vivavoce.engines.llm.llama_child"
_TAIL_LINES = 20
_LINE_BYTES = 64 * 1024

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaEndpoint:
    """Where a running server answers, and the key that only this process knows.

    `root_url` also carries llama.cpp's own routes; `first_slot` is the first of the slots that are ours.
    """

    root_url: str
    api_key: str = field(repr=False)
    slot_folder: Path
    first_slot: int = 0

    @property
    def base_url(self) -> str:
        """The base URL for OpenAI clients."""
        return f"{self.root_url}/v1"

    def client(self, deadline_seconds: float) -> httpx2.AsyncClient:
        """Return a client for llama.cpp's own routes."""
        return httpx2.AsyncClient(
            base_url=self.root_url,
            headers={"Authorization": f"Bearer {self.api_key}"},
            timeout=deadline_seconds,
            # Loopback: no proxy may see this, and there are no certificates to read.
            trust_env=False,
            verify=False,
            # The server closes after every answer without saying so.
            limits=httpx2.Limits(max_keepalive_connections=0),
        )


class LlamaProcess:
    """A server that listens. `started` makes one."""

    def __init__(self, process: Process, endpoint: LlamaEndpoint, log_tail: deque[str]) -> None:
        self._process = process
        self._log_tail = log_tail
        self.endpoint = endpoint

    @classmethod
    @asynccontextmanager
    async def started(
        cls, gguf: Path, settings: LlamaSettings, *, alias: str, log_tasks: TaskGroup
    ) -> AsyncIterator[LlamaProcess]:
        """Run a server while the context lasts; nothing of it is left afterwards.

        Its log is followed in `log_tasks`, by a task that ends with the process.

        Raises:
            EngineError: it did not start, or not in time.
        """
        log_tail: deque[str] = deque(maxlen=_TAIL_LINES)
        folder: Path | None = None
        process = await _spawn(gguf)
        try:
            log_tasks.start_soon(_follow_log, process, log_tail, alias)
            weights = await anyio.Path(gguf).stat()
            config = _config(settings, alias, weights_bytes=weights.st_size)
            ready = await _ready(process, config, settings.start_deadline_seconds, log_tail)
            folder = Path(ready.slot_folder)
            yield cls(process, LlamaEndpoint(root_url=ready.url, api_key=config.api_key, slot_folder=folder), log_tail)
        finally:
            with anyio.CancelScope(shield=True):
                await _stop(process, settings.stop_deadline_seconds)
                # The child removes its folder when it leaves by itself; a killed one cannot.
                if folder is not None:
                    await anyio.to_thread.run_sync(functools.partial(shutil.rmtree, folder, ignore_errors=True))

    async def died(self, *, probe_interval_seconds: float, probe_deadline_seconds: float) -> EngineError:
        """Wait for the process to end or its computing loop to hang, and return what to say about it."""
        async with self.endpoint.client(probe_deadline_seconds) as client:
            while True:
                with anyio.move_on_after(probe_interval_seconds):
                    await self._process.wait()
                if self._process.returncode is not None:
                    return _died(self._process.returncode, self._log_tail)
                if not await _is_turning(client):
                    return _error("llm_hung", "The embedded language model hangs.", self._log_tail)


async def _spawn(gguf: Path) -> Process:
    # -P: the working folder is no place to import from; a file there could stand in for any module.
    command = [sys.executable, "-P", "-m", _CHILD_MODULE, "--model", str(gguf)]
    try:
        return await anyio.open_process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as error:
        raise EngineError(
            "llm_not_started",
            f"The embedded language model's process could not be started: {error.strerror}.",
            remedy="See whether this machine has processes and memory to spare.",
            stage=Stage.LLM,
            retryable=True,
        ) from error


def _config(settings: LlamaSettings, alias: str, *, weights_bytes: int) -> ChildConfig:
    is_small = weights_bytes < settings.small_model_bytes
    reading_threads = settings.threads if is_small else min(settings.reading_threads, os.cpu_count() or 1)
    return ChildConfig(
        alias=alias,
        api_key=secrets.token_urlsafe(32),
        threads=settings.threads,
        reading_threads=max(settings.threads, reading_threads),
        slots=settings.slots,
        slot_context_tokens=settings.slot_context_tokens,
        compact_context=settings.compact_context,
        batch_tokens=settings.batch_tokens,
        repack_weights=settings.repack_weights,
    )


async def _ready(process: Process, config: ChildConfig, deadline_seconds: float, log_tail: deque[str]) -> ChildReady:
    """Hand over the configuration and wait for the answer, which comes when the model is loaded."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with anyio.fail_after(deadline_seconds):
            await process.stdin.send(msgspec.json.encode(config) + b"\n")
            line = await BufferedByteReceiveStream(process.stdout).receive_until(b"\n", _LINE_BYTES)
            return msgspec.json.decode(line, type=ChildReady)
    except TimeoutError:
        raise _error("llm_start_timeout", "The embedded language model did not start in time.", log_tail) from None
    except (anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError):
        with anyio.move_on_after(1.0):
            await process.wait()
        raise _died(process.returncode, log_tail) from None


async def _follow_log(process: Process, tail: deque[str], alias: str) -> None:
    """Move the child's stderr into the log at debug level, and keep its last lines."""
    assert process.stderr is not None
    lines = BufferedByteReceiveStream(process.stderr)
    while True:
        try:
            line = (await lines.receive_until(b"\n", _LINE_BYTES)).decode(errors="replace").rstrip()
        except anyio.DelimiterNotFound:
            line = (await lines.receive()).decode(errors="replace").rstrip()
        except (anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError):
            return
        tail.append(line)
        _log.debug("llama", engine=alias, line=line)


async def _stop(process: Process, deadline_seconds: float) -> None:
    """Ask the process to leave by closing its input, then insist."""
    if process.returncode is None:
        assert process.stdin is not None
        await process.stdin.aclose()
        with anyio.move_on_after(deadline_seconds):
            await process.wait()
    if process.returncode is None:
        process.kill()
        await process.wait()
    await process.aclose()


async def _is_turning(client: httpx2.AsyncClient) -> bool:
    # Unlike /health, /slots is answered by the loop that computes.
    try:
        response = await client.get("/slots")
    except httpx2.TimeoutException:
        return False
    except httpx2.HTTPError:
        return True  # the process is ending: its exit says more
    return response.is_success


def _died(returncode: int | None, log_tail: deque[str]) -> EngineError:
    how = "" if returncode is None else f" (exit code {returncode})" if returncode >= 0 else f" (signal {-returncode})"
    return _error("llm_crashed", f"The embedded language model's process ended{how}.", log_tail)


def _error(code: str, message: str, log_tail: deque[str]) -> EngineError:
    error = EngineError(
        code,
        message,
        remedy="See the log at level debug; a smaller model may help.",
        stage=Stage.LLM,
        retryable=True,
    )
    if log_tail:
        error.add_note("The last lines of its log:\n" + "\n".join(log_tail))
    return error
