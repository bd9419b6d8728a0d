"""A kill -9 at any moment loses at most the words that were not heard yet, and those of the moment before it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import psutil
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.history_victim import NOTES, REPORT_SECONDS
from vivavoce.history.history import begin_history
from vivavoce.speech.heard import Segment, heard_text
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.history.records import Entry
    from vivavoce.history.store import HistoryStore

pytestmark = pytest.mark.anyio

KILLS, LANES = 50, 5
SEED = 20_26_11

BOUND_SECONDS, USUAL_SECONDS = 2.0, 0.5
"""What the history may be behind the listener's ear. A look every 0.25 s, a rest of 0.1 s and the writing make what is
usual. It is counted in the reports of the process, so that a machine that lets it wait does not count against it."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(slots=True)
class Told:
    """What the client of one conversation knew of one item when its process was killed, and since when."""

    words: str = ""
    at: float = 0.0
    segments: list[Segment] = field(default_factory=list)
    reports: list[tuple[float, int]] = field(default_factory=list)

    def add(self, note: dict[str, Any]) -> None:
        """Take in one note of the process."""
        match note:
            case {"words": words}:
                self.words, self.at = words, note["at"]
            case {"played": played}:
                self.reports.append((note["at"], played))
            case {"clause": "", "samples": samples}:
                begun = self.segments[-1]
                self.segments[-1] = Segment(text=begun.text, samples=begun.samples + samples)
            case {"clause": clause, "samples": samples}:
                self.segments.append(Segment(text=clause, samples=samples))

    def first_lost_at(self, entry: Entry | None) -> float | None:
        """Return since when the client knew something that is not kept; None when all is."""
        if self.words:
            return None if entry is not None and entry.said == self.words else self.at
        kept = "" if entry is None else entry.words
        return next((at for at, played in self.reports if not kept.startswith(heard_text(self.segments, played))), None)


@dataclass(slots=True)
class Tally:
    """What all kills together have shown; `behind_seconds` for every item that was known to a client."""

    kills: int = 0
    in_mid_reply: int = 0
    behind_seconds: list[float] = field(default_factory=list)


class Nursery:
    """The process that forks the victims."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def child(self, folder: Path, name: str, seed: int) -> int:
        """Start a process that talks, and return its id."""
        self._stdin.write(json.dumps({"folder": str(folder), "name": name, "seed": seed}) + "\n")
        self._stdin.flush()
        return int(self._stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.integration.history_victim"]
    root = Path(__file__).parents[2]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=root, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Nursery(process.stdin, process.stdout)
        finally:
            # The group is this process and all that it forked.
            os.killpg(process.pid, signal.SIGKILL)


async def test_fifty_kills_at_random_moments_lose_nothing_that_was_heard(tmp_path: Path) -> None:
    tally = Tally()
    with nursery() as victims:
        async with anyio.create_task_group() as group:
            for lane in range(LANES):
                folder = tmp_path / f"lane{lane}"
                folder.mkdir()
                group.start_soon(_kill_again_and_again, victims, folder, random.Random(SEED + lane), tally)
    assert tally.kills == KILLS
    # The kills would show nothing if they came before anybody spoke.
    assert len(tally.behind_seconds) >= 3 * KILLS
    assert tally.in_mid_reply >= KILLS // 2
    assert max(tally.behind_seconds) <= BOUND_SECONDS
    usual = [behind for behind in tally.behind_seconds if behind <= USUAL_SECONDS]
    assert len(usual) >= 0.75 * len(tally.behind_seconds), sorted(tally.behind_seconds)


async def _kill_again_and_again(victims: Nursery, folder: Path, chance: random.Random, tally: Tally) -> None:
    """Kill one process after the other on the same database."""
    for number in range(KILLS // LANES):
        pid = victims.child(folder, f"talk{number}", chance.randrange(10**6))
        await anyio.sleep(chance.uniform(0.05, 3.5))
        notes = await _kill(pid, folder, f"talk{number}-")
        tally.kills += 1
        _check_file(folder)
        async with open_engine(database_url("", folder)) as engine:
            history = await begin_history(engine, folder=folder)
            await _check(history.store, notes, tally)


async def _kill(pid: int, folder: Path, prefix: str) -> list[dict[str, Any]]:
    """Kill the process, and return what its clients have noted."""
    os.kill(pid, signal.SIGKILL)
    await anyio.to_thread.run_sync(_wait_until_gone, pid)
    return _notes(folder, prefix)


def _notes(folder: Path, prefix: str) -> list[dict[str, Any]]:
    file = folder / NOTES
    lines = file.read_text().splitlines() if file.exists() else []
    return [note for note in map(json.loads, lines) if note["conversation"].startswith(prefix)]


def _wait_until_gone(pid: int) -> None:
    # Its parent takes no interest in how it ended, so that it leaves nothing to wait for.
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=WAIT_SECONDS)


def _check_file(folder: Path) -> None:
    """Whatever state the kill left, the file is whole, and so is its index."""
    file = folder / "vivavoce.db"
    if not file.exists():
        return
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        # The migration is done, or has not begun.
        assert not tables or {"entries", "entry_words", "history_version"} <= tables
        if tables:
            database.execute("INSERT INTO entry_words (entry_words) VALUES ('integrity-check')")
            indexed = set(database.execute("SELECT rowid FROM entry_words"))
            assert indexed == set(database.execute("SELECT number FROM entries WHERE said != ''"))


async def _check(store: HistoryStore, notes: list[dict[str, Any]], tally: Tally) -> None:
    told: dict[str, dict[str, Told]] = defaultdict(lambda: defaultdict(Told))
    for note in notes:
        told[note["conversation"]][note["item"]].add(note)
    there = await store.ids()
    for conversation_id, items in told.items():
        entries = await store.entries("ann", conversation_id) if conversation_id in there else []
        by_id = {entry.id: entry for entry in entries}
        reports = [at for item in items.values() for at, _ in item.reports]
        for item_id, item in items.items():
            entry = by_id.get(item_id)
            lost_at = item.first_lost_at(entry)
            missed = 0 if lost_at is None else sum(at >= lost_at for at in reports)
            tally.behind_seconds.append(missed * REPORT_SECONDS)
            if entry is not None and entry.role == "assistant":
                tally.in_mid_reply += entry.status == "in_progress"
                # Nothing stands there that was not said.
                assert entry.said.startswith(entry.words)
                assert "".join(segment.text for segment in item.segments).startswith(entry.words.rstrip())
