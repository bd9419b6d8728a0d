"""Real databases for the tests of whatever is kept: each test has an empty one, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.integration.postgres_server import postgres_server
from vivavoce.storage.database import database_url, open_engine, writing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from pathlib import Path

    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """One server for all of them: it takes seconds to start."""
    with postgres_server() as url:
        yield make_url(url)


@pytest.fixture
async def empty_postgres(postgres: URL, anyio_backend: object) -> URL:
    await _empty(postgres)
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: object
) -> AsyncGenerator[AsyncEngine, None]:
    url = database_url("", tmp_path)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres")
        await _empty(url)
    async with open_engine(url) as engine:
        yield engine


async def _empty(url: URL) -> None:
    async with open_engine(url) as engine, writing(engine) as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
