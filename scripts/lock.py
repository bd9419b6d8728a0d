"""`make lock`: the lock files in `requirements/`, from pyproject.toml and the few `.in` files beside them.

Run as `python -m scripts.lock [--upgrade]`.

Owns what each lock is made from and the digest that shows a lock to be in step with it. A lock carries versions and
hashes, and no address: where packages come from is each user's own business.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.python_env import LOCKS, find_uv
from scripts.steps import ROOT, SetupError, digest, fail, run, say, tool_environment

if TYPE_CHECKING:
    from pathlib import Path

OLDEST_PYTHON = "3.11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One file of `requirements/` and what it is made from."""

    name: str
    source: str = "pyproject.toml"
    group: str | None = None
    extra: str | None = None
    follows: str | None = None
    """Another lock whose versions this one keeps."""

    @property
    def path(self) -> Path:
        """Where the lock lies."""
        return LOCKS / f"{self.name}.txt"

    def inputs(self) -> str:
        """Return the digest of the requirements that the lock answers to."""
        if self.source != "pyproject.toml":
            return digest((ROOT / self.source).read_bytes())
        declared = tomllib.loads((ROOT / self.source).read_text(encoding="utf-8"))
        project = declared["project"]
        parts = [project["requires-python"], project["dependencies"]]
        parts += [project["optional-dependencies"][self.extra]] if self.extra else []
        parts += [declared["dependency-groups"][self.group]] if self.group else []
        return digest(json.dumps(parts))

    def header(self) -> str:
        """Return the lines the lock begins with."""
        return f"# Made by `make lock` from {self.source}. Do not edit.\n# inputs: {self.inputs()}\n"


ALL_LOCKS = (
    Lock(name="runtime"),
    Lock(name="dev", group="dev", follows="runtime"),
    Lock(name="piper", extra="piper", follows="runtime"),
    Lock(name="build", source="requirements/build.in"),
    Lock(name="uv", source="requirements/uv.in"),
    Lock(name="node", source="requirements/node.in"),
)


def write_lock(lock: Lock, *, uv: Path, upgrade: bool) -> None:
    """Resolve one lock for all platforms; without `upgrade` keep the versions that still fit."""
    command: list[str | Path] = [
        uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-emit-index-url",
        "--python-version", OLDEST_PYTHON, "--output-file", lock.path, lock.source,
    ]  # fmt: skip
    command += ["--group", lock.group] if lock.group else []
    command += ["--extra", lock.extra] if lock.extra else []
    constraints = f"{lock.follows}.txt" if lock.follows else "constraints.in"
    command += ["--constraints", LOCKS.relative_to(ROOT) / constraints]
    command += ["--upgrade"] if upgrade else []
    run(f"Locking {lock.name}", *command, env=tool_environment())
    lock.path.write_text(lock.header() + lock.path.read_text(encoding="utf-8"), encoding="utf-8")
    say(f"wrote requirements/{lock.name}.txt")


def main() -> int:
    """Write every lock; return 0, or 1 after one line that says why not."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lock", description="Write the lock files.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions instead of keeping old ones")
    options = parser.parse_args()
    try:
        uv = find_uv()
        for lock in ALL_LOCKS:
            write_lock(lock, uv=uv, upgrade=options.upgrade)
    except SetupError as error:
        return fail(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
