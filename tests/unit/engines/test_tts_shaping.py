from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.protocols import PhonemeSpan
from vivavoce.engines.tts.shaping import pause_ms, shaped

RATE_HZ = 24_000
MS = RATE_HZ // 1000


def speech(before_ms: int, sounding_ms: int, after_ms: int, level: float = 0.2) -> npt.NDArray[np.float32]:
    sound = np.random.default_rng(0).uniform(-level, level, sounding_ms * MS)
    return np.pad(sound, (before_ms * MS, after_ms * MS)).astype(np.float32)


def test_leading_silence_is_cut_to_twenty_milliseconds() -> None:
    chunk = shaped(speech(300, 500, 400), sample_rate_hz=RATE_HZ, gain=1.0, trailing_ms=100)
    assert np.flatnonzero(chunk.audio)[0] == pytest.approx(20 * MS, abs=5 * MS)
    assert chunk.audio.size == (20 + 500 + 100) * MS


def test_a_pause_longer_than_the_models_own_is_filled_with_silence() -> None:
    chunk = shaped(speech(0, 500, 50), sample_rate_hz=RATE_HZ, gain=1.0, trailing_ms=300)
    assert chunk.audio.size == 800 * MS
    assert not chunk.audio[-250 * MS :].any()


def test_the_gain_is_the_same_for_every_clause() -> None:
    loud, quiet = (
        shaped(speech(0, 500, 0, level), sample_rate_hz=RATE_HZ, gain=2.0, trailing_ms=0).audio for level in (0.2, 0.1)
    )
    assert np.abs(loud).max() == pytest.approx(2 * np.abs(quiet).max(), rel=0.01)


def test_no_gain_makes_a_peak_clip() -> None:
    chunk = shaped(speech(0, 500, 0, 0.9), sample_rate_hz=RATE_HZ, gain=4.0, trailing_ms=0)
    assert 0.9 < np.abs(chunk.audio).max() <= 1.0


def test_a_silent_clip_gives_silence_and_no_error() -> None:
    chunk = shaped(np.zeros(RATE_HZ, dtype=np.float32), sample_rate_hz=RATE_HZ, gain=2.0, trailing_ms=40)
    assert not chunk.audio.any()


@given(
    silences=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    trailing_ms=st.integers(0, 400),
    borders=st.lists(st.integers(1, 30_000), max_size=8),
)
def test_phonemes_cover_the_audio_exactly(silences: tuple[int, int], trailing_ms: int, borders: list[int]) -> None:
    raw = speech(silences[0], 200, silences[1])
    edges = sorted({0, raw.size, *(border % raw.size for border in borders)})
    spans = [
        PhonemeSpan(phoneme=str(index), samples=int(samples)) for index, samples in enumerate(np.diff(edges).tolist())
    ]
    chunk = shaped(raw, sample_rate_hz=RATE_HZ, gain=1.0, trailing_ms=trailing_ms, spans=spans)
    assert sum(span.samples for span in chunk.phonemes) == chunk.audio.size
    assert all(span.samples > 0 for span in chunk.phonemes)


def test_spans_that_do_not_fit_the_audio_are_not_believed() -> None:
    wrong = [PhonemeSpan(phoneme="a", samples=7)]
    assert shaped(speech(0, 100, 0), sample_rate_hz=RATE_HZ, gain=1.0, trailing_ms=0, spans=wrong).phonemes == ()


@pytest.mark.parametrize(
    ("text", "speed", "expected"),
    [
        ("Yes.", 1.0, 300),
        ("“Yes.”", 1.0, 300),
        ("好的。", 2.0, 150),
        ("Well,", 1.0, 150),
        ("the quick", 1.0, 40),
        ("", 1.0, 40),
    ],
)
def test_the_pause_follows_the_last_mark_and_the_speed(text: str, speed: float, expected: int) -> None:
    assert pause_ms(text, speed=speed) == expected
