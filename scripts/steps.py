"""Steps of the set-up: running commands, and knowing when a step may be left out.

Owns subprocesses, the stamp files and the plain one-line error. Refuses to know what the steps do: Python packages,
Node and the browser each have their own module. Standard library only, because this runs before the environment exists.
"""

from __future__ import annotations

import contextlib
import fcntl
import fnmatch
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
"""The top of the checkout."""

CACHE = ROOT / ".cache"
"""What the set-up keeps for itself; `make clean` removes it."""


class SetupError(Exception):
    """The set-up cannot go on; the message is one plain line that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step whose work is done once for given inputs.

    It is done when its stamp carries the digest of those inputs and what it makes still exists.
    """

    title: str
    """What a person reads while it runs."""
    stamp: Path
    """Lies beside the output, so that deleting the output forgets the stamp too."""
    inputs: str
    """Digest of everything the output depends on."""
    output: Path
    """One file that exists only when the step has been done."""

    def is_done(self) -> bool:
        """Tell whether the work for these inputs has been done before."""
        if not (self.stamp.is_file() and self.output.exists()):
            return False
        return self.stamp.read_text(encoding="utf-8") == self.inputs

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """Announce the step, forget an older stamp, and stamp it when the body has succeeded."""
        say(f"{self.title} ...")
        started = time.monotonic()
        self.stamp.unlink(missing_ok=True)
        yield
        if not self.output.exists():
            raise SetupError(f"{self.title}: done, yet {shown(self.output)} is not there. Look at the output above.")
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.inputs, encoding="utf-8")
        say(f"{self.title}: {time.monotonic() - started:.1f} s")


def say(line: str) -> None:
    """Print one line of progress at once, so that it stands before the output of the next command."""
    print(f"vivavoce: {line}", flush=True)


def shown(path: Path) -> str:
    """Name a path the way a person in the checkout would."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 of the parts in order; a boundary between two parts counts."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(hashlib.sha256(raw).digest())
    return total.hexdigest()


def digest_tree(folder: Path, *, without: Iterable[str]) -> str:
    """Return the SHA-256 over names and contents of all files below a folder.

    `without` names files and folders to leave out, as shell patterns.
    """
    patterns = tuple(without)
    parts: list[str | bytes] = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not matches_any(name, patterns))
        for name in sorted(name for name in files if not matches_any(name, patterns)):
            path = Path(where, name)
            parts += [str(path.relative_to(folder)), path.read_bytes()]
    return digest(*parts)


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a file name fits one of the shell patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def run(task: str, *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a command with its output on the terminal; `task` names it in an error.

    Raises:
        SetupError: it could not be started, or ended with another status than 0.
    """
    try:
        status = subprocess.run(command, cwd=cwd, env=env, check=False).returncode
    except OSError as error:
        raise SetupError(f"{task}: {command[0]} does not run: {error.strerror}.") from error
    if status != 0:
        raise SetupError(f"{task} failed (status {status} of {Path(command[0]).name}); the reason stands above.")


def output_of(*command: str | Path) -> str | None:
    """Return what a command prints, stripped, or None when it is absent or fails."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def tool_environment() -> dict[str, str]:
    """Return the environment for package tools: the system's certificates, and caches where this user may write."""
    env = dict(os.environ)
    # An outer activated environment must not decide where packages go.
    env.pop("VIRTUAL_ENV", None)
    env.pop("PYTHONPATH", None)
    defaults = {
        # Where a company's proxy signs for the package index, only the system's certificates know it. The second name
        # is for older uv.
        "UV_SYSTEM_CERTS": "1",
        "UV_NATIVE_TLS": "1",
        "NODE_USE_SYSTEM_CA": "1",
        "UV_HTTP_TIMEOUT": "120",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }
    if not os.access(Path("~").expanduser(), os.W_OK):
        defaults |= {"UV_CACHE_DIR": str(CACHE / "uv"), "npm_config_cache": str(CACHE / "npm"), "PIP_NO_CACHE_DIR": "1"}
    return defaults | env


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the checkout's set-up lock: a second `make` waits for the first and then finds the work done."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of this checkout is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fail(error: SetupError) -> int:
    """Print the error's one line and return the exit status."""
    print(f"vivavoce: {error}", file=sys.stderr)
    return 1
