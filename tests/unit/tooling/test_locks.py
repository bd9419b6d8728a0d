"""The locks name versions and hashes, no addresses, and answer to what is declared."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from scripts.lock import ALL_LOCKS, Lock
from scripts.steps import ROOT

NPM_FOLDERS = ("web", "scripts/chromium_package", "scripts/mcp_package")


def npm_lock(folder: str) -> dict[str, Any]:
    lock: dict[str, Any] = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    return lock


def test_every_lock_file_has_its_recipe() -> None:
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} == {lock.name for lock in ALL_LOCKS}


@pytest.mark.parametrize("lock", ALL_LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_in_step_with_what_is_declared(lock: Lock) -> None:
    assert lock.path.read_text(encoding="utf-8").startswith(lock.header()), "run make lock"


@pytest.mark.parametrize("lock", ALL_LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Lock) -> None:
    text = lock.path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|://|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("lock", ALL_LOCKS, ids=lambda lock: lock.name)
def test_every_locked_version_is_exact_and_has_hashes(lock: Lock) -> None:
    lines = [line for line in lock.path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    entries = "\n".join(lines).replace("\\\n", " ").splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.+!]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", ["dev", "piper"])
def test_development_and_extras_keep_the_versions_that_users_get(name: str) -> None:
    runtime, other = (
        set(re.findall(r"^[\w.-]+==\S+", lock.path.read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ALL_LOCKS
        if lock.name in {"runtime", name}
    )
    assert runtime <= other


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_the_npm_lock_names_no_address_but_those_of_sponsors(folder: str) -> None:
    packages = npm_lock(folder)["packages"]
    for entry in packages.values():
        entry.pop("funding", None)
    assert "://" not in json.dumps(packages)


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_every_npm_package_has_a_hash(folder: str) -> None:
    packages = npm_lock(folder)["packages"]
    without = [name for name, entry in packages.items() if name and "integrity" not in entry]
    assert len(packages) > 1
    assert without == []


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_the_npm_lock_is_in_step_with_its_package_file(folder: str) -> None:
    declared = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
    locked = npm_lock(folder)["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert locked.get(kind) == declared.get(kind)
