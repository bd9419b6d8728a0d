"""`/v1/memories` over a real database; each test says who asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.memory.memory_scene import memory_in
from tests.unit.server.asking import asking
from vivavoce.errors import StorageError
from vivavoce.memory.store import FactStore
from vivavoce.server.memories_route import memories_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx2 as httpx

    from vivavoce.memory.facts import Fact

pytestmark = pytest.mark.anyio

AS_JSON = {"Content-Type": "application/json"}
"""The test's client writes no half characters by itself."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with memory_in(tmp_path) as memory, asking(memories_routes(memory)) as client:
        yield client


async def added(client: httpx.AsyncClient, text: str, user: str = "ann") -> str:
    answer = await client.post("/v1/memories", json={"text": text}, headers={"X-User": user})
    assert answer.status_code == 201
    return str(answer.json()["id"])


async def test_a_memory_is_added_listed_and_read(client: httpx.AsyncClient) -> None:
    memory_id = await added(client, "我住在上海。")
    listed = (await client.get("/v1/memories")).json()
    assert [memory["id"] for memory in listed["data"]] == [memory_id]
    read = (await client.get(f"/v1/memories/{memory_id}")).json()
    assert read == listed["data"][0]
    assert (read["text"], read["language"], read["replaced_by"], read["score"]) == ("我住在上海。", "zh", None, None)


async def test_a_search_answers_the_best_first_with_scores(client: httpx.AsyncClient) -> None:
    await added(client, "My cat is called Tom.")
    bees = await added(client, "I keep bees in the garden.")
    found = (await client.get("/v1/memories", params={"query": "bees in the garden", "limit": 1})).json()
    assert [memory["id"] for memory in found["data"]] == [bees]
    assert 0.0 < found["data"][0]["score"] <= 1.0


async def test_a_list_comes_in_pages(client: httpx.AsyncClient) -> None:
    for animal in ("ants", "bats", "cows"):
        await added(client, f"I saw {animal} yesterday.")
    first = (await client.get("/v1/memories", params={"limit": 2})).json()
    rest = (await client.get("/v1/memories", params={"limit": 2, "offset": 2})).json()
    assert (len(first["data"]), first["has_more"]) == (2, True)
    assert (len(rest["data"]), rest["has_more"]) == (1, False)


async def test_a_corrected_memory_stays_readable_and_is_listed_only_when_asked_for(client: httpx.AsyncClient) -> None:
    wrong = await added(client, "My cat is called Tom.")
    right = (await client.patch(f"/v1/memories/{wrong}", json={"text": "My cat is called Tim."})).json()
    assert (await client.get(f"/v1/memories/{wrong}")).json()["replaced_by"] == right["id"]
    assert len((await client.get("/v1/memories")).json()["data"]) == 1
    assert len((await client.get("/v1/memories", params={"replaced": True})).json()["data"]) == 2
    again = await client.patch(f"/v1/memories/{wrong}", json={"text": "My cat is called Jim."})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "memory_replaced")


async def test_deleting_takes_one_or_all(client: httpx.AsyncClient) -> None:
    cat = await added(client, "My cat is called Tom.")
    await added(client, "I keep bees.")
    assert (await client.delete(f"/v1/memories/{cat}")).json()["deleted"]
    assert (await client.get(f"/v1/memories/{cat}")).status_code == 404
    assert (await client.delete(f"/v1/memories/{cat}")).status_code == 404
    assert (await client.delete("/v1/memories")).json()["count"] == 1
    assert (await client.get("/v1/memories")).json()["data"] == []


async def test_an_export_is_a_file_with_everything_in_it(client: httpx.AsyncClient) -> None:
    empty = (await client.get("/v1/memories/export")).json()
    assert empty == {"object": "list", "data": []}
    await added(client, "I live in Berlin.")
    await added(client, "I live in Rome.")
    answer = await client.get("/v1/memories/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert {memory["text"] for memory in answer.json()["data"]} == {"I live in Berlin.", "I live in Rome."}


async def test_nobody_reads_corrects_or_deletes_what_is_anothers(client: httpx.AsyncClient) -> None:
    hers = await added(client, "I keep bees.", "bob")
    path = f"/v1/memories/{hers}"
    assert (await client.get("/v1/memories", params={"query": "bees"})).json()["data"] == []
    assert (await client.get(path)).status_code == 404
    assert (await client.patch(path, json={"text": "x"})).status_code == 404
    assert (await client.delete(path)).status_code == 404
    assert (await client.delete("/v1/memories")).json()["count"] == 0
    assert (await client.get(path, headers={"X-User": "bob"})).status_code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "memory_empty"),
        ("\x00", "memory_empty"),
        ("x" * 501, "memory_too_long"),
        ("x" * 20_001, "invalid_value"),
        ("half a \ud83d", "invalid_value"),
    ],
)
async def test_what_is_no_sentence_is_refused(client: httpx.AsyncClient, text: str, code: str) -> None:
    answer = await client.post("/v1/memories", content=json.dumps({"text": text}), headers=AS_JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_a_character_that_not_every_database_takes_is_left_out(client: httpx.AsyncClient) -> None:
    memory_id = await added(client, "I keep\x00bees.")
    assert (await client.get(f"/v1/memories/{memory_id}")).json()["text"] == "I keep bees."
    for answer in (
        await client.get(f"/v1/memories/{memory_id}%00"),
        await client.post("/v1/memories", json={"text": "I keep ants.", "language": "en\x00"}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_value")


@pytest.mark.parametrize("language", ["", "auto", "en", "zh-Hant"])
async def test_a_sentence_comes_in_a_language_or_none_is_named(client: httpx.AsyncClient, language: str) -> None:
    answer = await client.post("/v1/memories", json={"text": "I keep bees.", "language": language})
    assert answer.status_code == 201


async def test_an_export_that_cannot_begin_is_an_ordinary_error(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(*_: object, **__: object) -> list[Fact]:
        raise StorageError("memory_storage_failed", "The memories cannot be read.", retryable=True)

    monkeypatch.setattr(FactStore, "page", page)
    answer = await client.get("/v1/memories/export")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "memory_storage_failed")


@pytest.mark.parametrize(
    ("query", "param"), [({"offset": 10**30}, "offset"), ({"offset": -1}, "offset"), ({"limit": "many"}, "limit")]
)
async def test_a_page_that_cannot_be_is_refused_by_the_name_of_its_parameter(
    client: httpx.AsyncClient, query: dict[str, str | int], param: str
) -> None:
    answer = await client.get("/v1/memories", params=query)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_without_a_memory_the_answer_says_what_to_do() -> None:
    async with asking(memories_routes(None)) as client:
        answer = await client.get("/v1/memories")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "memory_unavailable")
