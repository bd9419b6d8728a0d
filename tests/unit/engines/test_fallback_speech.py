"""Ears and voices that step in for one another within a turn."""

from __future__ import annotations

from contextlib import aclosing

import anyio
import numpy as np
import pytest

from tests.unit.engines.provider_scenes import Voice, provider
from vivavoce.engines.fallback import Member, Provider
from vivavoce.engines.fallback_stt import FallbackStt
from vivavoce.engines.fallback_tts import FallbackTts, words_left
from vivavoce.engines.protocols import SpeechChunk, SpeechToText, SynthesisRequest, TextToSpeech, Transcript
from vivavoce.engines.roster import EngineRoster
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import EngineError, Stage
from vivavoce.session.voicing import speak_clause
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio

SECOND = np.full(16_000, 0.1, np.float32)
CLAUSE = "The tower stands in Paris by the river."


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class OnwardStt(FakeStt):
    """Knows when it is asked to go on from what it heard itself."""

    def __init__(self, *texts: str | None) -> None:
        super().__init__(texts)
        self.onward: list[Transcript] = []

    async def transcribe_onward(self, audio: np.ndarray, heard: Transcript) -> Transcript:
        self.onward.append(heard)
        return await self.transcribe(audio, language=heard.language)


def ears(*engines: FakeStt, first_seconds: float | None = 6.0) -> tuple[FallbackStt, list[Provider]]:
    providers = [
        provider(f"ear {rank}", rank, stage=Stage.STT, first_seconds=first_seconds) for rank in range(len(engines))
    ]
    members: list[Member[SpeechToText]] = [
        Member(engine, told) for engine, told in zip(engines, providers, strict=True)
    ]
    return FallbackStt(members), providers


def voices(*engines: Voice, first_seconds: float | None = 6.0) -> tuple[FallbackTts, list[Provider]]:
    providers = [
        provider(f"voice {rank}", rank, stage=Stage.TTS, first_seconds=first_seconds) for rank in range(len(engines))
    ]
    members: list[Member[TextToSpeech]] = [
        Member(engine, told) for engine, told in zip(engines, providers, strict=True)
    ]
    return FallbackTts(members), providers


async def spoken(voice: FallbackTts, text: str = CLAUSE) -> list[SpeechChunk]:
    async with aclosing(voice.synthesize(SynthesisRequest(text=text, language="en"))) as chunks:
        return [chunk async for chunk in chunks]


async def test_words_come_from_the_next_ear_when_the_first_fails() -> None:
    first, second = FakeStt([None]), FakeStt(["Good morning."])
    ear, (failed, answered) = ears(first, second)
    assert (await ear.transcribe(SECOND, language="en")).text == "Good morning."
    assert (await ear.transcribe(SECOND, language="en")).text == "Good morning."
    assert len(first.heard_samples) == 1, "it is left out from then on"
    assert (failed.failures, answered.answers) == (1, 2)


async def test_words_that_do_not_come_in_time_are_found_by_the_next_ear() -> None:
    ear, (late, _) = ears(FakeStt(["Late."], delay_seconds=60.0), FakeStt(["Good morning."]))
    began = anyio.current_time()
    assert (await ear.transcribe(SECOND, language="en")).text == "Good morning."
    assert anyio.current_time() - began == pytest.approx(6.0)
    assert late.last_error is not None
    assert late.last_error.code == "stt_timeout"


async def test_when_no_ear_can_hear_the_last_failure_is_told() -> None:
    ear, _ = ears(FakeStt([None]), FakeStt([None]))
    with pytest.raises(EngineError, match="The script says so"):
        await ear.transcribe(SECOND, language="en")


async def test_an_ear_goes_on_from_what_it_heard_itself_and_from_nothing_else() -> None:
    first, second = OnwardStt("One.", None), OnwardStt("One two.")
    ear, _ = ears(first, second)
    heard = await ear.transcribe(SECOND, language="en")
    onward = await ear.transcribe_onward(SECOND, heard)
    assert first.onward == [heard]
    assert onward.text == "One two."
    assert second.onward == [], "what the first one heard means nothing to the second"
    again = await ear.transcribe_onward(SECOND, onward)
    assert second.onward == [onward]
    assert again.text == "One two."


async def test_a_clause_of_which_nothing_was_spoken_is_spoken_whole_by_the_next_voice() -> None:
    first, second = Voice(fails_after=0), Voice(chunks=3)
    voice, _ = voices(first, second)
    assert len(await spoken(voice)) == 3
    assert second.asked == [CLAUSE]


async def test_a_clause_that_broke_off_is_finished_by_the_next_voice() -> None:
    first, second = Voice(chunks=20, fails_after=10), Voice(chunks=3)
    voice, _ = voices(first, second)
    assert len(await spoken(voice)) == 13
    (rest,) = second.asked
    assert CLAUSE.endswith(rest)
    assert rest.startswith(("tower", "stands", "in", "Paris")), "a second of speech is two or three words"


async def test_a_voice_that_does_not_begin_in_time_is_replaced() -> None:
    first, second = Voice(delay_seconds=60.0), Voice(chunks=1)
    voice, (late, _) = voices(first, second)
    began = anyio.current_time()
    assert len(await spoken(voice)) == 1
    assert anyio.current_time() - began == pytest.approx(6.0)
    assert first.closed == 1
    assert late.last_error is not None
    assert late.last_error.code == "tts_timeout"


async def test_stopping_a_clause_stops_the_voice_and_blames_nobody() -> None:
    first = Voice()
    voice, (told, _) = voices(first, Voice())
    async with aclosing(voice.synthesize(SynthesisRequest(text=CLAUSE, language="en"))) as chunks:
        await anext(chunks)
    assert first.closed == 1
    assert told.breaker.admits


async def test_the_conversation_hears_one_rate_whoever_speaks() -> None:
    roster = EngineRoster()
    roster.add_tts(Voice(fails_after=5, rate_hz=16_000), provider("first", 0, stage=Stage.TTS))
    roster.add_tts(Voice(chunks=5, rate_hz=22_050), provider("second", 10, stage=Stage.TTS))
    request = SynthesisRequest(text=CLAUSE, language="en", voice="default")
    async with aclosing(speak_clause(roster, request)) as speech:
        samples = np.concatenate([piece.audio async for piece in speech])
    assert samples.size == pytest.approx(24_000, abs=50)


@pytest.mark.parametrize(
    ("text", "seconds", "left"),
    [
        (CLAUSE, 0.0, CLAUSE),
        (CLAUSE, 60.0, ""),
        (CLAUSE, 0.05, CLAUSE),
        ("今天天气很好。", 0.0, "今天天气很好。"),
        ("今天天气很好。", 60.0, ""),
    ],
)
def test_what_is_left_of_a_clause_follows_from_how_long_was_spoken(text: str, seconds: float, left: str) -> None:
    assert words_left(text, seconds) == left


def test_chinese_is_left_character_by_character() -> None:
    left = [words_left("今天天气很好。", seconds) for seconds in (0.3, 0.6, 0.9, 1.2)]
    assert all("今天天气很好。".endswith(rest) for rest in left)
    assert [len(rest) for rest in left] == sorted((len(rest) for rest in left), reverse=True)
    assert len(set(left)) > 2
