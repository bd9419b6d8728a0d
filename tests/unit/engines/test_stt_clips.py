from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.stt.clips import raised_to_speaking_level, split_at_quiet, with_silence

RATE_HZ = 16_000


def noise(seconds: float, level: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return (np.random.default_rng(1).standard_normal(int(seconds * RATE_HZ)) * level).astype(np.float32)


def test_a_faint_clip_is_raised_to_the_level_of_speech() -> None:
    raised = raised_to_speaking_level(noise(1.0, 0.004))
    assert np.sqrt(np.mean(raised**2)) == pytest.approx(0.05, rel=0.05)


def test_a_clip_of_ordinary_loudness_stays_as_it_is() -> None:
    clip = noise(1.0, 0.1)
    assert raised_to_speaking_level(clip) is clip


def test_silence_does_not_become_noise() -> None:
    assert not raised_to_speaking_level(np.zeros(RATE_HZ, dtype=np.float32)).any()


def test_the_level_is_taken_where_the_clip_is_loud() -> None:
    mostly_silent = np.concatenate([np.zeros(9 * RATE_HZ, dtype=np.float32), noise(1.0, 0.1)])
    assert raised_to_speaking_level(mostly_silent) is mostly_silent


def test_a_long_clip_is_cut_in_its_pause() -> None:
    clip = np.concatenate([noise(7.0, 0.1), np.zeros(RATE_HZ // 2, dtype=np.float32), noise(6.0, 0.1)])
    first, second = split_at_quiet(clip, longest_seconds=10.0)
    assert 7.0 <= first.size / RATE_HZ <= 7.5
    assert np.array_equal(np.concatenate([first, second]), clip)


@given(seconds=st.floats(0.0, 40.0), longest=st.floats(1.0, 15.0))
def test_cutting_loses_nothing_and_no_part_is_too_long(seconds: float, longest: float) -> None:
    clip = np.arange(int(seconds * RATE_HZ), dtype=np.float32)
    parts = list(split_at_quiet(clip, longest_seconds=longest))
    assert np.array_equal(np.concatenate(parts), clip)
    assert all(part.size <= longest * RATE_HZ for part in parts)


def test_silence_is_put_on_both_sides() -> None:
    clip = with_silence(np.ones(16, dtype=np.float32), before_ms=1, after_ms=2)
    assert clip.tolist() == [0.0] * 16 + [1.0] * 16 + [0.0] * 32
