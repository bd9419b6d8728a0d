"""`/v1/conversations` over HTTP, in process, on a database of its own."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.unit.server.asking import asking
from vivavoce.history.history import History, begin_history
from vivavoce.history.records import Entry, Portion, Turn
from vivavoce.server.conversations_route import conversations_routes
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    import httpx2

pytestmark = pytest.mark.anyio

PATH = "/v1/conversations"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def history(tmp_path: Path) -> AsyncGenerator[History, None]:
    async with open_engine(database_url("", tmp_path)) as engine:
        yield await begin_history(engine, folder=tmp_path)


def client_of(history: History | None) -> httpx2.AsyncClient:
    return asking(conversations_routes(history))


async def talked(history: History, name: str, words: str, *, at: float = 1.0, user: str = "ann") -> None:
    entries = (
        Entry(id="q", said=words, place=1.0, source="audio"),
        Entry(id="a", said="It is warm and dry.", heard="It is", role="assistant", status="incomplete", place=2.0),
    )
    turn = Turn(response_id="r", user_entry_id="q", timings={"first_audio": 300.0}, memories=(("m", "Lives in Rome."),))
    await history.store.append(
        Portion(conversation_id=name, user_id=user, at=at, opens=True, title=words, entries=entries, turns=(turn,))
    )


async def ids(client: httpx2.AsyncClient, **query: str) -> list[str]:
    return [each["id"] for each in (await client.get(PATH, params=query)).json()["data"]]


async def test_conversations_are_listed_page_by_page(history: History) -> None:
    for number in range(3):
        await talked(history, f"c{number}", f"Question {number}?", at=float(number))
    async with client_of(history) as client:
        page = (await client.get(PATH, params={"limit": 2})).json()
        assert [each["title"] for each in page["data"]] == ["Question 2?", "Question 1?"]
        assert (page["object"], page["has_more"], page["last_id"]) == ("list", True, "c1")
        assert [each["messages"] for each in page["data"]] == [2, 2]
        rest = (await client.get(PATH, params={"limit": 2, "after": "c1"})).json()
        assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (["c0"], False)


async def test_words_are_searched_for_and_shown_where_they_stand(history: History) -> None:
    await talked(history, "zh", "今天天气怎么样？")
    await talked(history, "en", "Is there tea?")
    async with client_of(history) as client:
        assert await ids(client, query="气") == ["zh"]
        (hit,) = (await client.get(PATH, params={"query": "tea"})).json()["data"]
        assert (hit["id"], hit["entry_id"], hit["snippet"]) == ("en", "q", "Is there tea?")


async def test_a_conversation_is_read_with_what_was_heard_and_how_long_it_took(history: History) -> None:
    await talked(history, "c", "How is the weather?")
    async with client_of(history) as client:
        conversation = (await client.get(f"{PATH}/c")).json()
    question, answer = conversation["entries"]
    assert (question["said"], question["source"], question["is_interrupted"]) == ("How is the weather?", "audio", False)
    assert (answer["heard"], answer["is_interrupted"]) == ("It is", True)
    (turn,) = conversation["turns"]
    assert turn["timings"] == {"first_audio": 300.0}
    assert turn["memories"] == [{"id": "m", "text": "Lives in Rome."}]


async def test_a_title_is_changed(history: History) -> None:
    await talked(history, "c", "Hi.")
    async with client_of(history) as client:
        assert (await client.patch(f"{PATH}/c", json={"title": "Tea"})).json()["title"] == "Tea"
        assert (await client.get(f"{PATH}/c")).json()["title"] == "Tea"
        refusal = await client.patch(f"{PATH}/c", json={"title": " "})
        assert (refusal.status_code, refusal.json()["error"]["param"]) == (400, "title")


async def test_a_reply_is_rated_and_the_rating_is_told_exported_and_taken_back(history: History) -> None:
    await talked(history, "c", "Is there tea?")
    async with client_of(history) as client:
        answer = await client.put(f"{PATH}/c/entries/a/rating", json={"rating": "down"})
        assert answer.json() == {"entry_id": "a", "rating": "down"}
        # The session goes on, and writes the same reply again.
        await talked(history, "c", "Is there tea?")
        assert [each["rating"] for each in (await client.get(f"{PATH}/c")).json()["entries"]] == [None, "down"]
        exported = (await client.get(f"{PATH}/c/export")).json()
        assert [each["rating"] for each in exported["entries"]] == [None, "down"]
        await client.put(f"{PATH}/c/entries/a/rating", json={"rating": None})
        assert [each["rating"] for each in (await client.get(f"{PATH}/c")).json()["entries"]] == [None, None]


@pytest.mark.parametrize(
    ("path", "rating", "user", "code"),
    [
        ("c/entries/q", "up", "ann", "entry_not_found"),
        ("c/entries/nothing", "up", "ann", "entry_not_found"),
        ("c/entries/%00", "up", "ann", "entry_not_found"),
        ("other/entries/a", "up", "ann", "conversation_not_found"),
        ("c/entries/a", "up", "bob", "conversation_not_found"),
    ],
)
async def test_only_a_reply_in_ones_own_conversation_is_rated(
    path: str, rating: str, user: str, code: str, history: History
) -> None:
    await talked(history, "c", "Is there tea?")
    async with client_of(history) as client:
        client.headers["X-User"] = user
        refusal = await client.put(f"{PATH}/{path}/rating", json={"rating": rating})
        assert (refusal.status_code, refusal.json()["error"]["code"]) == (404, code)


async def test_a_rating_of_another_kind_is_refused(history: History) -> None:
    await talked(history, "c", "Is there tea?")
    async with client_of(history) as client:
        refusal = await client.put(f"{PATH}/c/entries/a/rating", json={"rating": "5 stars"})
        assert refusal.status_code in (400, 422)


async def test_what_is_deleted_is_gone(history: History) -> None:
    for name in ("a", "b", "c"):
        await talked(history, name, "Is there tea?")
    async with client_of(history) as client:
        assert (await client.delete(f"{PATH}/a")).json() == {"deleted": True, "count": 1}
        assert sorted(await ids(client, query="tea")) == ["b", "c"]
        assert (await client.delete(PATH)).json() == {"deleted": True, "count": 2}
        assert await ids(client) == []


async def test_a_user_finds_nothing_of_anybody_elses(history: History) -> None:
    await talked(history, "c", "The secret word.")
    await history.recordings.save("c", "q", np.zeros(2_400, np.float32), 24_000)
    async with client_of(history) as client:
        client.headers["X-User"] = "bob"
        assert await ids(client) == []
        assert await ids(client, query="secret") == []
        answers = [
            await client.get(f"{PATH}/c"),
            await client.patch(f"{PATH}/c", json={"title": "Mine"}),
            await client.delete(f"{PATH}/c"),
            *[await client.get(f"{PATH}/c/export", params={"format": kind}) for kind in ("json", "markdown", "audio")],
        ]
        assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {
            (404, "conversation_not_found")
        }
        assert (await client.delete(PATH)).json()["count"] == 0
        client.headers["X-User"] = "ann"
        assert await ids(client) == ["c"]


async def test_a_conversation_is_taken_away_as_a_file(history: History) -> None:
    await talked(history, "conv_1", "Is there tea?")
    await history.recordings.save("conv_1", "q", np.zeros(24_000, np.float32), 24_000)
    async with client_of(history) as client:
        exported = {
            kind: await client.get(f"{PATH}/conv_1/export", params={"format": kind})
            for kind in ("json", "markdown", "audio")
        }
    assert exported["json"].json()["entries"][0]["said"] == "Is there tea?"
    assert "**You** (00:00:00): Is there tea?" in exported["markdown"].text
    with zipfile.ZipFile(io.BytesIO(exported["audio"].content)) as archive:
        assert archive.namelist() == ["transcript.md", "0001-user.opus"]
    assert exported["audio"].headers["content-disposition"] == 'attachment; filename="conv1.zip"'


async def test_what_was_recorded_of_one_thing_that_was_said_is_heard_by_itself(history: History) -> None:
    await talked(history, "c", "Is there tea?")
    await history.recordings.save("c", "q", np.zeros(24_000, np.float32), 24_000)
    async with client_of(history) as client:
        entries = (await client.get(f"{PATH}/c")).json()["entries"]
        assert [entry["has_sound"] for entry in entries] == [True, False]
        sound = await client.get(f"{PATH}/c/entries/q/sound")
        assert (sound.headers["content-type"], sound.content[:4]) == ("audio/ogg", b"OggS")
        for entry in ("a", "nothing"):
            refusal = await client.get(f"{PATH}/c/entries/{entry}/sound")
            assert (refusal.status_code, refusal.json()["error"]["code"]) == (404, "conversation_not_recorded")
        client.headers["X-User"] = "bob"
        assert (await client.get(f"{PATH}/c/entries/q/sound")).json()["error"]["code"] == "conversation_not_found"


@pytest.mark.parametrize("entry", ["%2e%2e", "%2e%2e/d/q", "..%2fd%2fq", "%2e%2e%2fd%2fq"])
async def test_no_path_leads_from_ones_own_sound_to_another_s(history: History, entry: str) -> None:
    await talked(history, "c", "Is there tea?")
    await talked(history, "d", "Is there coffee?", user="bob")
    for conversation in ("c", "d"):
        await history.recordings.save(conversation, "q", np.zeros(24_000, np.float32), 24_000)
    async with client_of(history) as client:
        refusal = await client.get(f"{PATH}/c/entries/{entry}/sound")
        # Sent as it stands here: a client makes "../" away by itself.
        assert refusal.request.url.raw_path == f"{PATH}/c/entries/{entry}/sound".encode()
        assert refusal.status_code == 404
        client.headers["X-User"] = "bob"
        assert (await client.get(f"{PATH}/d/entries/q/sound")).status_code == 200


async def test_without_sound_there_is_none_to_take_away(history: History) -> None:
    await talked(history, "c", "Hi.")
    async with client_of(history) as client:
        refusal = await client.get(f"{PATH}/c/export", params={"format": "audio"})
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (404, "conversation_not_recorded")


@pytest.mark.parametrize(
    ("param", "value"), [("limit", "0"), ("limit", "101"), ("query", "x" * 201), ("after", "x" * 101)]
)
async def test_a_list_is_bounded(history: History, param: str, value: str) -> None:
    async with client_of(history) as client:
        refusal = await client.get(PATH, params={param: value})
    assert (refusal.status_code, refusal.json()["error"]["param"]) == (400, param)


async def test_a_character_that_cannot_be_kept_is_found_nowhere(history: History) -> None:
    await talked(history, "c", "Is there tea?")
    async with client_of(history) as client:
        for query in ("tea\x00", "\x00", "te\x00a"):
            assert await ids(client, query=query) == []
        assert (await client.get(PATH, params={"after": "c\x00"})).status_code == 404
        for answer in (
            await client.get(f"{PATH}/c%00"),
            await client.delete(f"{PATH}/c%00"),
            await client.patch(f"{PATH}/c%00", json={"title": "Tea"}),
            await client.get(f"{PATH}/c%00/export"),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "conversation_not_found")
        assert (await client.patch(f"{PATH}/c", json={"title": "T\x00ea"})).json()["title"] == "Tea"
        assert await ids(client) == ["c"]


async def test_a_server_without_history_says_so() -> None:
    async with client_of(None) as client:
        refusal: Any = await client.get(PATH)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (503, "history_unavailable")
