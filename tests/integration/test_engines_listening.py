"""Silero, Smart Turn, Moonshine and Whisper on recorded speech."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from tests.deadlines import quickest
from tests.integration.engine_weights import recording, weights
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.stt.whisper import WhisperStt
from vivavoce.engines.turn.smart_turn import SmartTurn
from vivavoce.engines.vad.silero import SileroVad
from vivavoce.errors import EngineError, ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.protocols import SpeechToText

RATE_HZ = 16_000
SILENCE = np.zeros(2 * RATE_HZ, dtype=np.float32)
BECKETT = "ever tried ever failed no matter try again fail again fail better"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad(weights("silero-vad") / "silero_vad.onnx")


@pytest.fixture(scope="module")
def smart_turn() -> Iterator[SmartTurn]:
    detector = SmartTurn(weights("smart-turn-v3.2") / "smart-turn-v3.2-cpu.onnx")
    yield detector
    anyio.run(detector.aclose)


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


def heard(vad: SileroVad, audio: npt.NDArray[np.float32]) -> list[float]:
    """Return the probability of every frame of one stream."""
    state = vad.initial_state()[None, :]
    frames = audio[: audio.size // 512 * 512].reshape(-1, 1, 512)
    return [float(vad.probabilities(frame, state)[0]) for frame in frames]


def wrong_words(text: str) -> int:
    """Count the words that differ from what Beckett wrote."""
    matcher = SequenceMatcher(None, BECKETT.split(), words(text).split())
    return sum(max(a1 - a0, b1 - b0) for tag, a0, a1, b0, b1 in matcher.get_opcodes() if tag != "equal")


def words(text: str) -> str:
    return " ".join("".join(c if c.isalpha() else " " for c in text.lower()).split())


def test_speech_is_told_from_silence_and_noise(vad: SileroVad) -> None:
    noise = np.random.default_rng(0).standard_normal(2 * RATE_HZ).astype(np.float32) * 0.02
    assert np.mean(np.array(heard(vad, recording("two_cities.wav"))) > 0.5) > 0.6
    assert max(heard(vad, SILENCE)) < 0.2
    assert max(heard(vad, noise)) < 0.2


def test_streams_in_one_call_do_not_disturb_each_other(vad: SileroVad) -> None:
    speech = recording("beckett.wav")[: 100 * 512].reshape(-1, 512)
    states = np.stack([vad.initial_state(), vad.initial_state()])
    together = [vad.probabilities(np.stack([frame, np.zeros(512, np.float32)]), states) for frame in speech]
    assert [float(pair[0]) for pair in together] == pytest.approx(heard(vad, speech.reshape(-1)), abs=1e-4)
    assert max(float(pair[1]) for pair in together) < 0.2


@pytest.mark.anyio
async def test_a_finished_sentence_sounds_more_finished_than_a_broken_one(smart_turn: SmartTurn) -> None:
    speech = recording("beckett.wav")
    pause = np.zeros(RATE_HZ // 5, dtype=np.float32)
    finished = await smart_turn.probability(np.concatenate([speech, pause]))
    broken = await smart_turn.probability(np.concatenate([speech[: int(6.55 * RATE_HZ)], pause]))
    assert finished > 0.8
    assert broken < finished - 0.2


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["moonshine", "whisper"])
async def test_recorded_words_are_recognised(name: str, request: pytest.FixtureRequest) -> None:
    stt: SpeechToText = request.getfixturevalue(name)
    transcript = await stt.transcribe(recording("beckett.wav"), language="en")
    assert wrong_words(transcript.text) <= 1
    assert transcript.language == "en"


@pytest.mark.anyio
@pytest.mark.parametrize("heard_seconds", [0.0, 1.5, 4.0, 60.0])
async def test_words_heard_before_change_nothing_about_the_words_heard_now(
    moonshine: MoonshineStt, heard_seconds: float
) -> None:
    audio = recording("beckett.wav")
    before = await moonshine.transcribe(audio[: int(heard_seconds * RATE_HZ)], language="en")
    plain = await moonshine.transcribe(audio, language="en")
    onward = await moonshine.transcribe_onward(audio, before)
    assert words(onward.text) == words(plain.text)
    assert onward.confidence == pytest.approx(plain.confidence, abs=0.05)


@pytest.mark.anyio
async def test_words_that_were_never_said_are_no_part_of_what_is_heard(moonshine: MoonshineStt) -> None:
    other = await moonshine.transcribe(recording("two_cities.wav")[: 6 * RATE_HZ], language="en")
    onward = await moonshine.transcribe_onward(recording("beckett.wav"), other)
    assert wrong_words(onward.text) <= 1


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["moonshine", "whisper"])
@pytest.mark.parametrize("samples", [0, 1, 100, 2 * RATE_HZ])
async def test_silence_of_any_length_is_no_words(name: str, samples: int, request: pytest.FixtureRequest) -> None:
    stt: SpeechToText = request.getfixturevalue(name)
    assert (await stt.transcribe(SILENCE[:samples], language="en")).text == ""


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["moonshine", "whisper"])
async def test_a_recording_longer_than_one_window_is_heard_to_its_end(
    name: str, request: pytest.FixtureRequest
) -> None:
    stt: SpeechToText = request.getfixturevalue(name)
    text = words((await stt.transcribe(recording("two_cities.wav"), language="en")).text)
    assert text.startswith("it was the best of times it was the worst of times")
    assert text.endswith("in the superlative degree of comparison only")


@pytest.mark.anyio
async def test_whisper_detects_the_language(whisper: WhisperStt) -> None:
    assert (await whisper.transcribe(recording("beckett.wav"), language=None)).language == "en"
    assert whisper.capabilities.languages is not None
    assert {"en", "zh", "de", "ja"} <= whisper.capabilities.languages


@pytest.mark.anyio
async def test_a_prompt_does_not_become_part_of_the_words(whisper: WhisperStt) -> None:
    transcript = await whisper.transcribe(
        recording("beckett.wav"), language="en", prompt="Samuel Beckett, Worstward Ho"
    )
    assert wrong_words(transcript.text) <= 1


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["moonshine", "whisper"])
async def test_a_cancelled_transcription_returns_at_once_and_the_next_one_is_right(
    name: str, request: pytest.FixtureRequest
) -> None:
    stt: SpeechToText = request.getfixturevalue(name)
    long, short = recording("two_cities.wav"), recording("beckett.wav")

    async def begin() -> None:
        with anyio.move_on_after(0.05) as scope:
            await stt.transcribe(long, language="en")
        assert scope.cancelled_caught

    assert await quickest(begin) < 0.25
    assert wrong_words((await stt.transcribe(short, language="en")).text) <= 1


@pytest.mark.anyio
async def test_a_whole_sentence_is_closed_more_surely_than_one_that_breaks_off(moonshine: MoonshineStt) -> None:
    story = recording("two_cities.wav")
    whole, broken_off = [
        await moonshine.transcribe(story[: int(seconds * 16_000)], language="en") for seconds in (4.7, 3.4)
    ]
    assert broken_off.text.endswith("it was the")
    assert whole.closing is not None
    assert broken_off.closing is not None
    assert whole.closing > 0.9
    assert broken_off.closing < 0.5


@pytest.mark.anyio
async def test_silence_is_not_closed_at_all(moonshine: MoonshineStt) -> None:
    assert (await moonshine.transcribe(np.zeros(16_000, np.float32), language="en")).closing is None


@pytest.mark.anyio
async def test_the_event_loop_goes_on_while_a_model_works(moonshine: MoonshineStt) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await anyio.sleep(0.005)
            ticks += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tick)
        await moonshine.transcribe(recording("two_cities.wav"), language="en")
        tasks.cancel_scope.cancel()
    assert ticks > 20


@pytest.mark.anyio
async def test_a_closed_recogniser_says_so() -> None:
    engine = MoonshineStt(weights("moonshine-tiny-en"))
    await engine.aclose()
    with pytest.raises(EngineError) as refused:
        await engine.transcribe(SILENCE, language="en")
    assert refused.value.code == "engine_closed"


@pytest.mark.parametrize("engine", [MoonshineStt, WhisperStt])
def test_missing_weights_are_a_typed_error(engine: type[MoonshineStt | WhisperStt], tmp_path: Path) -> None:
    with pytest.raises(ModelError) as missing:
        engine(tmp_path)
    assert missing.value.code == "model_missing"


def test_a_damaged_vocabulary_is_a_typed_error(tmp_path: Path) -> None:
    source = weights("moonshine-tiny-en")
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (tmp_path / name).symlink_to(source / name)
    (tmp_path / "tokenizer.bin").write_bytes((source / "tokenizer.bin").read_bytes()[:-1])
    with pytest.raises(ModelError) as damaged:
        MoonshineStt(tmp_path)
    assert damaged.value.code == "model_damaged"
