from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TtsCapabilities
from vivavoce.engines.roster import EngineRoster
from vivavoce.errors import EngineError, Stage
from vivavoce.session.voicing import speak_clause

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class PickyVoice:
    """Hums a tenth of a second in two chunks, at its own rate, and refuses what it does not have, as real ones do."""

    def __init__(self, name: str, voices: dict[str, tuple[str, ...]], *, sample_rate_hz: int = 24_000) -> None:
        self.capabilities = TtsCapabilities(name=name, sample_rate_hz=sample_rate_hz, voices=voices)
        self.spoken: list[tuple[str, str]] = []

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        voices = self.capabilities.voices
        if request.voice and not any(request.voice in names for names in voices.values()):
            raise EngineError("voice_unknown", "No such voice.", stage=Stage.TTS)
        if not request.voice and request.language not in voices:
            raise EngineError("language_unknown", "No such language.", stage=Stage.TTS)
        self.spoken.append((request.language, request.voice))
        chunk = np.full(self.capabilities.sample_rate_hz // 20, 0.5, np.float32)
        yield SpeechChunk(audio=chunk)
        yield SpeechChunk(audio=np.zeros(0, np.float32))
        yield SpeechChunk(audio=chunk)

    async def aclose(self) -> None:
        """Nothing to free."""


async def spoken(voices: list[PickyVoice], *, language: str = "en", voice: str = "") -> list[Samples]:
    roster = EngineRoster()
    for engine in voices:
        roster.add_tts(engine)
    request = SynthesisRequest(text="Hello.", language=language, voice=voice)
    return [samples async for samples in speak_clause(roster, request)]


@pytest.mark.parametrize(
    ("language", "voice", "passed"),
    [
        ("en", "", ("en", "")),
        ("en", "bella", ("en", "bella")),
        ("en", "marin", ("en", "")),
        ("zh", "marin", ("zh", "")),
        ("fr", "", ("en", "")),
        ("fr", "marin", ("en", "")),
        ("fr", "bella", ("fr", "bella")),
    ],
)
async def test_what_no_voice_has_gives_way_to_the_nearest_thing(
    language: str, voice: str, passed: tuple[str, str]
) -> None:
    engine = PickyVoice("both", {"en": ("heart", "bella"), "zh": ("xiaoxiao",)})
    assert await spoken([engine], language=language, voice=voice)
    assert engine.spoken == [passed]


async def test_the_engine_that_has_the_voice_speaks() -> None:
    first, second = PickyVoice("first", {"en": ("heart",)}), PickyVoice("second", {"zh": ("xiaoxiao",)})
    await spoken([first, second], voice="xiaoxiao")
    assert (first.spoken, second.spoken) == ([], [("en", "xiaoxiao")])


@pytest.mark.parametrize("sample_rate_hz", [16_000, 22_050, 24_000, 48_000])
async def test_speech_leaves_at_24_khz_whatever_the_engines_rate(sample_rate_hz: int) -> None:
    pieces = await spoken([PickyVoice("any", {"en": ("heart",)}, sample_rate_hz=sample_rate_hz)])
    whole = np.concatenate(pieces)
    assert abs(len(whole) - 2_400) <= 2
    assert float(np.median(whole)) == pytest.approx(0.5, abs=0.01)


async def test_chunks_without_sound_are_not_passed_on() -> None:
    pieces = await spoken([PickyVoice("any", {"en": ("heart",)})])
    assert pieces
    assert all(len(samples) for samples in pieces)


async def test_without_any_voice_the_clause_fails_by_name() -> None:
    with pytest.raises(EngineError) as failure:
        await spoken([])
    assert failure.value.code == "tts_unavailable"
