"""`/v1/personas` over real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.server.asking import asking
from vivavoce.personas.library import PersonaLibrary
from vivavoce.server.personas_route import personas_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx2 as httpx

pytestmark = pytest.mark.anyio
ADA = {"name": {"en": "Ada", "zh": "艾达"}, "languages": ["en", "zh"], "instructions": "You are Ada.", "speed": 1.2}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(personas_routes(PersonaLibrary(tmp_path), default="viva"), user="local") as client:
        yield client


async def test_the_list_tells_what_is_needed_to_choose(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/v1/personas")).json()

    assert listed["object"] == "list"
    assert [card["id"] for card in listed["data"]] == ["lin", "viva", "xiaomei"]
    assert listed["data"][1] == {
        "id": "viva",
        "object": "persona",
        "name": "Viva",
        "names": {"en": "Viva", "zh": "薇娃"},
        "languages": ["en", "zh"],
        "abouts": {"en": "Warm, attentive and quick to laugh", "zh": "热情、细心、爱笑"},
        "greetings": {"en": "Hi, I'm Viva. What's on your mind?", "zh": "你好，我是薇娃。今天想聊点什么？"},
        "voices": {"en": "heart", "zh": "zf_xiaoxiao"},
        "speed": 1.0,
        "is_default": True,
        "is_own": False,
        "is_shipped": True,
    }
    assert [card["is_default"] for card in listed["data"]] == [False, True, False]


async def test_a_character_is_saved_read_and_deleted(client: httpx.AsyncClient, tmp_path: Path) -> None:
    saved = await client.put("/v1/personas/ada", json=ADA)

    assert saved.status_code == 200
    assert saved.json() == (await client.get("/v1/personas/ada")).json()
    assert saved.json()["is_own"]
    assert {key: saved.json()["written"][key] for key in ADA} == ADA
    assert (tmp_path / "ada.yaml").exists()
    assert (await client.delete("/v1/personas/ada")).status_code == 204
    gone = await client.get("/v1/personas/ada")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "persona_not_found")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"speed": 9}, "speed"),
        ({"expressions": ["smirk"]}, "expressions[0]"),
        ({"mood": "good"}, "mood"),
        ({"greeting": {"fr": "Salut"}}, "greeting.fr"),
        ({"about": {"zh": "只有中文"}}, "about"),
        ({"about": "x" * 301}, "about"),
        ({"instructions": ""}, "instructions"),
    ],
)
async def test_what_is_wrong_is_named(client: httpx.AsyncClient, change: dict[str, object], param: str) -> None:
    answer = await client.put("/v1/personas/ada", json=ADA | change)

    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("persona_id", ["problems", "Ada", "a_b", "-ada", "x" * 41, "ada%00", "%2e%2e"])
async def test_an_id_that_nothing_could_be_read_by_is_refused(client: httpx.AsyncClient, persona_id: str) -> None:
    answer = await client.put(f"/v1/personas/{persona_id}", json=ADA)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "persona_invalid")
    assert not any(card["is_own"] for card in (await client.get("/v1/personas")).json()["data"])


async def test_one_that_ships_cannot_be_deleted_but_replaced(client: httpx.AsyncClient) -> None:
    refused = await client.delete("/v1/personas/viva")

    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "personas_read_only")
    replaced = (await client.put("/v1/personas/viva", json=ADA)).json()
    assert (replaced["name"], replaced["is_own"], replaced["is_shipped"]) == ("Ada", True, True)
    assert (await client.delete("/v1/personas/viva")).status_code == 204
    assert (await client.get("/v1/personas/viva")).json()["name"] == "Viva"


async def test_files_that_do_not_load_are_told(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("name: [")
    await client.put("/v1/personas/ada", json=ADA)

    [problem] = (await client.get("/v1/personas/problems")).json()["data"]
    assert problem["file"] == str(tmp_path / "broken.yaml")
    assert "not YAML" in problem["message"]


async def test_only_the_owner_of_the_server_writes_characters(client: httpx.AsyncClient) -> None:
    ann = {"X-User": "ann"}
    await client.put("/v1/personas/ada", json=ADA)

    for refused in (
        await client.put("/v1/personas/viva", json=ADA, headers=ann),
        await client.delete("/v1/personas/ada", headers=ann),
    ):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    listed = (await client.get("/v1/personas", headers=ann)).json()["data"]
    assert [card["id"] for card in listed if card["is_own"]] == ["ada"]


async def test_where_the_files_are_is_told_to_nobody_but_the_owner(client: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("name: [")
    await client.put("/v1/personas/ada", json=ADA)

    told = [
        await client.get(path, headers={"X-User": "ann"})
        for path in ("/v1/personas", "/v1/personas/problems", "/v1/personas/nobody", "/v1/personas/ada")
    ]
    assert told[1].json()["data"][0]["file"] == "broken.yaml"
    assert "nobody.yaml" in told[2].json()["error"]["message"]
    assert all(str(tmp_path) not in answer.text for answer in told)
