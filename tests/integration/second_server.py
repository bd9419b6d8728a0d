"""A second vivavoce in a process of its own, as the server that ears and voices are on; it can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.deadlines import WAIT_SECONDS
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class SecondServer:
    """Its address, and its lives."""

    port: int
    data: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """What OpenAI's clients call the base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Start it, and wait until it serves."""
        command = [sys.executable, "-m", "vivavoce", "serve", "--port", str(self.port)]
        command += ["--stt", "whisper-base", "--tts", "kokoro-82m", "--llm", "http://127.0.0.1:9/v1#nobody"]
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith("VIVAVOCE_") or key == "VIVAVOCE_DATA"
        }
        kept |= {"VIVAVOCE_DATA": self.data, "VIVAVOCE_HISTORY": "false", "VIVAVOCE_MEMORY": "false"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=kept)
        self.processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("vivavoce is ready"), line

    def kill(self) -> None:
        """End it at once."""
        for process in self.processes:
            process.kill()
            process.communicate(timeout=WAIT_SECONDS)


@contextmanager
def second_server(*, is_started: bool = True) -> Iterator[SecondServer]:
    """Give a second server for as long as the context lasts."""
    with tempfile.TemporaryDirectory() as data:
        server = SecondServer(free_port(), data)
        try:
            if is_started:
                server.start()
            yield server
        finally:
            server.kill()
