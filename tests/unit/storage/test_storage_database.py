"""A database that is damaged, locked, out of reach or somebody else's, told plainly; and what deleting leaves of it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from vivavoce.errors import InputError, StorageError
from vivavoce.history.history import begin_history
from vivavoce.history.records import Entry, Portion
from vivavoce.storage import database
from vivavoce.storage.database import database_url, open_engine, reading, writing

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def refusal_of(url: URL, folder: Path) -> StorageError:
    async with open_engine(url) as engine:
        with pytest.raises(StorageError) as refusal:
            await begin_history(engine, folder=folder)
    return refusal.value


def test_a_file_in_the_data_folder_is_the_default(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    assert (url.drivername, url.database) == ("sqlite+aiosqlite", str(tmp_path / "vivavoce.db"))


@pytest.mark.parametrize(
    ("setting", "driver"),
    [
        ("postgresql://ann:key@host/db", "postgresql+asyncpg"),
        ("postgres://host/db", "postgresql+asyncpg"),
        ("postgresql+asyncpg://host/db", "postgresql+asyncpg"),
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite"),
    ],
)
def test_a_url_need_not_name_our_driver(setting: str, driver: str, tmp_path: Path) -> None:
    assert database_url(setting, tmp_path).drivername == driver


@pytest.mark.parametrize("setting", ["nonsense", "mysql://host/db", "postgresql+psycopg2://host/db", "://"])
def test_a_url_that_cannot_be_used_is_refused(setting: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        database_url(setting, tmp_path)
    assert refusal.value.code == "database_url_invalid"


async def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    _fill(tmp_path / "vivavoce.db")
    refusal = await refusal_of(database_url("", tmp_path), tmp_path)
    assert refusal.code == "database_damaged"
    assert "Move it away" in refusal.remedy
    assert _in_files(tmp_path, "This is no database.")


async def test_a_file_that_was_cut_short_is_named(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    async with open_engine(url) as engine:
        await begin_history(engine, folder=tmp_path)
    _damage(tmp_path / "vivavoce.db")
    assert (await refusal_of(url, tmp_path)).code == "database_damaged"


async def test_a_folder_that_is_not_there_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    async with open_engine(database_url("", folder)) as engine:
        await begin_history(engine, folder=folder)
    assert _mode(folder) == 0o700


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    _fill(tmp_path / "in the way")
    refusal = await refusal_of(database_url("", tmp_path / "in the way"), tmp_path)
    assert refusal.code == "database_not_writable"
    assert "'data'" in refusal.remedy


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = database_url("postgresql://ann:key@127.0.0.1:1/db", tmp_path)
    assert (await refusal_of(url, tmp_path)).code == "database_unreachable"


async def test_a_file_that_another_program_keeps_locked_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pragmas = [pragma for pragma in database._PRAGMAS if "busy_timeout" not in pragma]
    monkeypatch.setattr(database, "_PRAGMAS", (*pragmas, "PRAGMA busy_timeout=50"))
    url = database_url("", tmp_path)
    async with open_engine(url) as engine:
        history = await begin_history(engine, folder=tmp_path)
        entry = Entry(id="q", said="Hello.")
        portion = Portion(conversation_id="c", user_id="ann", at=1.0, opens=True, entries=(entry,))
        with closing(sqlite3.connect(tmp_path / "vivavoce.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError) as refusal:
                await history.store.append(portion)
            assert (refusal.value.code, refusal.value.retryable) == ("database_locked", True)
            # Reading goes on meanwhile.
            assert await history.store.ids() == set()
        assert await history.store.append(portion)


async def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async with open_engine(database_url("", tmp_path)) as engine:
        async with writing(engine) as connection:
            await connection.execute(text("CREATE TABLE numbers (number int)"))
        with pytest.raises(ZeroDivisionError):
            await _write_and_fail(engine)
        async with reading(engine) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM numbers")) == 0


async def test_the_words_of_a_deleted_conversation_are_in_none_of_the_files(tmp_path: Path) -> None:
    secret, other = "Zyzzogeton", "Quokka"
    async with open_engine(database_url("", tmp_path)) as engine:
        store = (await begin_history(engine, folder=tmp_path)).store
        for name, word in (("c", secret), ("d", other)):
            for number in range(50):
                entry = Entry(id=f"e{number}", said=f"{word} number {number}. " * 20, place=float(number))
                await store.append(Portion(conversation_id=name, user_id="ann", at=1.0, opens=True, entries=(entry,)))
        assert _in_files(tmp_path, secret)
        await store.delete("ann", "c")
        assert _in_files(tmp_path, other)
        assert not _in_files(tmp_path, secret)
        assert [hit.conversation.id for hit in await store.search("ann", other)] == ["d"]


def test_the_migrations_run_from_a_package_that_is_not_a_folder_we_stand_in(tmp_path: Path) -> None:
    script = (
        "import anyio\n"
        "from pathlib import Path\n"
        "from vivavoce.storage.database import database_url, open_engine\n"
        "from vivavoce.history.tables import HISTORY\n"
        "from vivavoce.storage.migrating import migrate\n"
        "async def main():\n"
        "    async with open_engine(database_url('', Path('.'))) as engine:\n"
        "        await migrate(engine, HISTORY)\n"
        "anyio.run(main)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "vivavoce.db").is_file()


async def _write_and_fail(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await connection.execute(text("INSERT INTO numbers VALUES (1)"))
        raise ZeroDivisionError


def _fill(file: Path) -> None:
    file.write_bytes(b"This is no database. " * 1_000)


def _damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[1_000:] = os.urandom(len(content) - 1_000)
    file.write_bytes(content)


def _mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def _in_files(folder: Path, word: str) -> bool:
    wanted = (word.encode(), word.casefold().encode())
    return any(one in file.read_bytes() for file in folder.glob("vivavoce.db*") for one in wanted)
