"""What a person does with the mind of the assistant, by voice, with the default language model.

The words are spoken by the server's own voices, in real time, over the wire. A small model words things as it likes:
what is checked is what was done, remembered and heard.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import anyio
import httpx2
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.engine_weights import weights
from vivavoce.app.serving import in_process_server
from vivavoce.client.talk import TalkOptions, session_settings, talk
from vivavoce.client.utterances import spoken
from vivavoce.dialogue.recalling import RecallSettings
from vivavoce.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.client.turn import Turn

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

CONVERSATION_SECONDS = 200.0
"""For a conversation of a few turns with a model that may have to read its long prompts first."""

MODEL = "qwen2.5-coder-1.5b"
WATCHMAKER = """
name: Ada
languages: [en]
instructions: You are Ada, a watchmaker. Answer in one short sentence.
tools: ["clock.*"]
"""


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="module")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str, None]:
    """One server for all, with a character of its own and an MCP server: its model reads long prompts only once."""
    weights(MODEL)
    data = tmp_path_factory.mktemp("data")
    (data / "personas").mkdir()
    (data / "personas" / "ada.yaml").write_text(WATCHMAKER, encoding="utf-8")
    clock = {"command": str(Path(sys.executable).with_name("mcp-server-time")), "args": ["--local-timezone", "UTC"]}
    (data / "mcp.json").write_text(json.dumps({"mcpServers": {"clock": clock}}), encoding="utf-8")
    settings = load_settings({"llm": MODEL, "offline": True, "data": data, "mcp_config": data / "mcp.json"})
    with pytest.MonkeyPatch.context() as patch:
        # What memory may cost a turn is measured elsewhere; here it is asked whether it is used.
        defaults = RecallSettings.__init__.__kwdefaults__
        assert defaults is not None
        patch.setitem(defaults, "deadline_seconds", WAIT_SECONDS)
        async with in_process_server(settings, announce=print) as address:
            yield address


async def say(
    url: str, *words: str, persona: str | None = None, language: str | None = None, stay_seconds: float = 0.0
) -> list[Turn]:
    """Say this in a conversation of its own, and return what came of each."""
    settings = session_settings(language=language, turn_detection="semantic_vad", voice=None, persona=persona)
    options = TalkOptions(url=url, session=settings, stay_seconds=stay_seconds)
    recordings = [await spoken(said, url) for said in words]
    turns: list[Turn] = []
    with anyio.fail_after(CONVERSATION_SECONDS):
        await talk(recordings, options, on_turn=turns.append)
        await sessions_held(url, 0)
    return turns


async def sessions_held(url: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many sessions are held, and return them."""
    held: list[dict[str, Any]] = [{}] * (count + 1)
    while len(held) != count:
        held = (await rest("GET", url, "/v1/sessions"))["data"]
    return held


async def rest(method: str, url: str, path: str, **body: object) -> Any:
    base = url.replace("ws", "http", 1).removesuffix("/v1/realtime")
    async with httpx2.AsyncClient(base_url=base, trust_env=False, timeout=WAIT_SECONDS) as client:
        response = await client.request(method, path, json=body or None)
    assert response.status_code < 300, response.text
    return response.json()


async def test_a_fact_told_in_one_conversation_is_known_in_the_next_and_found_in_the_history(url: str) -> None:
    await say(url, "My sister is called Clara and she lives in Lyon.")
    with anyio.fail_after(WAIT_SECONDS):
        while not (await rest("GET", url, "/v1/memories"))["data"]:
            pass
    (asked,) = await say(url, "Where does my sister live?")
    assert any("Clara" in fact for fact in asked.remembered), (asked.user, asked.remembered)
    assert "Lyon" in asked.assistant
    found = await rest("GET", url, f"/v1/conversations?query={quote('Clara')}")
    assert found["data"], "the conversation is kept"


async def test_a_timer_set_by_voice_rings(url: str) -> None:
    (turn,) = await say(url, "Please set a timer for three seconds.", stay_seconds=6.0)
    assert any(call.startswith("set_timer(") for call in turn.tools), turn.tools
    assert turn.assistant.rstrip().endswith("timer is done.")
    assert turn.audio_seconds > 1.0


async def test_an_mcp_tool_answers_by_voice(url: str) -> None:
    (turn,) = await say(url, "What time is it in Tokyo now?", persona="ada")
    # Both tools of the server tell it; which one is taken is the model's affair.
    assert any(call.startswith(("get_current_time(", "convert_time(")) for call in turn.tools), turn.tools
    assert re.search(r"\d", turn.assistant), "the answer tells a time"


async def test_character_and_engine_change_in_mid_conversation(url: str) -> None:
    sessions: list[dict[str, Any]] = []
    async with anyio.create_task_group() as watchers:
        watchers.start_soon(_switch_while_held, url, sessions)
        turns = await say(url, "Hello there.", "Please tell me who you are.")
    assert [session["persona_id"] for session in sessions] == ["viva", "ada"]
    assert all(turn.assistant.strip() for turn in turns)
    (kept, *_) = (await rest("GET", url, "/v1/conversations"))["data"]
    assert (kept["persona"], kept["engine"]) == ("ada", "mem0_proxy")


async def _switch_while_held(url: str, sessions: list[dict[str, Any]]) -> None:
    """Change the character and the engine of the session as soon as there is one."""
    with anyio.fail_after(WAIT_SECONDS):
        (held,) = await sessions_held(url, 1)
    sessions.append(held)
    name = held["id"]
    sessions.append(await rest("POST", url, f"/v1/sessions/{name}/persona", persona="ada"))
    await rest("POST", url, "/v1/engines/switch", engine="mem0_proxy", scope=f"session:{name}")


async def test_chinese_is_answered_in_spoken_chinese_by_a_server_that_was_started_for_english(url: str) -> None:
    # Its Chinese ears and voice are loaded when somebody first wants them.
    (turn,) = await say(url, "你好，今天我想学做饭。", persona="xiaomei")
    assert re.search(r"[\u4e00-\u9fff]", " ".join(turn.user)), turn.user
    assert re.search(r"[\u4e00-\u9fff]", turn.assistant), turn.assistant
    assert not re.search(r"[A-Za-z]{4,}", turn.assistant), turn.assistant
    assert turn.audio_seconds > 0.5
