"""`/v1/sessions` over HTTP; sessions are there without being held."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest

from tests.unit.server.asking import asking
from vivavoce.errors import InputError
from vivavoce.server.sessions_route import sessions_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2 as httpx

    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.tools.definition import ChangePersona

pytestmark = pytest.mark.anyio


@dataclass(slots=True, kw_only=True)
class Talk:
    """A session under way, which knows two characters."""

    session_id: str
    user_id: str
    persona_id: str = "viva"
    conversation_id: str = "conv_1"
    language: str = "en"

    def act(self, action: ChangePersona) -> None:
        """Be another character."""
        if action.persona_id not in ("viva", "lin"):
            raise InputError("persona_not_found", f"There is no character '{action.persona_id}'.", param="persona")
        self.persona_id = action.persona_id


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def hers() -> Talk:
    return Talk(session_id="sess_1", user_id="ann")


@pytest.fixture
async def client(hers: Talk) -> AsyncIterator[httpx.AsyncClient]:
    live = {talk.session_id: talk for talk in (hers, Talk(session_id="sess_2", user_id="bob"))}
    async with asking(sessions_routes(cast("dict[str, ConversationMind]", live))) as client:
        yield client


async def test_a_user_is_told_of_their_own_sessions_alone(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/sessions")).json() == {
        "object": "list",
        "data": [
            {
                "id": "sess_1",
                "object": "session",
                "conversation_id": "conv_1",
                "persona_id": "viva",
                "language": "en",
            }
        ],
    }
    assert (await client.get("/v1/sessions", headers={"X-User": "eve"})).json()["data"] == []


async def test_another_character_speaks_in_a_session_of_the_users(client: httpx.AsyncClient, hers: Talk) -> None:
    answer = await client.post("/v1/sessions/sess_1/persona", json={"persona": "lin"})
    assert (answer.status_code, answer.json()["persona_id"], hers.persona_id) == (200, "lin", "lin")


@pytest.mark.parametrize("session_id", ["sess_1", "sess_9", "%00", "x" * 500])
async def test_nobody_changes_a_session_that_is_not_theirs(
    client: httpx.AsyncClient, hers: Talk, session_id: str
) -> None:
    path = f"/v1/sessions/{session_id}/persona"
    answer = await client.post(path, json={"persona": "lin"}, headers={"X-User": "eve"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "session_not_found")
    assert len(answer.json()["error"]["message"]) < 200
    assert hers.persona_id == "viva"


@pytest.mark.parametrize(
    ("persona", "status"), [("nobody", 404), ("\x00", 404), ("", 400), ("x" * 101, 400), ("\ud83d", 400), (None, 400)]
)
async def test_a_character_that_is_none_is_refused(client: httpx.AsyncClient, persona: object, status: int) -> None:
    answer = await client.post(
        "/v1/sessions/sess_1/persona",
        content=json.dumps({"persona": persona}),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, "persona")
