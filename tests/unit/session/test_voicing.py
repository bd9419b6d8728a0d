from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.engines.protocols import PhonemeSpan, SpeechChunk, SynthesisRequest, TtsCapabilities
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
    return [piece.audio async for piece in speak_clause(roster, request)]


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


class TellingVoice(PickyVoice):
    """Says "ma" in every chunk, in half a tenth of a second, and tells the phonemes."""

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        half = self.capabilities.sample_rate_hz // 40
        async for chunk in super().synthesize(request):
            told = (PhonemeSpan(phoneme="m", samples=half), PhonemeSpan(phoneme="a", samples=chunk.audio.size - half))
            yield replace(chunk, phonemes=told if chunk.audio.size else ())


async def mouth_of(voice: PickyVoice, text: str = "Hello.", *, language: str = "en") -> list[tuple[str, int, int]]:
    """Return the shapes, the sample of the clause at which each begins, and that at which its piece does."""
    roster = EngineRoster()
    roster.add_tts(voice)
    request = SynthesisRequest(text=text, language=language)
    shapes: list[tuple[str, int, int]] = []
    start = 0
    async for piece in speak_clause(roster, request, with_mouth=True):
        shapes += [(shape.viseme, start + shape.sample, start) for shape in piece.mouth]
        start += piece.audio.size
    return shapes


@pytest.mark.parametrize("sample_rate_hz", [8_000, 16_000, 22_050, 24_000, 48_000])
async def test_the_mouth_keeps_time_with_the_speech_at_whatever_rate(sample_rate_hz: int) -> None:
    shapes = await mouth_of(TellingVoice("any", {"en": ("heart",)}, sample_rate_hz=sample_rate_hz))
    changes = [shape for index, shape in enumerate(shapes) if not index or shapes[index - 1][0] != shape[0]]
    assert [viseme for viseme, _, _ in changes] == ["PP", "aa", "PP", "aa"]
    assert [sample for _, sample, _ in changes] == pytest.approx([0, 300, 1_200, 1_500], abs=3)
    assert all(piece <= sample for _, sample, piece in shapes)


@pytest.mark.parametrize("sample_rate_hz", [16_000, 24_000])
async def test_every_piece_says_what_the_mouth_does_from_its_first_sample_on(sample_rate_hz: int) -> None:
    voice = TellingVoice("any", {"en": ("heart",)}, sample_rate_hz=sample_rate_hz)
    shapes = await mouth_of(voice)
    pieces = {piece for _, _, piece in shapes}
    assert len(pieces) >= 2
    assert pieces <= {sample for _, sample, _ in shapes}


@pytest.mark.parametrize("sample_rate_hz", [8_000, 22_050, 44_100])
async def test_a_shape_comes_with_the_sound_it_belongs_to_though_the_resampler_holds_that_back(
    sample_rate_hz: int,
) -> None:
    class Quick(PickyVoice):
        """Changes its mouth every half millisecond: some change lies in what is held back, wherever that begins."""

        async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
            step = self.capabilities.sample_rate_hz // 2_000
            async for chunk in super().synthesize(request):
                steps = chunk.audio.size // step
                spans = [PhonemeSpan(phoneme="ma"[at % 2], samples=step) for at in range(steps)]
                yield replace(chunk, phonemes=tuple(spans))

    roster = EngineRoster()
    roster.add_tts(Quick("any", {"en": ("heart",)}, sample_rate_hz=sample_rate_hz))
    request = SynthesisRequest(text="Hello.", language="en")
    pieces = [piece async for piece in speak_clause(roster, request, with_mouth=True)]
    assert sum(len(piece.mouth) for piece in pieces) > 10
    for piece in pieces:
        places = [shape.sample for shape in piece.mouth]
        assert places[0] == 0
        assert places == sorted(set(places))
        assert places[-1] < piece.audio.size


async def test_without_phonemes_the_mouth_follows_the_text_in_either_language() -> None:
    for text, language in (("Mama.", "en"), ("妈妈。", "zh")):
        shapes = await mouth_of(PickyVoice("any", {language: ("heart",)}), text, language=language)
        assert shapes[0][:2] == ("PP", 0)


async def test_a_voice_that_tells_goes_on_where_one_that_does_not_has_stopped_and_the_other_way_round() -> None:
    class Changeling(TellingVoice):
        async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
            chunks = [chunk async for chunk in super().synthesize(request) if chunk.audio.size]
            silent = replace(chunks[0], phonemes=())
            for chunk in (silent, chunks[0], replace(silent, audio=silent.audio[:400], sample_rate_hz=8_000)):
                yield chunk

    shapes = await mouth_of(Changeling("any", {"en": ("heart",)}), "Sue saw a sea.")
    assert [viseme for viseme, sample, _ in shapes if 1_200 <= sample < 2_400] == ["PP", "aa"]
    assert {viseme for viseme, sample, _ in shapes if not 1_200 <= sample < 2_400}.isdisjoint({"PP"})
    assert shapes[-1][1] < 3_600


async def test_nobody_who_does_not_ask_pays_for_a_mouth() -> None:
    roster = EngineRoster()
    roster.add_tts(TellingVoice("any", {"en": ("heart",)}))
    request = SynthesisRequest(text="Hello.", language="en")
    assert [piece.mouth async for piece in speak_clause(roster, request)] == [(), ()]
