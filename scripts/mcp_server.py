"""The MCP project's own test server, for the tests of the MCP client.

Owns how it is had: the locked npm package, once, in the cache. Refuses to know the tests; they are given its path in
the environment variable MCP_EVERYTHING. Standard library only.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scripts.steps import CACHE, ROOT, Step, digest, run

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.node_env import Node

PACKAGE = ROOT / "scripts" / "mcp_package"
PRIVATE = CACHE / "mcp"
SERVER = PRIVATE / "node_modules" / "@modelcontextprotocol" / "server-everything" / "dist" / "index.js"


def ensure_mcp_server(node: Node) -> Path:
    """Return the server's script, fetched the first time and checked against its lock."""
    lock = (PACKAGE / "package-lock.json").read_bytes()
    step = Step(
        title="Fetching the MCP test server", stamp=PRIVATE / ".stamp", inputs=digest(node.version, lock), output=SERVER
    )
    if not step.is_done():
        with step.work():
            shutil.rmtree(PRIVATE, ignore_errors=True)
            PRIVATE.mkdir(parents=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PACKAGE / name, PRIVATE)
            options = ("--ignore-scripts", "--loglevel=error")
            run(
                "Fetching the MCP test server", node.folder / "npm", "ci", *options, env=node.environment(), cwd=PRIVATE
            )
    return SERVER
