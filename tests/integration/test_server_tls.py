"""https and wss: a real connection, whose certificate is checked as a browser checks it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import httpx2
import pytest
from websockets.sync.client import connect

from tests.deadlines import START_SECONDS, WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY = "vivavoce is ready: https://127.0.0.1:"
END = ""


class Serving:
    """A server in a process of its own, with engines that cost nothing, on a port that the system chooses."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        command = [sys.executable, "-m", "vivavoce", "serve", "--engines", "instant", "--port", "0"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VIVAVOCE_")}
        self._process = subprocess.Popen(
            [*command, "--data", str(data), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=kept,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = 0

    def is_ready(self) -> None:
        """Wait until it serves."""
        self.port = int(self.says(READY).removeprefix(READY).rstrip("/"))

    def says(self, start: str) -> str:
        """Wait for a line that begins so."""
        seen = []
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
                seen.append(line)
                if line is END:
                    break
                if line.startswith(start):
                    return line.strip()
        raise AssertionError("".join(seen))

    def ends(self) -> tuple[int, str]:
        """Wait until it has ended by itself."""
        code = self._process.wait(timeout=START_SECONDS)
        self._hear_the_rest()
        return code, "".join(self._lines.queue)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._hear_the_rest()

    def _hear_the_rest(self) -> None:
        self._reader.join(WAIT_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(END)

    @property
    def trust(self) -> ssl.SSLContext:
        """What a device knows that trusts the authority and nobody else."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.data / "tls" / "authority.pem")
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context


@pytest.fixture
def serving(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Serving]:
    server = Serving(tmp_path, *request.param)
    yield server
    server.stop()


ALONE = ("--tls",)
TWO = ("--tls", "--workers", "2")


@pytest.mark.parametrize("serving", [ALONE, TWO], indirect=True, ids=["one process", "two workers"])
def test_page_and_conversation_are_reached_with_the_certificate_checked(serving: Serving) -> None:
    serving.is_ready()
    fingerprint = serving.says("Fingerprint").rpartition(" ")[2]
    for name in ("localhost", "127.0.0.1"):
        answer = httpx2.get(f"https://{name}:{serving.port}/health", verify=serving.trust, timeout=WAIT_SECONDS)
        assert answer.status_code == 200
    with connect(f"wss://localhost:{serving.port}/v1/realtime?model=local", ssl=serving.trust) as line:
        assert json.loads(line.recv(timeout=WAIT_SECONDS))["type"] == "session.created"
    shown = ssl.get_server_certificate(("127.0.0.1", serving.port))
    command = ["openssl", "x509", "-noout", "-fingerprint", "-sha256"]
    if shutil.which("openssl"):
        told = subprocess.run(command, input=shown, capture_output=True, text=True, check=True).stdout
        assert fingerprint in told


@pytest.mark.parametrize("serving", [ALONE], indirect=True)
def test_a_stranger_to_the_authority_does_not_connect(serving: Serving) -> None:
    serving.is_ready()
    with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx2.get(f"https://localhost:{serving.port}/health", verify=ssl.create_default_context())


@pytest.mark.parametrize("serving", [TWO], indirect=True)
def test_nobody_waits_for_a_visitor_who_says_nothing(serving: Serving) -> None:
    serving.is_ready()
    silent = [socket.create_connection(("127.0.0.1", serving.port)) for _ in range(4)]
    try:
        answer = httpx2.get(f"https://localhost:{serving.port}/health", verify=serving.trust, timeout=WAIT_SECONDS)
        assert answer.status_code == 200
    finally:
        for visitor in silent:
            visitor.close()


def test_a_certificate_of_ones_own_is_served(tmp_path: Path) -> None:
    first = Serving(tmp_path / "first", *ALONE)
    try:
        first.is_ready()
    finally:
        first.stop()
    made = tmp_path / "first" / "tls"
    own = Serving(tmp_path / "second", "--tls-cert", str(made / "certificate.pem"), "--tls-key", str(made / "key.pem"))
    try:
        own.is_ready()
        answer = httpx2.get(f"https://localhost:{own.port}/health", verify=first.trust, timeout=WAIT_SECONDS)
        assert answer.status_code == 200
        assert not (tmp_path / "second" / "tls").exists()
    finally:
        own.stop()


@pytest.mark.parametrize(
    "options", [("--tls-cert", "nothing.pem", "--tls-key", "nothing.pem"), ("--tls-key", "alone.pem")]
)
def test_files_that_cannot_be_used_are_named_before_anything_starts(tmp_path: Path, options: tuple[str, ...]) -> None:
    code, said = Serving(tmp_path, *options).ends()
    assert code != 0
    assert "tls" in said.lower()
    assert "Traceback" not in said
