from __future__ import annotations

import numpy as np
import pytest

from vivavoce.engines.protocols import (
    EndOfTurnDetector,
    SpeechToText,
    SynthesisRequest,
    TextToSpeech,
    VoiceActivityDetector,
)
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.turn.fake import FakeEndOfTurn
from vivavoce.engines.vad.fake import FakeVad
from vivavoce.errors import EngineError

SECOND = np.zeros(16_000, dtype=np.float32)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_the_fake_recogniser_follows_its_script_and_stays_at_its_end() -> None:
    stt: SpeechToText = FakeStt(["one", "two"])
    assert [(await stt.transcribe(SECOND, language=None)).text for _ in range(3)] == ["one", "two", "two"]


@pytest.mark.anyio
async def test_the_fake_recogniser_fails_where_the_script_says_so() -> None:
    stt = FakeStt([None, "again"])
    with pytest.raises(EngineError):
        await stt.transcribe(SECOND, language="en")
    assert (await stt.transcribe(SECOND, language="zh")).language == "zh"


@pytest.mark.anyio
async def test_the_fake_voice_hums_as_long_as_the_text() -> None:
    tts: TextToSpeech = FakeTts()
    chunks = [chunk async for chunk in tts.synthesize(SynthesisRequest(text="a" * 20, language="en", speed=2.0))]
    assert [chunk.audio.size for chunk in chunks] == [12_000]
    assert np.abs(chunks[0].audio).max() > 0.1


@pytest.mark.anyio
async def test_the_fake_voice_fails_on_the_clause_it_was_told_to() -> None:
    tts = FakeTts(failing_on="bad")
    with pytest.raises(EngineError):
        [chunk async for chunk in tts.synthesize(SynthesisRequest(text="a bad one", language="en"))]


@pytest.mark.anyio
async def test_the_fake_end_of_turn_follows_its_script() -> None:
    detector: EndOfTurnDetector = FakeEndOfTurn([0.1, 0.9])
    assert [await detector.probability(SECOND) for _ in range(3)] == [0.1, 0.9, 0.9]


def test_the_fake_voice_detector_hears_loudness_stream_by_stream() -> None:
    vad: VoiceActivityDetector = FakeVad()
    states = np.stack([vad.initial_state(), vad.initial_state()])
    frames = np.stack([np.full(512, 0.2), np.zeros(512)]).astype(np.float32)
    assert vad.probabilities(frames, states).tolist() == [1.0, 0.0]
    assert [float(state[0]) for state in states] == [1.0, 1.0]
