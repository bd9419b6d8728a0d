"""Hibari, Kokoro and Piper, and whether a recogniser understands them."""

from __future__ import annotations

import importlib.util
import time
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from tests.deadlines import quickest
from tests.integration.engine_weights import at_16_khz, weights
from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.stt.whisper import WhisperStt
from vivavoce.engines.tts.english import EnglishPhonemes
from vivavoce.engines.tts.hibari import HibariTts
from vivavoce.engines.tts.kokoro import KokoroTts
from vivavoce.engines.tts.piper import PiperTts
from vivavoce.errors import EngineError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.protocols import TextToSpeech

RATE_HZ = 24_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def english() -> EnglishPhonemes:
    return EnglishPhonemes()


@pytest.fixture(scope="module")
def hibari(english: EnglishPhonemes) -> Iterator[HibariTts]:
    engine = HibariTts(weights("hibari"), english=english)
    yield engine
    anyio.run(engine.aclose)


@pytest.fixture(scope="module")
def kokoro(english: EnglishPhonemes) -> Iterator[KokoroTts]:
    folder = weights("kokoro-82m")
    engine = KokoroTts(folder / "kokoro-v1.0.int8.onnx", folder / "voices", english=english)
    yield engine
    anyio.run(engine.aclose)


@pytest.fixture(scope="module")
def moonshine() -> Iterator[MoonshineStt]:
    engine = MoonshineStt(weights("moonshine-tiny-en"))
    yield engine
    anyio.run(engine.aclose)


@pytest.fixture(scope="module")
def whisper() -> Iterator[WhisperStt]:
    engine = WhisperStt(weights("whisper-base"))
    yield engine
    anyio.run(engine.aclose)


async def spoken(
    tts: TextToSpeech, text: str, language: str = "en", voice: str = "", speed: float = 1.0
) -> list[SpeechChunk]:
    request = SynthesisRequest(text=text, language=language, voice=voice, speed=speed)
    return [chunk async for chunk in tts.synthesize(request)]


def joined(chunks: list[SpeechChunk]) -> npt.NDArray[np.float32]:
    return np.concatenate([chunk.audio for chunk in chunks])


def letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


@pytest.mark.anyio
@pytest.mark.parametrize(
    "text",
    ["Hello there, how are you today?", "The train leaves at a quarter past nine.", "I would like a glass of water."],
)
async def test_what_hibari_says_is_understood(hibari: HibariTts, moonshine: MoonshineStt, text: str) -> None:
    audio = joined(await spoken(hibari, text))
    assert letters((await moonshine.transcribe(at_16_khz(audio, RATE_HZ), language="en")).text) == letters(text)


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["你好，今天天气怎么样？", "我觉得这是一个很好的主意，我们马上开始吧。"])
async def test_what_kokoro_says_in_mandarin_is_understood(kokoro: KokoroTts, whisper: WhisperStt, text: str) -> None:
    audio = joined(await spoken(kokoro, text, "zh"))
    heard = await whisper.transcribe(at_16_khz(audio, RATE_HZ), language=None)
    assert (letters(heard.text), heard.language) == (letters(text), "zh")


@pytest.mark.anyio
@pytest.mark.parametrize("voice", ["af_heart", "bm_george"])
async def test_kokoro_speaks_english_of_both_sorts(kokoro: KokoroTts, moonshine: MoonshineStt, voice: str) -> None:
    text = "I think that sounds like a great idea."
    audio = joined(await spoken(kokoro, text, "en", voice))
    assert letters((await moonshine.transcribe(at_16_khz(audio, RATE_HZ), language="en")).text) == letters(text)


@pytest.mark.anyio
async def test_english_words_in_a_mandarin_sentence_are_spoken(kokoro: KokoroTts) -> None:
    with_word, without = [joined(await spoken(kokoro, text, "zh")) for text in ("我会写Python。", "我会写。")]
    assert with_word.size > without.size + RATE_HZ // 5


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "language", "text"), [("hibari", "en", "Yes, please."), ("kokoro", "zh", "好的。")])
async def test_speech_begins_at_once_ends_in_a_pause_and_its_phonemes_cover_it(
    name: str, language: str, text: str, request: pytest.FixtureRequest
) -> None:
    (chunk,) = await spoken(request.getfixturevalue(name), text, language)
    audible = np.flatnonzero(np.abs(chunk.audio) > 0.01)
    assert audible[0] < 0.05 * RATE_HZ
    assert 0.2 * RATE_HZ < chunk.audio.size - audible[-1] < 0.4 * RATE_HZ
    assert sum(span.samples for span in chunk.phonemes) == chunk.audio.size
    assert len([span for span in chunk.phonemes if span.phoneme.isalpha()]) >= 4


@pytest.mark.anyio
async def test_voices_are_equally_loud_and_never_clip(hibari: HibariTts, kokoro: KokoroTts) -> None:
    def level(audio: npt.NDArray[np.float32]) -> float:
        powers = np.square(audio[: audio.size // 600 * 600]).reshape(-1, 600).mean(axis=1)
        return float(np.sqrt(powers[powers > powers.max() / 100].mean()))

    text = "I think that sounds like a great idea."
    takes = [joined(await spoken(hibari, text)), joined(await spoken(kokoro, text, "en", "am_puck"))]
    takes.append(joined(await spoken(kokoro, "我们马上开始吧。", "zh")))
    assert [level(take) for take in takes] == pytest.approx([0.12] * 3, rel=0.25)
    assert max(np.abs(take).max() for take in takes) <= 1.0


@pytest.mark.anyio
async def test_speed_shortens_speech(hibari: HibariTts) -> None:
    slow, fast = [joined(await spoken(hibari, "How are you today?", speed=speed)).size for speed in (0.8, 1.6)]
    assert fast < 0.7 * slow


@pytest.mark.anyio
async def test_the_same_clause_sounds_the_same_twice(hibari: HibariTts) -> None:
    first, second = [joined(await spoken(hibari, "Good morning.")) for _ in range(2)]
    assert np.array_equal(first, second)


@pytest.mark.anyio
async def test_sentences_come_one_by_one(hibari: HibariTts) -> None:
    assert len(await spoken(hibari, "One. Two! Three?")) == 3


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "language"), [("hibari", "en"), ("kokoro", "zh")])
@pytest.mark.parametrize("text", ["", "  ", "🎉", "……", "龦"])
async def test_what_cannot_be_said_is_passed_over(
    name: str, language: str, text: str, request: pytest.FixtureRequest
) -> None:
    chunks = await spoken(request.getfixturevalue(name), text, language)
    assert all(np.isfinite(chunk.audio).all() for chunk in chunks)


@pytest.mark.anyio
async def test_a_text_longer_than_the_model_takes_is_spoken_to_its_end(hibari: HibariTts) -> None:
    audio = joined(await spoken(hibari, "and then we went on and on " * 40))
    assert 40 < audio.size / RATE_HZ < 140


@pytest.mark.anyio
async def test_a_long_synthesis_is_cancelled_at_once_and_the_next_clause_is_spoken(kokoro: KokoroTts) -> None:
    await spoken(kokoro, "好。", "zh")  # loads the dictionaries
    long = "我觉得这是一个很好的主意，" * 4
    started = time.monotonic()
    await spoken(kokoro, long, "zh")
    whole = time.monotonic() - started

    async def begin() -> None:
        with anyio.move_on_after(0.05) as scope:
            await spoken(kokoro, long, "zh")
        assert scope.cancelled_caught

    assert await quickest(begin) < 0.25
    started = time.monotonic()
    assert joined(await spoken(kokoro, "好。", "zh")).size > RATE_HZ // 4
    # Left alone, the first of them would have had to come to its end.
    assert time.monotonic() - started < whole / 2


@pytest.mark.anyio
async def test_closing_the_iterator_stops_the_work(hibari: HibariTts) -> None:
    stream = hibari.synthesize(SynthesisRequest(text="One. Two. Three. Four.", language="en"))
    first = await anext(stream)
    await stream.aclose()
    assert first.audio.size > 0
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


@pytest.mark.anyio
async def test_an_unknown_voice_or_language_is_a_typed_error(hibari: HibariTts, kokoro: KokoroTts) -> None:
    for tts, language, voice, code in (
        (hibari, "en", "nobody", "voice_unknown"),
        (kokoro, "zh", "nobody", "voice_unknown"),
        (kokoro, "xx", "", "language_unknown"),
    ):
        with pytest.raises(EngineError) as refused:
            await spoken(tts, "Hello.", language, voice)
        assert refused.value.code == code


def test_missing_weights_are_a_typed_error(tmp_path: Path) -> None:
    for open_engine in (lambda: HibariTts(tmp_path), lambda: KokoroTts(tmp_path / "kokoro.onnx", tmp_path)):
        with pytest.raises(ModelError) as missing:
            open_engine()
        assert missing.value.code == "model_missing"


@pytest.mark.skipif(importlib.util.find_spec("piper") is not None, reason="Piper is installed here")
def test_without_piper_the_error_says_how_to_install_it(tmp_path: Path) -> None:
    for name in ("en_US-joe-medium.onnx", "en_US-joe-medium.onnx.json"):
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(EngineError) as refused:
        PiperTts(tmp_path / "en_US-joe-medium.onnx")
    assert refused.value.code == "engine_not_installed"
    assert "pip install 'vivavoce[piper]'" in refused.value.remedy


@pytest.mark.anyio
@pytest.mark.skipif(importlib.util.find_spec("piper") is None, reason="Piper is an extra that is not installed")
async def test_what_piper_says_is_understood(moonshine: MoonshineStt) -> None:
    piper = PiperTts(weights("piper-joe") / "en_US-joe-medium.onnx")
    chunks = await spoken(piper, "I would like a glass of water.")
    await piper.aclose()
    heard = await moonshine.transcribe(at_16_khz(joined(chunks), piper.capabilities.sample_rate_hz), language="en")
    assert letters(heard.text) == "iwouldlikeaglassofwater"
    assert all(sum(span.samples for span in chunk.phonemes) == chunk.audio.size for chunk in chunks)
