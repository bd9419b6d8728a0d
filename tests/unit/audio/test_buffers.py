"""The session's input buffer: positions, bounds, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.audio.buffers import InputAudioBuffer
from vivavoce.errors import CapacityError

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

FRAME = 320
"""20 ms at 16 kHz."""


def ramp(start: int, length: int) -> Samples:
    """Samples whose 16-bit value is their position, modulo 30,000."""
    return (np.arange(start, start + length) % 30_000 / 32_768).astype(np.float32)


def positions(samples: Samples) -> list[int]:
    return [int(value) for value in np.rint(samples * 32_768)]


def filled(length: int, frame: int = FRAME) -> InputAudioBuffer:
    buffer = InputAudioBuffer()
    for start in range(0, length, frame):
        buffer.append(ramp(start, min(frame, length - start)), now_seconds=start / 16_000)
    return buffer


def test_a_slice_holds_the_samples_of_those_positions() -> None:
    assert positions(filled(16_000).slice(5_000, 5_700)) == list(range(5_000, 5_700))


def test_a_slice_is_cut_to_what_is_held() -> None:
    buffer = filled(16_000)
    buffer.drop_before(10_000)
    assert positions(buffer.slice(9_000, 10_003)) == [10_000, 10_001, 10_002]
    assert positions(buffer.slice(15_998, 99_999)) == [15_998, 15_999]
    assert len(buffer.slice(0, 10_000)) == 0
    assert len(buffer.slice(12_000, 11_000)) == 0
    assert len(InputAudioBuffer().slice(0, 100)) == 0


@pytest.mark.parametrize(("start", "length"), [(15_488, 512), (10_000, 512), (9_999, 1), (12_345, 3_000)])
def test_a_stretch_that_is_held_is_copied_from_wherever_it_lies(start: int, length: int) -> None:
    buffer = filled(16_000)
    buffer.drop_before(9_999)
    into = np.full(length, -1, np.int16)
    buffer.copy_to(into, start)
    assert into.tolist() == list(range(start, start + length))


def test_positions_go_on_after_clearing() -> None:
    buffer = filled(16_000)
    buffer.clear()
    buffer.append(ramp(16_000, FRAME), now_seconds=1.0)
    assert buffer.oldest_sample == 16_000
    assert buffer.end_sample == 16_320
    assert positions(buffer.slice(0, 16_003)) == [16_000, 16_001, 16_002]


def test_dropping_the_future_or_the_forgotten_changes_nothing_else() -> None:
    buffer = filled(3_200)
    buffer.drop_before(1_600)
    buffer.drop_before(100)
    assert buffer.oldest_sample == 1_600
    buffer.drop_before(1_000_000)
    assert (buffer.oldest_sample, buffer.end_sample) == (3_200, 3_200)


def test_five_minutes_of_20_ms_frames_fit() -> None:
    statistics = filled(300 * 16_000).statistics()
    assert statistics.held_bytes == 9_600_000
    assert statistics.chunks <= 1_000


@pytest.mark.parametrize("frame", [160, 2_561, 5_121])
def test_the_byte_bound_comes_before_the_chunk_bound_whatever_the_frame(frame: int) -> None:
    buffer = InputAudioBuffer(max_bytes=1_024_000, max_chunks=100)
    for _ in range(1_024_000 // (2 * frame)):
        buffer.append(np.zeros(frame, np.float32), now_seconds=0.0)
    assert buffer.statistics().held_bytes + 2 * frame > 1_024_000


def test_one_append_over_the_bytes_is_refused_whole_and_moves_no_position() -> None:
    buffer = InputAudioBuffer(max_bytes=6_400)
    buffer.append(ramp(0, 3_000), now_seconds=1.0)
    with pytest.raises(CapacityError) as refusal:
        buffer.append(ramp(3_000, 201), now_seconds=2.0)
    assert refusal.value.code == "input_buffer_full"
    assert refusal.value.retryable
    assert buffer.end_sample == 3_000
    assert buffer.last_append_seconds == 1.0
    assert buffer.statistics().refused_appends == 1
    buffer.append(ramp(3_000, 200), now_seconds=3.0)
    assert positions(buffer.slice(2_999, 3_001)) == [2_999, 3_000]


def test_chunks_over_their_bound_are_refused_until_some_are_dropped() -> None:
    buffer = InputAudioBuffer(max_chunks=2)
    buffer.append(np.zeros(6_000, np.float32), now_seconds=0.0)
    buffer.append(np.zeros(6_000, np.float32), now_seconds=0.0)
    with pytest.raises(CapacityError):
        buffer.append(np.zeros(6_000, np.float32), now_seconds=0.0)
    buffer.drop_before(6_000)
    buffer.append(np.zeros(6_000, np.float32), now_seconds=0.0)
    assert buffer.statistics().chunks == 2


def test_a_sliding_window_never_fills_and_keeps_only_its_own_memory() -> None:
    buffer = InputAudioBuffer(max_bytes=40_000, max_chunks=10)
    for start in range(0, 60 * 16_000, FRAME):
        buffer.append(ramp(start, FRAME), now_seconds=start / 16_000)
        buffer.drop_before(buffer.end_sample - 4_800)
    statistics = buffer.statistics()
    assert statistics.held_bytes == 9_600
    assert statistics.chunks <= 3
    assert buffer.oldest_sample == 60 * 16_000 - 4_800


def test_an_empty_append_only_marks_the_time() -> None:
    buffer = InputAudioBuffer()
    assert buffer.last_append_seconds is None
    buffer.append(np.zeros(0, np.float32), now_seconds=4.0)
    assert buffer.last_append_seconds == 4.0
    assert buffer.statistics().chunks == 0


@given(
    steps=st.lists(
        st.one_of(st.integers(0, 7_000), st.tuples(st.integers(0, 40_000), st.integers(0, 40_000))), max_size=20
    )
)
def test_any_order_of_appends_and_drops_keeps_every_held_sample_at_its_place(
    steps: list[int | tuple[int, int]],
) -> None:
    buffer = InputAudioBuffer()
    oldest = 0
    for step in steps:
        if isinstance(step, int):
            buffer.append(ramp(buffer.end_sample, step), now_seconds=0.0)
            continue
        drop, start = step
        buffer.drop_before(drop)
        oldest = max(oldest, min(drop, buffer.end_sample))
        expected = [at % 30_000 for at in range(max(start, oldest), min(start + 50, buffer.end_sample))]
        assert positions(buffer.slice(start, start + 50)) == expected
    assert buffer.statistics().held_bytes == 2 * (buffer.end_sample - oldest)
