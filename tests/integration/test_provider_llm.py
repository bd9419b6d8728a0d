"""Language models on other servers: one setting puts one in, and its death is not the conversation's."""

from __future__ import annotations

import socket
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from fastapi import FastAPI

from tests.deadlines import WAIT_SECONDS
from tests.integration.llm_engines import asking, small_model, until
from tests.integration.ollama_shaped import MODEL, ollama_shaped
from tests.integration.spoken import question_file
from tests.integration.test_server_workers import answered, served, session
from tests.ports import free_port
from vivavoce.app.host import open_engines
from vivavoce.app.serving import in_process_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk
from vivavoce.engines.protocols import ReplyEnd, TextDelta
from vivavoce.server.providers_route import providers_routes
from vivavoce.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from vivavoce.client.turn import Turn
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.settings import Settings

pytestmark = pytest.mark.anyio

UNDELAYED_SECONDS = 5.0
"""Less than a server that hangs is given (6 s) while another stands behind it."""

QUESTIONS = ("What is the capital of Italy?", "And what is the weather like there?")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def settings(llm: object) -> Settings:
    return load_settings({"llm": llm, "offline": True})


async def reply(roster: EngineRoster, words: str = "Say hello.", *, max_tokens: int = 12) -> tuple[str, float]:
    """Return a reply, and how long its first word took."""
    began, first = anyio.current_time(), 0.0
    text = ""
    with anyio.fail_after(WAIT_SECONDS):
        async with aclosing(roster.reply_engine().reply(asking(words, max_tokens=max_tokens))) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    first = first or anyio.current_time() - began
                    text += delta.text
    return text, first


@asynccontextmanager
async def rest(roster: EngineRoster) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    app.include_router(providers_routes(roster))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
        yield client


async def providers(roster: EngineRoster, job: str = "llm") -> dict[str, dict[str, Any]]:
    """Return what is told of a job's providers, by name."""
    async with rest(roster) as client:
        listed = (await client.get("/v1/providers")).json()["data"]
    return {provider["name"]: provider for provider in listed if provider["job"] == job}


async def test_one_setting_puts_an_ollama_in_and_a_spoken_conversation_is_held_through_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with ollama_shaped(small_model()) as server:
        monkeypatch.setenv("VIVAVOCE_LLM", server.setting)
        monkeypatch.setenv("OPENAI_API_KEY", "ollama")
        chosen = load_settings({"offline": True, "data": tmp_path, "memory": False})
        turns: list[Turn] = []
        recordings = [load_recording(question_file(tmp_path, text)) for text in QUESTIONS]
        async with in_process_server(chosen, announce=print) as url:
            options = TalkOptions(
                url=url, session=session_settings(language="en", turn_detection="server_vad", voice=None)
            )
            await talk(recordings, options, on_turn=turns.append)
        assert [turn.errors for turn in turns] == [[], []]
        assert all(turn.assistant and turn.audio_seconds > 0 for turn in turns)
        assert server.asked() >= len(QUESTIONS)


async def test_a_reply_survives_the_death_of_its_server_and_the_server_is_used_again_when_it_is_back() -> None:
    with ollama_shaped(small_model(), pace_seconds=0.03) as server:
        first = {"base_url": server.url, "model": MODEL, "check_seconds": 1}
        async with open_engines(settings([first, "smollm2-135m"])) as roster:
            text, _ = await reply(roster)
            assert text
            listed = await providers(roster)
            name = f"{MODEL}@127.0.0.1:{server.port}"
            assert list(listed) == [name, "smollm2-135m"]
            assert (listed[name]["state"], listed[name]["answered_last"]) == ("ready", True)
            assert listed[name]["last_latency_ms"] > 0
            assert listed["smollm2-135m"]["state"] == "ready"

            before, after, is_whole = "", "", False
            request = asking("Tell me a long story about the sea.", max_tokens=60)
            async with aclosing(roster.reply_engine().reply(request)) as deltas:
                async for delta in deltas:
                    if isinstance(delta, ReplyEnd):
                        is_whole = True
                    elif isinstance(delta, TextDelta) and server.processes[-1].poll() is None:
                        before += delta.text
                        if len(before.split()) == 3:
                            await anyio.to_thread.run_sync(server.kill)
                    elif isinstance(delta, TextDelta):
                        after += delta.text
            assert is_whole
            assert after.strip()
            assert not after.strip().startswith(before.strip())
            listed = await providers(roster)
            assert (listed[name]["state"], listed[name]["circuit"]) == ("down", "open")
            assert listed[name]["last_error"]["code"] in ("llm_disconnected", "llm_unreachable")
            assert listed["smollm2-135m"]["answered_last"]

            _, first_word = await reply(roster)
            assert first_word < UNDELAYED_SECONDS, "nobody waits for the dead one"

            await anyio.to_thread.run_sync(server.start)
            await until(lambda: roster.reply_engine().name == MODEL)
            await reply(roster)
            listed = await providers(roster)
            assert (listed[name]["state"], listed[name]["circuit"]) == ("ready", "closed")
            assert listed[name]["answered_last"]


async def test_a_model_the_server_does_not_have_is_named_and_another_answers() -> None:
    with ollama_shaped(small_model()) as server:
        async with open_engines(settings(f"{server.url}#llama9:900b,smollm2-135m")) as roster:
            text, _ = await reply(roster)
            assert text
            error = (await providers(roster))[f"llama9:900b@127.0.0.1:{server.port}"]["last_error"]
            assert error["code"] == "llm_model_not_found"
            assert "llama9:900b" in error["message"]


async def test_a_server_that_is_not_there_costs_a_first_turn_next_to_nothing_and_one_that_hangs_its_deadline() -> None:
    closed = f"http://127.0.0.1:{free_port()}/v1#x"
    async with open_engines(settings(f"{closed},smollm2-135m")) as roster:
        assert roster.reply_engine().name == "smollm2-135m", "found out at the start"
        text, first_word = await reply(roster)
        assert text
        assert first_word < UNDELAYED_SECONDS
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # accepts, and never says a word
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}/v1"
        block = {"base_url": url, "model": "x", "first_seconds": 0.5}
        async with open_engines(settings([block, "smollm2-135m"])) as roster:
            listed = await providers(roster)
            assert listed[f"x@{url.removeprefix('http://').removesuffix('/v1')}"]["state"] == "down"
            text, first_word = await reply(roster)
            assert text
            assert first_word < UNDELAYED_SECONDS


async def test_the_workers_of_a_server_share_the_model_that_stands_behind_a_dead_one() -> None:
    chain = f"http://127.0.0.1:{free_port()}/v1#x,{small_model()}"
    with served("--llm", chain) as fleet:
        async with session(fleet) as first, session(fleet) as second:
            assert [await answered(each) for each in (first, second)] == ["completed"] * 2
