"""A vivavoce server in a process of its own, for a bench to talk to.

Owns its start, its port and its end. Refuses to know what is measured.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RunningServer", "running_server"]

START_DEADLINE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers."""

    port: int
    process: psutil.Process

    @property
    def url(self) -> str:
        """Its realtime address."""
        return f"ws://127.0.0.1:{self.port}/v1/realtime"

    def health(self) -> dict[str, Any]:
        """Return what it says of itself."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
            health: dict[str, Any] = json.load(answer)
            return health


@contextmanager
def running_server(*options: str, llm: str = "smollm2-135m", wait_for: str | None = None) -> Iterator[RunningServer]:
    """Serve until the context ends; `wait_for` names a model that must be ready before it begins."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "vivavoce", "serve", "--port", str(port), "--llm", llm, *options]
    with tempfile.TemporaryDirectory(prefix="vivavoce-bench-") as data:
        # What is kept of a bench must be nobody's memory.
        environment = {**os.environ, "VIVAVOCE_DATA": os.environ.get("VIVAVOCE_DATA", data)}
        yield from _served(command, environment, port, wait_for)


def _served(
    command: list[str], environment: dict[str, str], port: int, wait_for: str | None
) -> Iterator[RunningServer]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    try:
        server = RunningServer(port, psutil.Process(process.pid))
        _wait(server, process, wait_for)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait(server: RunningServer, process: subprocess.Popen[bytes], wait_for: str | None) -> None:
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with code {process.returncode}")
        try:
            health = server.health()
        except OSError:
            time.sleep(0.1)
            continue
        ready = {part["name"] for part in health["components"] if part["state"] == "ready"}
        if health["status"] != "starting" and (wait_for is None or wait_for in ready):
            return
        time.sleep(0.2)
    raise SystemExit("the server did not become ready")
