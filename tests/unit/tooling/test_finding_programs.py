"""Which Python, uv, Node and Chromium the set-up takes from the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.chromium import find_chromium
from scripts.node_env import new_enough, node_on_path
from scripts.python_env import usable_uv
from scripts.steps import ROOT, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run_python_sh(path: str, **env: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh")
    assert shell
    command = [shell, str(ROOT / "scripts" / "python.sh"), "-c", "import sys; print(sys.executable)"]
    return subprocess.run(command, env={"PATH": path, **env}, capture_output=True, text=True, check=False)


def link_python(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    link = folder / name
    link.symlink_to(sys.executable)
    return link


def test_the_first_python_that_fits_is_used(tmp_path: Path, make_program: Callable[..., Path]) -> None:
    make_program("python3", status=1)  # too old, or a shim for a version that is not there
    fitting = link_python(tmp_path / "bin", "python3.12")
    done = run_python_sh(str(tmp_path / "bin"))
    assert (done.returncode, done.stdout.strip()) == (0, str(fitting))


def test_python_is_taken_from_the_variable_before_the_path(tmp_path: Path) -> None:
    link_python(tmp_path / "bin", "python3")
    named = link_python(tmp_path, "mine")
    done = run_python_sh(str(tmp_path / "bin"), PYTHON=str(named))
    assert done.stdout.strip() == str(named)


def test_a_named_python_that_does_not_fit_is_refused_rather_than_replaced(
    tmp_path: Path, make_program: Callable[..., Path]
) -> None:
    link_python(tmp_path / "bin", "python3")
    named = make_program("old", status=1)
    done = run_python_sh(str(tmp_path / "bin"), PYTHON=str(named))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(named) in done.stderr


def test_without_a_python_one_line_says_what_to_do(tmp_path: Path) -> None:
    done = run_python_sh(str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "PYTHON=" in done.stderr


@pytest.mark.parametrize(
    ("says", "usable"),
    [
        ("uv 0.8.0", True),
        ("uv 0.13.8 (x86_64-unknown-linux-gnu)", True),
        ("uv 1.0.2", True),
        ("uv 0.7.22", False),
        ("", False),
    ],
)
def test_an_old_uv_is_not_used(make_program: Callable[..., Path], says: str, usable: bool) -> None:
    assert usable_uv(make_program("uv", says=says)) is usable


def test_a_uv_that_does_not_run_is_not_used(make_program: Callable[..., Path]) -> None:
    assert not usable_uv(make_program("uv", says="uv 0.13.8", status=127))


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ("v18.20.4", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v20.20.2", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
        ("nonsense", False),
    ],
)
def test_node_must_be_one_the_page_tools_run_on(version: str, fits: bool) -> None:
    assert new_enough(version) is fits


def test_node_without_npm_beside_it_is_not_used(
    make_program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    node = make_program("node", says="v22.12.0")
    monkeypatch.setenv("PATH", os.pathsep.join([str(node.parent), "/nowhere"]))
    assert node_on_path() is None
    make_program("npm")
    found = node_on_path()
    assert found is not None
    assert (found.folder, found.version) == (node.parent, "v22.12.0")


def test_npm_and_what_it_starts_find_the_same_node_first(
    make_program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    node = make_program("node", says="v22.12.0")
    make_program("npm")
    monkeypatch.setenv("PATH", str(node.parent))
    found = node_on_path()
    assert found is not None
    monkeypatch.setenv("PATH", "/elsewhere")
    assert found.environment()["PATH"] == f"{node.parent}{os.pathsep}/elsewhere"


def test_a_chromium_that_does_not_start_is_passed_over(
    tmp_path: Path, make_program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    broken = make_program("chromium", status=127)
    monkeypatch.setenv("PATH", str(broken.parent))
    assert find_chromium() is None
    working = make_program("google-chrome", says="Google Chrome 150")
    assert find_chromium() == working


def test_a_named_chromium_that_does_not_start_is_an_error(
    make_program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", str(make_program("chromium", status=1)))
    with pytest.raises(SetupError, match="does not run"):
        find_chromium()
