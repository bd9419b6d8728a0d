"""The history of a server as its users have it: talked to over the wire, killed, started again, asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.e2e.server_process import ServerProcess
from vivavoce.client.line import open_line
from vivavoce.engines.instant import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vivavoce.client.line import Line

pytestmark = pytest.mark.anyio

PATH = "/v1/conversations"
PLAYED_SECONDS = 1.0
KEPT_AFTER_SECONDS = 1.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    settings = {"engines": "instant", "data": str(tmp_path / "data"), "memory": "false", "offline": "true"}
    process = ServerProcess(tmp_path, llm="auto", settings=settings)
    process.start()
    yield process
    process.kill()


async def ask(line: Line, words: str) -> str:
    """Type a question, and return the id of the spoken answer once its sound has come."""
    part = {"type": "input_text", "text": words}
    item = {"type": "message", "role": "user", "content": [part]}
    await line.send({"type": "conversation.item.create", "item": item})
    await line.send({"type": "response.create"})
    answer_id = ""
    with anyio.fail_after(WAIT_SECONDS):
        async for event, audio in line.messages():
            if audio is not None:
                answer_id = event["item_id"]
            if event["type"] == "response.done" and answer_id:
                return answer_id
    raise AssertionError("The line was closed.")


async def listen(line: Line, item_id: str) -> None:
    """Play the answer for a while, and say so."""
    await anyio.sleep(PLAYED_SECONDS)
    played = round(PLAYED_SECONDS * 24_000)
    await line.send(
        {
            "type": "vivavoce.playout.report",
            "item_id": item_id,
            "content_index": 0,
            "played_samples": played,
            "buffered_samples": 24_000,
        }
    )
    await anyio.sleep(KEPT_AFTER_SECONDS)


async def test_what_was_said_before_a_kill_is_listed_found_and_read_after_it(server: ServerProcess) -> None:
    url = server.url.rstrip("/")
    async with open_line(f"ws{url.removeprefix('http')}/v1/realtime") as line:
        await listen(line, await ask(line, "明天天气怎么样？"))
        server.kill()
    server.start()
    server.wait_until_ready()
    async with httpx2.AsyncClient(base_url=url, timeout=WAIT_SECONDS) as client:
        listed = await client.get(PATH)
        assert listed.status_code == 200, listed.text
        (conversation,) = listed.json()["data"]
        assert conversation["title"] == "明天天气怎么样？"
        (found,) = (await client.get(PATH, params={"query": "天气"})).json()["data"]
        assert found["id"] == conversation["id"]
        whole: Any = (await client.get(f"{PATH}/{conversation['id']}")).json()
        question, answer = [entry for entry in whole["entries"] if entry["role"] != "system"][-2:]
        assert question["said"] == "明天天气怎么样？"
        assert answer["said"].strip() == ANSWER
        # The voice takes 100 ms a word.
        heard = len(answer["heard"].split())
        assert heard >= PLAYED_SECONDS * 10 - 2
        assert answer["is_interrupted"] is True
        assert (await client.delete(f"{PATH}/{conversation['id']}")).status_code == 200
        assert (await client.get(PATH)).json()["data"] == []


async def test_a_conversation_that_is_gone_on_with_elsewhere_tells_its_first_client_and_all_it_held(
    server: ServerProcess,
) -> None:
    url = server.url.rstrip("/")
    address = f"ws{url.removeprefix('http')}/v1/realtime"
    async with open_line(address) as first:
        await ask(first, "Is there tea?")
        async with httpx2.AsyncClient(base_url=url, timeout=WAIT_SECONDS) as client:
            (conversation,) = (await client.get(PATH)).json()["data"]
        async with open_line(f"{address}?conversation={conversation['id']}") as second:
            await second.send({"type": "session.update", "session": {"type": "realtime"}})
            told = await _until(second, "session.updated")
            assert told[1]["conversation"]["id"] == conversation["id"]
            # Whatever was said before comes before the answer to the first request: a client knows then what is known.
            said = [event["item"]["content"][0] for event in told if event["type"] == "conversation.item.added"]
            assert said[0]["text"] == "Is there tea?"
            last = (await _until(first, "error"))[-1]
            assert last["error"]["code"] == "conversation_taken_over"


async def _until(line: Line, kind: str) -> list[dict[str, Any]]:
    """Return the events up to the first of a kind."""
    events = []
    with anyio.fail_after(WAIT_SECONDS):
        async for event, audio in line.messages():
            if audio is None:
                events.append(event)
            if event["type"] == kind:
                return events
    raise AssertionError(f"The line was closed after {[event['type'] for event in events]}.")
