"""Ears and voices on a second vivavoce: in English and Chinese, down and up again, killed in mid-clause."""

from __future__ import annotations

import re
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import numpy as np
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.llm_engines import until
from tests.integration.second_server import SecondServer, second_server
from tests.integration.spoken import question
from vivavoce.app.host import open_engines
from vivavoce.audio.resample import resample
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.session.voicing import speak_clause
from vivavoce.settings import load_settings

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.settings import Settings

pytestmark = pytest.mark.anyio

WEATHER = "今天天气很好。"
LONG = "The tower stands in Paris by the river. It was built by a man of great patience. Many people go up every day."
NO_MIND = "http://127.0.0.1:9/v1#nobody"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def settings(server: SecondServer, *behind: str) -> Settings:
    ear = {"base_url": server.url, "model": "whisper-base", "check_seconds": 1, "first_seconds": 20}
    voice = {"base_url": server.url, "model": "kokoro-82m", "check_seconds": 1, "first_seconds": 20}
    return load_settings({"stt": [ear, *behind], "tts": [voice, *behind], "llm": NO_MIND, "offline": True})


async def spoken(roster: EngineRoster, text: str, language: str) -> Samples:
    """Return a clause at 16 kHz."""
    request = SynthesisRequest(text=text, language=language)
    with anyio.fail_after(WAIT_SECONDS):
        async with aclosing(speak_clause(roster, request)) as speech:
            samples = np.concatenate([piece.audio async for piece in speech])
    return resample(samples, 24_000, 16_000)


async def heard(roster: EngineRoster, audio: Samples, language: str) -> str:
    with anyio.fail_after(WAIT_SECONDS):
        return (await roster.stt_for(language).transcribe(audio, language=language)).text


def state(roster: EngineRoster, job: str, place: int = 0) -> str:
    provider = [provider for provider in roster.providers if provider.stage.value == job][place]
    return "down" if provider.is_down else "there"


def answers(roster: EngineRoster, job: str) -> list[int]:
    return [provider.answers for provider in roster.providers if provider.stage.value == job]


async def test_english_and_chinese_are_heard_and_spoken_elsewhere() -> None:
    with second_server() as server:
        async with open_engines(settings(server)) as roster:
            english = resample(question("What is the capital of Italy?"), 24_000, 16_000)
            assert "capital of Italy" in await heard(roster, english, "en")
            chinese = await spoken(roster, WEATHER, "zh")
            assert "天气" in await heard(roster, chinese, "zh")
            assert answers(roster, "stt") == [2]


async def test_a_server_killed_in_mid_clause_is_replaced_for_the_rest_of_it_and_used_again_when_it_is_back() -> None:
    with second_server() as server:
        async with open_engines(settings(server, "auto")) as roster:
            request = SynthesisRequest(text=LONG, language="en")
            pieces: list[Samples] = []
            async with aclosing(speak_clause(roster, request)) as speech:
                async for piece in speech:
                    if not pieces:
                        await anyio.to_thread.run_sync(server.kill)
                    pieces.append(piece.audio)
            assert state(roster, "tts") == "down"
            whole = resample(np.concatenate(pieces), 24_000, 16_000)
            words = re.findall(r"[a-z]+", (await heard(roster, whole, "en")).lower())
            assert words[:4] == ["the", "tower", "stands", "in"]
            assert words[-3:] == ["up", "every", "day"]
            assert words.count("tower") == 1
            assert answers(roster, "stt")[:2] == [0, 1], "the ear of this machine stepped in"
            assert state(roster, "stt") == "down"

            await anyio.to_thread.run_sync(server.start)
            await until(lambda: state(roster, "tts") == state(roster, "stt") == "there", within_seconds=WAIT_SECONDS)
            await heard(roster, whole, "en")
            await spoken(roster, "Good morning.", "en")
            assert answers(roster, "stt")[:2] == [1, 1]
            assert answers(roster, "tts")[0] == 2


async def test_a_server_that_is_down_at_the_start_is_degraded_and_not_missing() -> None:
    with second_server(is_started=False) as server:
        async with open_engines(settings(server)) as roster:
            told = {status.name: status.state for status in roster.statuses}
            assert told[f"whisper-base@127.0.0.1:{server.port}"] == "degraded"
            assert told[f"kokoro-82m@127.0.0.1:{server.port}"] == "degraded"
            await anyio.to_thread.run_sync(server.start)
            await until(lambda: state(roster, "tts") == state(roster, "stt") == "there", within_seconds=WAIT_SECONDS)
            assert "天气" in await heard(roster, await spoken(roster, WEATHER, "zh"), "zh")
            told = {status.name: status.state for status in roster.statuses}
            assert told[f"kokoro-82m@127.0.0.1:{server.port}"] == "ready"
