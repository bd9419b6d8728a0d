"""Speech engines on another server: our own `/v1/audio/*`, on a real socket, as the other server."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vivavoce.audio.pcm import rms_dbfs
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.stt.openai_stt import OpenAiStt
from vivavoce.engines.tts.openai_tts import OpenAiTts
from vivavoce.errors import EngineError
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

pytestmark = pytest.mark.anyio

SECOND = np.full(16_000, 0.1, np.float32)
NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def test_words_come_from_the_other_server() -> None:
    async with live_server(fake_roster(stt=FakeStt(["good morning"]))) as server:
        engine = OpenAiStt(server.api_url)
        words = await engine.transcribe(SECOND, language="en")
        await engine.aclose()
    assert words.text == "good morning"


async def test_speech_comes_from_the_other_server_in_whole_samples() -> None:
    async with live_server(fake_roster()) as server:
        engine = OpenAiTts(server.api_url)
        request = SynthesisRequest(text="Good morning to you all.", language="en")
        chunks = [chunk.audio async for chunk in engine.synthesize(request)]
        await engine.aclose()
    assert rms_dbfs(np.concatenate(chunks)) > -40


async def test_a_server_that_is_not_there_is_said_to_be_so() -> None:
    engine = OpenAiStt(NOBODY)
    with pytest.raises(EngineError) as refused:
        await engine.transcribe(SECOND, language="en")
    await engine.aclose()
    assert refused.value.code == "stt_unreachable"
    assert refused.value.retryable
    assert NOBODY in refused.value.message


async def test_a_key_that_is_refused_is_said_to_be_so_and_never_shown() -> None:
    locked = replace(ServerSettings(page_folder=None), api_key="right")
    async with live_server(fake_roster(), locked) as server:
        engine = OpenAiTts(server.api_url, api_key="wrong-key")
        with pytest.raises(EngineError) as refused:
            async for _ in engine.synthesize(SynthesisRequest(text="Hello.", language="en")):
                pass
        await engine.aclose()
    assert refused.value.code == "tts_unauthorised"
    assert "wrong-key" not in str(refused.value)
