"""The private Python environment: uv, `.venv`, the locked packages and the project itself.

Owns which uv and which Python are used, and which lock file fills the environment. Refuses to know Node and the web
page. Standard library only.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from pathlib import Path

from scripts.steps import CACHE, ROOT, SetupError, Step, digest, output_of, run, say, tool_environment

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
LOCKS = ROOT / "requirements"
BOOTSTRAP = CACHE / "bootstrap"

OLDEST_UV = (0, 8)
"""From here on uv checks the hashes of build dependencies too."""


def lock_text(name: str) -> str:
    """Return the text of `requirements/NAME.txt`."""
    return (LOCKS / f"{name}.txt").read_text(encoding="utf-8")


def usable_uv(candidate: str | Path) -> bool:
    """Tell whether this uv runs and is not too old."""
    found = re.match(r"uv (\d+)\.(\d+)", output_of(candidate, "--version") or "")
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_UV


def find_uv() -> Path:
    """Return a uv: the one on PATH, else a private one of the locked version, fetched with pip the first time.

    Raises:
        SetupError: this Python has neither venv with pip nor pip, or the fetch failed.
    """
    on_path = shutil.which("uv")
    if on_path and usable_uv(on_path):
        return Path(on_path)
    uv = BOOTSTRAP / "bin" / "uv"
    step = Step(title="Fetching uv", stamp=BOOTSTRAP / ".stamp", inputs=digest(lock_text("uv")), output=uv)
    if not (step.is_done() and usable_uv(uv)):
        with step.work():
            fetch_uv()
    return uv


def fetch_uv() -> None:
    """Put the locked uv into the bootstrap folder: with pip in a private environment, else with the system's pip."""
    shutil.rmtree(BOOTSTRAP, ignore_errors=True)
    env = tool_environment()
    lock = ("--quiet", "--require-hashes", "--only-binary", ":all:", "-r", LOCKS / "uv.txt")
    if output_of(sys.executable, "-m", "venv", BOOTSTRAP) is not None:
        run("Fetching uv with pip", BOOTSTRAP / "bin" / "python", "-m", "pip", "install", *lock, env=env)
        return
    # Debian splits ensurepip off; its pip, when there is one, can still install into a folder of ours.
    shutil.rmtree(BOOTSTRAP, ignore_errors=True)
    if output_of(sys.executable, "-m", "pip", "--version") is None:
        raise SetupError(
            f"{sys.executable} has neither pip nor ensurepip, and there is no uv. "
            "Install one of them (Debian, Ubuntu: apt-get install python3-venv), then run make again."
        )
    run("Fetching uv with pip", sys.executable, "-m", "pip", "install", "--target", BOOTSTRAP, *lock, env=env)


def environment_version() -> str | None:
    """Return "major.minor" of the Python in `.venv`, or None when there is none that runs."""
    return output_of(VENV_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")


def ensure_venv(uv: Path) -> None:
    """Create `.venv`, or anew when its Python is gone, unfit or not the one PYTHON asks for, or the checkout moved."""
    stamp = STAMPS / "place"
    version = environment_version()
    moved = stamp.is_file() and stamp.read_text(encoding="utf-8") != str(ROOT)
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    unfit = version is None or tuple(map(int, version.split("."))) < (3, 11)
    if unfit or moved or ("PYTHON" in os.environ and version != wanted):
        say(f"Creating .venv with Python {wanted}")
        options = ("--quiet", "--clear", "--no-project", "--python", sys.executable)
        run("Creating .venv", uv, "venv", *options, VENV, env=tool_environment())
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(str(ROOT), encoding="utf-8")


def ensure_packages(uv: Path, *, development: bool, extras: frozenset[str]) -> None:
    """Bring `.venv` to the lock, with the development tools and extras that were ever asked for in it."""
    development = development or (STAMPS / "development").exists()
    extras |= {path.name.removeprefix("extra-") for path in STAMPS.glob("extra-*")}
    name = "dev" if development else "runtime"
    build = lock_text("build")
    inputs = digest(name, lock_text(name), build, environment_version() or "", platform.machine())
    base = Step(title="Installing Python packages", stamp=STAMPS / "packages", inputs=inputs, output=VENV_PYTHON)
    if not base.is_done():
        with base.work():
            # The extras go with whatever the sync removes; without their stamps the steps below bring them back.
            install(uv, "sync", LOCKS / f"{name}.txt")
            if development:
                (STAMPS / "development").touch()
    for extra in sorted(extras):
        ensure_extra(uv, extra, inputs)
    ensure_project(uv, inputs)


def ensure_extra(uv: Path, name: str, base_inputs: str) -> None:
    """Add an extra of the project, which has a lock of its own."""
    if not (LOCKS / f"{name}.txt").is_file():
        raise SetupError(f"there is no extra {name!r}; look into requirements/ for those there are.")
    step = Step(
        title=f"Installing the extra {name}",
        stamp=STAMPS / f"extra-{name}",
        inputs=digest(base_inputs, lock_text(name)),
        output=VENV_PYTHON,
    )
    if not step.is_done():
        with step.work():
            install(uv, "install", "-r", LOCKS / f"{name}.txt")


def ensure_project(uv: Path, base_inputs: str) -> None:
    """Install the project itself, editable, so that `.venv/bin/vivavoce` runs what is in `src`."""
    step = Step(
        title="Installing vivavoce",
        stamp=STAMPS / "project",
        inputs=digest(base_inputs, (ROOT / "pyproject.toml").read_bytes()),
        output=VENV / "bin" / "vivavoce",
    )
    if not step.is_done():
        with step.work():
            options = ("--quiet", "--python", VENV_PYTHON, "--no-deps", "--build-constraints", LOCKS / "build.txt")
            run("Installing vivavoce", uv, "pip", "install", *options, "--editable", ROOT, env=tool_environment())


def install(uv: Path, verb: str, *what: str | Path) -> None:
    """Run `uv pip sync` or `uv pip install` on `.venv`; every archive must have a hash in the lock."""
    options = ("--python", VENV_PYTHON, "--require-hashes", "--build-constraints", LOCKS / "build.txt")
    # The progress bars are for a person; a log needs no list of a hundred names.
    quiet = () if sys.stdout.isatty() else ("--quiet",)
    run("Installing Python packages", uv, "pip", verb, *quiet, *options, *what, env=tool_environment())
