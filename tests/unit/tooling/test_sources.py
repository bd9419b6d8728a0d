"""What no file of the project may hold."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import pytest

from scripts.steps import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# Written in pieces, so that this file passes its own test.
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.~-])/(?:work|root|Users)" + r"/",
    "a package registry's host": "|".join(re.escape(f"{name}.{top}") for name, top in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
    )),
    "a task that no group owns": r"\b(?:asyncio|loop)\.(?:create_" + r"task|ensure_" + r"future)\b",
}  # fmt: skip
CODE = {".py", ".sh", ".ts", ".tsx", ".css", ".html"}
ASYNCIO = "a task that no group owns"


@cache
def project_files() -> tuple[Path, ...]:
    """Every file under version control, or about to be."""
    # The checkout may belong to another user than the one who tests it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    searched = [path for path in project_files() if what != ASYNCIO or path.suffix == ".py"]
    found = {str(path.relative_to(ROOT)): match[0] for path in searched if (match := pattern.search(text_of(path)))}
    assert len(searched) > 20
    assert found == {}


def test_every_module_says_what_it_owns() -> None:
    modules = [path for path in project_files() if path.suffix == ".py" and path.is_relative_to(ROOT / "src")]
    silent = [str(path.relative_to(ROOT)) for path in modules if not text_of(path).lstrip().startswith('"""')]
    assert silent == []


def test_code_ends_its_lines_as_unix_does() -> None:
    wrong = [
        str(path.relative_to(ROOT)) for path in project_files() if path.suffix in CODE and b"\r" in path.read_bytes()
    ]
    assert wrong == []
