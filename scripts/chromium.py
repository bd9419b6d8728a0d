"""A Chromium for the browser tests.

Owns where one is looked for, and how one is had when there is none. Refuses to know the tests; they are given a path in
the environment variable CHROMIUM. Standard library only.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.steps import CACHE, ROOT, SetupError, Step, digest, output_of, run, tool_environment

if TYPE_CHECKING:
    from scripts.node_env import Node

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGE = ROOT / "scripts" / "chromium_package"
PRIVATE = CACHE / "chromium"

UNPACK = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliDecompressSync } = require("node:zlib");
const [, from, to] = process.argv;
for (const name of ["chromium", "al2023.tar", "fonts.tar", "swiftshader.tar"])
    writeFileSync(`${to}/${name}`, brotliDecompressSync(readFileSync(`${from}/${name}.br`)));
"""
"""Python's standard library reads no Brotli; Node's does."""

LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="relative">fonts-cache</cachedir></fontconfig>
"""


def find_chromium() -> Path | None:
    """Return the Chromium of this machine: $CHROMIUM, one on PATH, or one that Playwright has installed.

    Raises:
        SetupError: CHROMIUM is set and does not run.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if runs(Path(named)):
            return Path(named)
        raise SetupError(f"CHROMIUM={named} does not run. Point it at a Chromium, or leave it unset.")
    on_path = (shutil.which(name) for name in NAMES)
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    installed = sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((path for path in [*(Path(found) for found in on_path if found), *installed] if runs(path)), None)


def runs(chromium: Path) -> bool:
    """Tell whether this program starts; one whose libraries are missing does not."""
    return output_of(chromium, "--version") is not None


def ensure_chromium(node: Node) -> Path:
    """Return a Chromium that runs: the machine's own, else a private one, else on Debian as root its package.

    Raises:
        SetupError: there is none and none could be had.
    """
    found = find_chromium()
    if found:
        return found
    if sys.platform == "linux" and platform.machine() == "x86_64":
        private = ensure_private(node)
        if runs(private):
            return private
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return install_with_apt()
    raise SetupError("the browser tests need Chromium: install chromium (or Google Chrome), or set CHROMIUM=PATH.")


def ensure_private(node: Node) -> Path:
    """Fetch a Chromium that brings its own libraries into the cache, once, checked against its lock."""
    lock = (PACKAGE / "package-lock.json").read_bytes()
    launcher = PRIVATE / "run" / "chrome"
    step = Step(
        title="Fetching Chromium for the browser tests",
        stamp=PRIVATE / ".stamp",
        inputs=digest(lock, UNPACK, LAUNCHER, FONTS),
        output=launcher,
    )
    if not step.is_done():
        with step.work():
            fetch_private(node)
    return launcher


def fetch_private(node: Node) -> None:
    """Install the locked package, and unpack browser, libraries and fonts into one folder."""
    shutil.rmtree(PRIVATE, ignore_errors=True)
    target = PRIVATE / "run"
    target.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / name, PRIVATE)
    env = node.environment()
    run("Fetching Chromium", node.folder / "npm", "ci", "--ignore-scripts", "--loglevel=error", env=env, cwd=PRIVATE)
    packed = PRIVATE / "node_modules" / "@sparticuz" / "chromium" / "bin"
    run("Unpacking Chromium", node.folder / "node", "-e", UNPACK, packed, target, env=env)
    for archive in sorted(target.glob("*.tar")):
        with tarfile.open(archive) as members:
            # Python before 3.11.4 has no filters; the archive's hash is in the lock either way.
            members.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
            members.extractall(target)
        archive.unlink()
    (target / "chromium").chmod(0o755)
    (target / "fonts.conf").write_text(FONTS, encoding="utf-8")
    (target / "chrome").write_text(LAUNCHER, encoding="utf-8")
    (target / "chrome").chmod(0o755)
    shutil.rmtree(PRIVATE / "node_modules")


def install_with_apt() -> Path:
    """Install Debian's Chromium; only root can."""
    env = tool_environment() | {"DEBIAN_FRONTEND": "noninteractive"}
    run("Reading Debian's package lists", "apt-get", "update", "-qq", env=env)
    options = ("-y", "-qq", "--no-install-recommends")
    run("Installing chromium with apt-get", "apt-get", "install", *options, "chromium", env=env)
    found = find_chromium()
    if not found:
        raise SetupError("apt-get installed chromium, yet it does not run; set CHROMIUM=PATH to one that does.")
    return found
