"""What a user gets with `pip install vivavoce`: the page is inside, and no Node is needed."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.request
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scripts.python_env import LOCKS, find_uv
from scripts.steps import run, tool_environment
from scripts.wheel import build_wheel
from tests.deadlines import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "vivavoce/server/page/"


def names_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def page_in(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"{PAGE}index.html")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    build_wheel(folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the wheel and its locked dependencies, and nothing else."""
    home = tmp_path_factory.mktemp("installed")
    uv, env = find_uv(), tool_environment()
    run("Creating an environment", uv, "venv", "--quiet", "--no-project", home / "env", env=env)
    options = ("pip", "install", "--quiet", "--python", home / "env" / "bin" / "python")
    locked = ("--require-hashes", "--build-constraints", LOCKS / "build.txt", "-r", LOCKS / "runtime.txt")
    run("Installing what vivavoce needs", uv, *options, *locked, env=env)
    run("Installing the wheel", uv, *options, "--no-deps", wheel, env=env)
    return home / "env" / "bin" / "vivavoce"


@pytest.fixture(scope="module")
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment without Node, without this checkout, and with an empty PATH."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("VIVAVOCE_", "PYTHON", "NODE"))}
    return env | {"PATH": str(tmp_path_factory.mktemp("nothing")), "PYTHONUNBUFFERED": "1"}


@contextmanager
def served(command: Path, env: dict[str, str], folder: Path) -> Iterator[str]:
    """Run the installed server on a free port until the body is over; yields its address, read from what it prints."""
    process = subprocess.Popen(
        [command, "serve", "--host", "127.0.0.1", "--port", "0"],
        cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if address := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield address[0]
                return
        pytest.fail("the server ended without naming its address:\n" + "".join(lines))
    finally:
        process.terminate()
        process.communicate(timeout=WAIT_SECONDS)


def test_the_wheel_carries_the_built_page(wheel: Path) -> None:
    names = names_in(wheel)
    assert f"{PAGE}index.html" in names
    assert [name for name in names if name.startswith(f"{PAGE}assets/") and name.endswith(".js")]


def test_the_wheel_carries_what_the_package_reads_at_run_time(wheel: Path) -> None:
    names = set(names_in(wheel))
    assert {"vivavoce/models/manifest.toml", "vivavoce/py.typed"} <= names
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_the_wheel_carries_nothing_of_the_tests_and_tools(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in names_in(wheel)}
    assert [top for top in tops if top != "vivavoce" and not top.endswith(".dist-info")] == []


def test_the_installed_command_answers_with_its_version(
    installed: Path, bare_environment: dict[str, str], tmp_path: Path
) -> None:
    command = [str(installed), "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=bare_environment, capture_output=True, text=True, check=True)
    assert re.search(r"\b\d+\.\d+\.\d+", done.stdout)


def test_the_installed_server_serves_the_page_without_node(
    installed: Path, bare_environment: dict[str, str], wheel: Path, tmp_path: Path
) -> None:
    with (
        served(installed, bare_environment, tmp_path) as address,
        urllib.request.urlopen(f"{address}/", timeout=WAIT_SECONDS) as reply,
    ):
        body = reply.read()
        assert reply.headers.get_content_type() == "text/html"
    assert body == page_in(wheel)
