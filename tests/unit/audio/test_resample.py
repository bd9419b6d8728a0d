"""Rate changes keep sample positions, whatever the chunking."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.audio.resample import StreamingResampler, resample

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

RATES = [(24_000, 16_000), (8_000, 16_000), (24_000, 8_000), (48_000, 16_000), (44_100, 16_000), (22_050, 24_000)]


def tone(hz: float, rate_hz: int, seconds: float = 1.0) -> Samples:
    return np.sin(2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz).astype(np.float32)


def streamed(samples: Samples, source_hz: int, target_hz: int, *cuts: int) -> Samples:
    resampler = StreamingResampler(source_hz, target_hz)
    pieces = [resampler.process(piece) for piece in np.split(samples, sorted(cuts))]
    return np.concatenate([*pieces, resampler.flush()])


@pytest.mark.parametrize(("source_hz", "target_hz"), RATES)
def test_a_tone_comes_out_at_the_same_instants(source_hz: int, target_hz: int) -> None:
    out = streamed(tone(440, source_hz), source_hz, target_hz)
    inner = slice(200, -200)
    assert len(out) == target_hz
    assert np.max(np.abs(out[inner] - tone(440, target_hz)[inner])) < 1e-4


@pytest.mark.parametrize(("source_hz", "target_hz"), RATES)
def test_a_click_a_minute_in_is_at_its_exact_place(source_hz: int, target_hz: int) -> None:
    stream = np.zeros(source_hz * 60, np.float32)
    stream[source_hz * 59] = 1.0
    frames = range(source_hz // 50, len(stream), source_hz // 50)
    assert int(np.argmax(np.abs(streamed(stream, source_hz, target_hz, *frames)))) == target_hz * 59


@pytest.mark.parametrize(("source_hz", "target_hz"), RATES)
def test_what_is_held_back_is_32_samples_of_the_lower_rate(source_hz: int, target_hz: int) -> None:
    out = StreamingResampler(source_hz, target_hz).process(np.zeros(source_hz, np.float32))
    held_seconds = (target_hz - len(out)) / target_hz
    assert held_seconds <= 33 / min(source_hz, target_hz)


@given(cuts=st.lists(st.integers(0, 2_400), max_size=20), rates=st.sampled_from(RATES))
@settings(deadline=None, max_examples=60)
def test_the_result_does_not_depend_on_the_chunking(cuts: list[int], rates: tuple[int, int]) -> None:
    noise = np.random.default_rng(7).uniform(-1, 1, 2_400).astype(np.float32)
    assert np.allclose(streamed(noise, *rates, *cuts), streamed(noise, *rates), atol=1e-5)


def test_a_tone_above_the_new_band_is_removed() -> None:
    out = streamed(tone(9_000, 24_000), 24_000, 16_000)
    assert np.max(np.abs(out[200:-200])) < 1e-3


def test_speech_band_passes_unchanged_into_the_telephone_rate() -> None:
    out = streamed(tone(3_300, 24_000), 24_000, 8_000)
    assert np.max(np.abs(out[200:-200])) == pytest.approx(1.0, abs=0.01)


def test_flushing_in_mid_stream_repeats_nothing_and_moves_nothing() -> None:
    source = tone(440, 24_000)
    resampler = StreamingResampler(24_000, 16_000)
    first = np.concatenate([resampler.process(source[:12_000]), resampler.flush(), resampler.flush()])
    assert len(first) == 8_000
    whole = np.concatenate([first, resampler.process(source[12_000:]), resampler.flush()])
    assert len(whole) == 16_000
    expected = streamed(source, 24_000, 16_000)
    assert np.max(np.abs(whole[:7_900] - expected[:7_900])) < 1e-5
    assert np.max(np.abs(whole[8_000:] - expected[8_000:])) < 1e-5


def test_flushing_after_every_small_frame_stays_exact() -> None:
    resampler = StreamingResampler(24_000, 16_000)
    total = 0
    for _ in range(500):
        total += len(resampler.process(np.zeros(7, np.float32))) + len(resampler.flush())
    assert total == -(-500 * 7 * 2 // 3)


@given(cuts=st.lists(st.integers(1, 900), max_size=20), rates=st.sampled_from(RATES), count=st.integers(1, 600))
@settings(deadline=None, max_examples=60)
def test_it_knows_how_much_more_it_needs(cuts: list[int], rates: tuple[int, int], count: int) -> None:
    resampler = StreamingResampler(*rates)
    for cut in cuts:
        resampler.process(np.zeros(cut, np.float32))
    needed = resampler.samples_for(count)
    if needed:
        one_less = len(resampler.process(np.zeros(needed - 1, np.float32)))
        assert one_less < count
        assert one_less + len(resampler.process(np.zeros(1, np.float32))) >= count


def test_equal_rates_pass_through_at_once() -> None:
    resampler = StreamingResampler(16_000, 16_000)
    samples = tone(440, 16_000, 0.02)
    assert np.array_equal(resampler.process(samples), samples)
    assert len(resampler.flush()) == 0
    assert resampler.samples_for(512) == 512


def test_a_silent_start_is_not_invented() -> None:
    resampler = StreamingResampler(24_000, 16_000)
    assert len(resampler.flush()) == 0
    assert len(resampler.process(np.zeros(0, np.float32))) == 0


def test_memory_held_by_a_long_stream_stays_small() -> None:
    resampler = StreamingResampler(24_000, 16_000)
    for _ in range(2_000):
        resampler.process(np.zeros(480, np.float32))
    assert len(pickle.dumps(resampler)) < 3_000


def test_a_recording_resampled_at_once_keeps_its_length_and_pitch() -> None:
    out = resample(tone(440, 48_000), 48_000, 16_000)
    assert len(out) == 16_000
    assert out.dtype == np.float32
    assert np.max(np.abs(out[200:-200] - tone(440, 16_000)[200:-200])) < 1e-3
    assert resample(out, 16_000, 16_000) is out
