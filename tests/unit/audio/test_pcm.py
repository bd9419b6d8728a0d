"""16-bit bytes, float samples and levels."""

from __future__ import annotations

import numpy as np
import pytest

from vivavoce.audio.pcm import (
    SILENCE_DBFS,
    Samples,
    duration_seconds,
    float_to_pcm16,
    frame_levels_dbfs,
    pcm16_to_float,
    rms_dbfs,
)
from vivavoce.errors import InputError


def tone(seconds: float, *, amplitude: float = 1.0, rate_hz: int = 24_000, hz: float = 440.0) -> Samples:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def test_every_16_bit_value_survives_the_round_trip() -> None:
    every = np.arange(-32768, 32768, dtype="<i2").tobytes()
    assert float_to_pcm16(pcm16_to_float(every)) == every


def test_bytes_are_read_as_little_endian() -> None:
    assert pcm16_to_float(b"\x00\x40\x00\xc0").tolist() == [0.5, -0.5]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_like_object_is_read(kind: type[bytes]) -> None:
    assert pcm16_to_float(kind(b"\x00\x40")).tolist() == [0.5]


def test_samples_beyond_full_scale_are_clipped_and_nan_is_silence() -> None:
    samples = np.array([2.0, -2.0, np.nan, np.inf], dtype=np.float32)
    assert np.frombuffer(float_to_pcm16(samples), "<i2").tolist() == [32767, -32768, 0, 32767]


def test_an_odd_number_of_bytes_is_refused() -> None:
    with pytest.raises(InputError) as refusal:
        pcm16_to_float(b"\x00\x01\x02")
    assert refusal.value.code == "audio_misaligned"
    assert refusal.value.param == "audio"
    assert "3 bytes" in refusal.value.message


def test_duration_counts_samples_at_the_rate() -> None:
    assert duration_seconds(np.zeros(12_000, np.float32), 24_000) == 0.5


def test_the_level_of_a_full_scale_sine_is_minus_3_db() -> None:
    assert rms_dbfs(tone(1.0)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(100, np.float32)])
def test_silence_and_nothing_have_the_floor_level(samples: Samples) -> None:
    assert rms_dbfs(samples) == SILENCE_DBFS


def test_levels_of_many_frames_are_those_of_each_alone() -> None:
    frames = np.stack([tone(0.02), tone(0.02, amplitude=0.01), np.zeros(480, np.float32)])
    assert frame_levels_dbfs(frames) == pytest.approx([rms_dbfs(frame) for frame in frames], abs=1e-3)
    assert frame_levels_dbfs(frames)[2] == pytest.approx(SILENCE_DBFS)
