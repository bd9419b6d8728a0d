"""A server as its user starts it: the command in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import urllib.request
from typing import IO, TYPE_CHECKING, Any

import psutil

from tests.deadlines import OPEN_DOORS, START_SECONDS, WAIT_SECONDS
from tests.e2e.server_log import ServerLog

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ServerProcess"]

READY = re.compile(r"http://127\.0\.0\.1:(\d+)")


class ServerProcess:
    """`vivavoce serve` on a port of its own; it can be killed and started again.

    Args:
        folder: gets the event logs of every session and what the server prints, for whoever reads a failure.
        llm: as `--llm`.
        settings: as `VIVAVOCE_NAME` in the environment; none of the caller's own get through.
    """

    def __init__(self, folder: Path, *, llm: str, settings: dict[str, str]) -> None:
        self._folder = folder
        self._address = ""
        self._port = 0
        self._is_ready = False
        self._llm = llm
        self.log = ServerLog(folder / "server.log")
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith("VIVAVOCE_") or key == "VIVAVOCE_DATA"
        }
        kept |= OPEN_DOORS | {"VIVAVOCE_LOG_LEVEL": "info"}
        self._environment = kept | {f"VIVAVOCE_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Where the page is, once it is."""
        self.wait_until_ready()
        return self._address

    @property
    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        with urllib.request.urlopen(f"{self._address}health", timeout=WAIT_SECONDS) as answer:
            health: dict[str, Any] = json.load(answer)
        return health

    @property
    def sessions(self) -> dict[str, int]:
        """How many sessions are open, were ever opened, and may be."""
        sessions: dict[str, int] = self.health["websocket"]
        return sessions

    def start(self) -> None:
        """Start; there is time to do something else until it is ready.

        The first time it takes any port that is free, and the same one from then on.
        """
        log = self.log.begin()
        command = [sys.executable, "-m", "vivavoce", "serve", f"--port={self._port}", f"--llm={self._llm}"]
        try:
            self._process = subprocess.Popen(
                [*command, f"--record={self._folder / 'sessions'}"],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        finally:
            os.close(log)

    def wait_until_ready(self) -> None:
        """Wait until it says that it is ready."""
        if self._is_ready:
            return
        assert self._process is not None
        assert self._process.stdout is not None
        first_line = _line_within(self._process.stdout, START_SECONDS)
        if (ready := READY.search(first_line)) is None:
            raise AssertionError(f"The server did not become ready: {first_line!r}\n{self.log.text}")
        self._address, self._port = f"{ready[0]}/", int(ready[1])
        self._is_ready = True

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        if self._process is None:
            return
        family = psutil.Process(self._process.pid)
        for member in [*family.children(recursive=True), family]:
            # A child may have ended by itself when its parent did.
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(signal.SIGKILL)
        self._end()

    def stop(self) -> None:
        """End it as its user does."""
        if self._process is None:
            return
        self._process.terminate()
        self._end()

    def _end(self) -> None:
        process, self._process, self._is_ready = self._process, None, False
        assert process is not None
        try:
            process.communicate(timeout=WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def _line_within(stream: IO[str], seconds: float) -> str:
    """Return the next line, or nothing when it does not come in time."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(stream, selectors.EVENT_READ)
        return stream.readline().strip() if waiting.select(seconds) else ""
