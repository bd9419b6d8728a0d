"""Commands that run beside one another, and are ended together.

Owns their processes: each is the first of a group of its own, so that what it starts (npm starts a shell, which starts
node) ends with it. Refuses to know what is run. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Beside"]

LAST_SECONDS = 10.0
"""What a command that is ended has for putting things away."""


class Beside:
    """Those that run now, in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._is_over = False

    def run(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], is_shown: bool = False
    ) -> tuple[int, str] | None:
        """Return a command's status and output, unless that `is_shown` as it comes.

        None when it was ended, or never begun, because all were.
        """
        # Under the lock: one that began just now would be missed by `end`, and outlast everything.
        with self._lock:
            if self._is_over:
                return None
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdout=None if is_shown else subprocess.PIPE,
                stderr=None if is_shown else subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            self._running.add(process)
        with process:
            output, _ = process.communicate()
        with self._lock:
            self._running.discard(process)
            return None if self._is_over else (process.returncode, output or "")

    def end(self) -> None:
        """End all that run, and begin none any more."""
        with self._lock:
            self._is_over = True
            running = tuple(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LAST_SECONDS)
            # The first of a group may be gone before the rest of it is.
            _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
