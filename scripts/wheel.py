"""`make wheel`: the wheel with the built page inside, so that whoever installs it needs no Node.

Run as `python -m scripts.wheel [FOLDER]`. Owns the build command. Refuses to build the page: `make setup` does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.node_env import PAGE
from scripts.python_env import LOCKS, VENV_PYTHON, find_uv
from scripts.steps import ROOT, SetupError, fail, run, tool_environment


def build_wheel(folder: Path) -> None:
    """Build the wheel into a folder with the locked build tools.

    Raises:
        SetupError: the page is not built, or the build failed.
    """
    if not (PAGE / "index.html").is_file():
        raise SetupError("the page is not built yet, and a wheel must carry it; run make setup first.")
    options = ("--quiet", "--wheel", "--python", VENV_PYTHON, "--out-dir", folder)
    locked = ("--build-constraints", LOCKS / "build.txt", "--require-hashes")
    run("Building the wheel", find_uv(), "build", *options, *locked, ROOT, env=tool_environment())


def main() -> int:
    """Build into the folder given, or `dist`; return 0, or 1 after one line that says why not."""
    try:
        build_wheel(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
    except SetupError as error:
        return fail(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
