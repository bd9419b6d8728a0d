"""`/v1/preferences` over a real database; each test says who asks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.unit.server.asking import asking
from vivavoce.preferences.store import PreferenceStore
from vivavoce.server.preferences_route import preferences_routes
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx2 as httpx

pytestmark = pytest.mark.anyio

PATH = "/v1/preferences"
NOW = 1_000.0
BEN = {"X-User": "ben"}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with open_engine(database_url("", tmp_path)) as engine:
        store = PreferenceStore(engine, wall_clock=lambda: NOW)
        async with asking(preferences_routes(store)) as client:
            yield client


async def choose(client: httpx.AsyncClient, name: str, value: object, at: float, user: str = "ann") -> httpx.Response:
    body = {"data": {name: {"value": value, "changed_at": at}}}
    return await client.patch(PATH, json=body, headers={"X-User": user})


async def held(client: httpx.AsyncClient, user: str = "ann") -> dict[str, object]:
    data = (await client.get(PATH, headers={"X-User": user})).json()["data"]
    return {name: choice["value"] for name, choice in data.items()}


async def test_whoever_has_chosen_nothing_has_none(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH)).json() == {"object": "preferences", "user": "ann", "is_owner": False, "data": {}}


@pytest.mark.parametrize("value", ["dark", "", "暗色", 1.25, 3, True, False, None])
async def test_a_choice_is_read_as_it_was_made(client: httpx.AsyncClient, value: object) -> None:
    changed = (await choose(client, "theme", value, 10.0)).json()
    assert changed["data"] == {"theme": {"value": value, "changed_at": 10.0}}
    read = (await client.get(PATH)).json()
    assert read == changed
    assert isinstance(read["data"]["theme"]["value"], bool) is isinstance(value, bool)


async def test_the_later_choice_holds_whichever_comes_first(client: httpx.AsyncClient) -> None:
    await choose(client, "theme", "dark", 20.0)
    told = await choose(client, "theme", "light", 10.0)
    assert told.json()["data"]["theme"] == {"value": "dark", "changed_at": 20.0}
    await choose(client, "theme", "system", 30.0)
    assert await held(client) == {"theme": "system"}


async def test_two_machines_do_not_undo_what_the_other_has_set(client: httpx.AsyncClient) -> None:
    await choose(client, "theme", "dark", 10.0)
    await choose(client, "voice", "heart", 5.0)
    assert await held(client) == {"theme": "dark", "voice": "heart"}


async def test_a_clock_that_is_ahead_makes_no_choice_last(client: httpx.AsyncClient) -> None:
    told = await choose(client, "theme", "dark", 9e9)
    assert told.json()["data"]["theme"]["changed_at"] == NOW
    await choose(client, "theme", "light", NOW)
    assert await held(client) == {"theme": "light"}


async def test_each_user_has_their_own(client: httpx.AsyncClient) -> None:
    await choose(client, "theme", "dark", 10.0)
    await choose(client, "theme", "light", 5.0, user="ben")
    assert (await held(client), await held(client, "ben")) == ({"theme": "dark"}, {"theme": "light"})

    assert (await client.delete(PATH, headers=BEN)).status_code == 204
    assert (await held(client), await held(client, "ben")) == ({"theme": "dark"}, {})


async def test_the_owner_is_told_so(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH, headers={"X-User": "local"})).json()["is_owner"] is True


@pytest.mark.parametrize(
    ("data", "param"),
    [
        ({"theme": {"value": "x" * 501, "changed_at": 1}}, "data.theme.value"),
        ({"theme": {"value": ["dark"], "changed_at": 1}}, "data.theme.value"),
        ({"theme": {"value": "dark"}}, "data.theme.changed_at"),
        ({"theme": {"value": "dark", "changed_at": -1}}, "data.theme.changed_at"),
        ({"theme": {"value": "dark", "changed_at": 1, "note": ""}}, "data.theme.note"),
        ({"a b": {"value": 1, "changed_at": 1}}, "data"),
        ({f"n{number}": {"value": 1, "changed_at": 1} for number in range(101)}, "data"),
    ],
)
async def test_what_is_no_setting_is_refused(client: httpx.AsyncClient, data: object, param: str) -> None:
    answer = await client.patch(PATH, json={"data": data})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_value") or (
        answer.json()["error"]["code"] == "missing_required_parameter"
    )
    assert answer.json()["error"]["param"].startswith(param)
    assert await held(client) == {}


async def test_nobody_fills_the_database_name_by_name(client: httpx.AsyncClient) -> None:
    for start in (0, 60):
        data = {f"n{start + number}": {"value": 1, "changed_at": 1} for number in range(60)}
        last = await client.patch(PATH, json={"data": data})
    assert (last.status_code, last.json()["error"]["code"]) == (400, "invalid_value")
    assert len(await held(client)) == 60


async def test_a_database_that_cannot_be_used_is_told_and_tried_again(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "vivavoce.db"
    file.write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    answer = await client.get(PATH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database_damaged")
    file.unlink()
    assert await held(client) == {}
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM preferences").fetchone() == (0,)
