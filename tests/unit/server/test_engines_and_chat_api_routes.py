"""`/v1/engines*`, `/api/chat` and `/api/speak`, asked over HTTP without a socket."""

from __future__ import annotations

import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest
import soundfile

from tests.unit.dialogue.dialogue_scene import persona
from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.dialogue.text_turn import TextTurns
from vivavoce.engines.llm.fake import Hold, ScriptedReplies, calling
from vivavoce.errors import EngineError, InputError, Stage
from vivavoce.server.application import create_application, create_services
from vivavoce.server.chat_api_route import chat_api_routes
from vivavoce.server.engines_route import engines_routes
from vivavoce.server.settings import ServerSettings
from vivavoce.server.speak_route import speak_routes
from vivavoce.testing.engines import fake_roster
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A session under way."""

    session_id: str
    user_id: str
    persona_id: str = ""
    conversation_id: str = "conv"
    language: str = "auto"


LIVE = {
    talk.session_id: talk
    for talk in (Talk(session_id="s1", user_id="local", persona_id="viva"), Talk(session_id="s2", user_id="ada"))
}


@asynccontextmanager
async def serving(
    replies: ScriptedReplies,
    users: dict[str, str] | None = None,
    key: str = "",
    *,
    is_only_worker: bool = True,
    another_engine: bool = False,
) -> AsyncIterator[httpx2.AsyncClient]:
    owner = "owner-key" if users else None
    roster, settings = fake_roster(replies=replies), ServerSettings(users=users or {}, api_key=owner)
    services = create_services(roster, settings)
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=roster.reply_engine, personas=persona, background=background)
        makers = known_engines()
        if another_engine:
            makers["other"] = makers["chat_engine"]
        switch = EngineSwitch(makers, parts)
        turns = TextTurns(switch, toolbox=lambda _: Toolbox([built_in_tools()]), personas=persona, persona="viva")
        routers = (
            engines_routes(
                switch,
                live=LIVE,
                persona_exists=known,
                is_only_worker=is_only_worker,
            ),
            chat_api_routes(turns, slots=services.request_slots, deadline_seconds=5.0),
            speak_routes(services),
        )
        app = create_application(roster, settings, services=services, routers=routers)
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765", headers=headers) as client:
            yield client
        background.cancel_scope.cancel()


def known(persona_id: str) -> None:
    if persona_id != "viva":
        raise InputError("persona_not_found", f"There is no character '{persona_id}'.")


def events(body: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in body.splitlines() if line]


async def test_engines_are_listed_with_what_they_are() -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        listed = (await client.get("/v1/engines")).json()["data"]
    chat, mem0 = listed
    assert (chat["name"], chat["is_current"], chat["model"]) == ("chat_engine", True, "scripted")
    assert (mem0["name"], mem0["is_current"]) == ("mem0_proxy", False)
    assert mem0["problem"]


async def test_the_engine_in_force_and_its_health_are_told() -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        current = (await client.get("/v1/engines/current", params={"scope": "persona:viva"})).json()
    assert current == {"engine": "chat_engine", "scope": "persona:viva", "is_healthy": True, "detail": ""}


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("planet", "engine_scope_invalid"),
        ("persona:", "engine_scope_invalid"),
        ("persona:nobody\x00", "persona_not_found"),
        ("session:s9", "session_not_found"),
        ("session:s1", "session_not_found"),
        ("session:" + "x" * 200, "invalid_value"),
    ],
)
async def test_of_what_is_not_there_or_somebody_elses_no_engine_is_told(scope: str, code: str) -> None:
    async with serving(ScriptedReplies(("Hello.",)), users={"ada": "ada-key"}, key="ada-key") as client:
        answer = await client.get("/v1/engines/current", params={"scope": scope})
    assert answer.json()["error"]["code"] == code


async def test_the_engine_of_a_session_is_that_of_its_character() -> None:
    async with serving(ScriptedReplies(("Hello.",)), another_engine=True) as client:
        await client.post("/v1/engines/switch", json={"engine": "other", "scope": "persona:viva"})
        session = (await client.get("/v1/engines/current", params={"scope": "session:s1"})).json()
        server = (await client.get("/v1/engines/current")).json()
    assert (session["engine"], server["engine"]) == ("other", "chat_engine")


async def test_a_switch_to_nothing_is_refused_with_the_names() -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        refused = await client.post("/v1/engines/switch", json={"engine": "nowhere"})
        invalid = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": "planet"})
        unknown = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": "session:s9"})
        switched = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": "session:s1"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "reply_engine_unknown"
    assert "chat_engine" in refused.json()["error"]["message"]
    assert invalid.json()["error"]["code"] == "engine_scope_invalid"
    assert switched.json()["scope"] == "session:s1"
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "session_not_found")


@pytest.mark.parametrize(
    ("key", "scope", "status"),
    [
        ("ada-key", "session:s2", 200),
        ("ada-key", "session:s1", 404),
        ("ada-key", "server", 403),
        ("ada-key", "persona:viva", 403),
        ("owner-key", "server", 200),
        ("owner-key", "session:s2", 404),
    ],
)
async def test_a_user_chooses_for_sessions_of_their_own_and_the_owner_for_all(
    key: str, scope: str, status: int
) -> None:
    async with serving(ScriptedReplies(("Hello.",)), users={"ada": "ada-key"}, key=key) as client:
        answer = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": scope})
    assert answer.status_code == status


@pytest.mark.parametrize("scope", ["server", "persona:viva"])
async def test_one_worker_of_several_does_not_switch_what_the_others_would_not_hear_of(scope: str) -> None:
    async with serving(ScriptedReplies(("Hello.",)), is_only_worker=False) as client:
        refused = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": scope})
        own = await client.post("/v1/engines/switch", json={"engine": "chat_engine", "scope": "session:s1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "switch_needs_one_worker")
    assert "reply_engine" in refused.json()["error"]["message"]
    assert own.status_code == 200


async def test_a_message_is_answered_and_the_conversation_goes_on() -> None:
    replies = ScriptedReplies(("Hello.",))
    async with serving(replies) as client:
        first = (await client.post("/api/chat", json={"message": "Hi."})).json()
        again = {"message": "And?", "conversation_id": first["conversation_id"]}
        second = (await client.post("/api/chat", json=again)).json()
    assert first == {"reply": "Hello.", "conversation_id": first["conversation_id"], "engine": "chat_engine"}
    assert second["conversation_id"] == first["conversation_id"]
    assert len(replies.requests[1].messages) == 4


async def test_a_stream_tells_text_tools_and_the_end() -> None:
    replies = ScriptedReplies(calling("get_time", "{}"), ("It is ", "late."))
    async with serving(replies) as client:
        response = await client.post("/api/chat", json={"message": "How late is it?", "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    told = events(response.text)
    assert [event["type"] for event in told] == ["tool_call", "tool_result", "delta", "delta", "done"]
    assert told[-1]["reply"] == "It is late."


async def test_a_failure_in_the_middle_of_a_stream_is_its_last_event() -> None:
    broken = EngineError("llm_gone", "The model is gone.", stage=Stage.LLM)
    async with serving(ScriptedReplies(("Well", broken))) as client:
        response = await client.post("/api/chat", json={"message": "Hi.", "stream": True})
    told = events(response.text)
    assert [event["type"] for event in told] == ["delta", "error"]
    assert told[-1]["error"]["code"] == "llm_gone"


async def test_a_failure_before_any_word_is_an_ordinary_error() -> None:
    async with serving(ScriptedReplies((EngineError("llm_gone", "It is gone.", stage=Stage.LLM),))) as client:
        for stream in (False, True):
            response = await client.post("/api/chat", json={"message": "Hi.", "stream": stream})
            assert response.status_code == 500
            assert response.json()["error"]["code"] == "llm_gone"


@pytest.mark.parametrize(
    "body", [{}, {"message": ""}, {"message": "x" * 20_001}, {"message": "Hi.", "conversation_id": "never"}]
)
async def test_what_cannot_be_answered_is_refused(body: dict[str, str]) -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        assert (await client.post("/api/chat", json=body)).status_code in (400, 404, 422)


async def test_an_answer_that_takes_too_long_is_given_up() -> None:
    replies = ScriptedReplies((Hold(),))
    async with serving(replies) as client:
        with anyio.move_on_after(0.2):
            await client.post("/api/chat", json={"message": "Hi."})
    assert replies.active == 0


async def test_a_text_is_spoken_as_wav() -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        response = await client.post("/api/speak", json={"text": "Hello there. How are you?"})
    assert response.headers["content-type"] == "audio/wav"
    audio, rate = soundfile.read(io.BytesIO(response.content))
    assert rate == 24_000
    assert len(audio) > 1_000


async def test_nothing_is_spoken_of_no_text() -> None:
    async with serving(ScriptedReplies(("Hello.",))) as client:
        assert (await client.post("/api/speak", json={"text": ""})).status_code == 400
        assert (await client.post("/api/speak", json={"text": "Hi.", "speed": 9})).status_code == 400
