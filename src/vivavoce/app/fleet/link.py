"""A worker as the first process of a server knows it: a process, a line, and a way to hand connections over.

Owns one life of a worker, from spawning to the last of it. Refuses to decide whether it is started again (`parent`).
"""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from vivavoce.app.fleet.messages import FromWorker, Line, Report, Stop, ToWorker
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import Process, UNIXSocketStream

    from vivavoce.server.colleagues import WorkerReport

__all__ = ["WorkerLink"]

_MODULE = "vivavoce.app.fleet.worker"
HAND_OVER_SECONDS = 1.0


class WorkerLink:
    """A worker that runs. `started` makes one."""

    def __init__(self, process: Process, line: Line[ToWorker, FromWorker], connections: UNIXSocketStream) -> None:
        self._process = process
        self._connections = connections
        self._handed = 0
        self._taken = 0
        self._open = 0
        self.line = line
        self.is_ready = False
        self.figures: WorkerReport | None = None

    @classmethod
    @asynccontextmanager
    async def started(cls, *, stop_seconds: float) -> AsyncIterator[WorkerLink]:
        """Run a worker while the context lasts; at its end it is asked to leave, then made to.

        Raises:
            EngineError: `worker_not_started`.
        """
        (line_ours, line_theirs), (hand_ours, hand_theirs) = socket.socketpair(), socket.socketpair()
        with line_theirs, hand_theirs:
            line: Line[ToWorker, FromWorker] = Line(await anyio.abc.UNIXSocketStream.from_socket(line_ours), FromWorker)
            connections = await anyio.abc.UNIXSocketStream.from_socket(hand_ours)
            process = await _spawn(line_theirs.fileno(), hand_theirs.fileno())
        link = cls(process, line, connections)
        try:
            yield link
        finally:
            with anyio.CancelScope(shield=True):
                await link._end(stop_seconds)

    @property
    def load(self) -> int:
        """Connections the worker has open, as far as is known: those it was handed just now count."""
        return self._open + self._handed - self._taken

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def learn(self, report: Report) -> None:
        """Take note of how the worker is."""
        self._taken, self._open = report.taken, report.open
        self.figures = report.figures or self.figures

    async def hand_over(self, connection: socket.socket) -> bool:
        """Give the worker a connection; False when it cannot be given any."""
        try:
            with anyio.fail_after(HAND_OVER_SECONDS):
                await self._connections.send_fds(b"\0", [connection.fileno()])
        except (TimeoutError, OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.BusyResourceError):
            return False
        self._handed += 1
        return True

    async def died(self) -> int:
        """Wait until the process is gone, and return its exit code."""
        return await self._process.wait()

    async def _end(self, stop_seconds: float) -> None:
        if self._process.returncode is None:
            await self.line.say(Stop())
            with anyio.move_on_after(stop_seconds):
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        await self.line.aclose()
        await self._connections.aclose()
        await self._process.aclose()


async def _spawn(line_file: int, connections_file: int) -> Process:
    # -P: the working folder is no place to import from; a file there could stand in for any module.
    command = [sys.executable, "-P", "-m", _MODULE, "--line", str(line_file), "--connections", str(connections_file)]
    try:
        return await anyio.open_process(
            command,
            stdin=subprocess.DEVNULL,
            # The first process's output is the ready line and what is wrong; a worker's words go to the log.
            stdout=subprocess.DEVNULL,
            stderr=None,
            pass_fds=(line_file, connections_file),
        )
    except OSError as error:
        raise EngineError(
            "worker_not_started",
            f"A worker process could not be started: {error.strerror}.",
            remedy="See whether this machine has processes and memory to spare, or use fewer workers.",
            stage=Stage.RESOURCE,
            retryable=True,
        ) from error
