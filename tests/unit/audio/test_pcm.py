"""16-bit bytes, float samples, levels and fades."""

from __future__ import annotations

import numpy as np
import pytest

from vivavoce.audio.pcm import (
    SILENCE_DBFS,
    Samples,
    duration_seconds,
    fade,
    float_to_pcm16,
    frame_levels_dbfs,
    loudness_gain,
    normalise_loudness,
    pcm16_to_float,
    peak_dbfs,
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


def test_levels_of_a_full_scale_sine_are_minus_3_rms_and_0_peak() -> None:
    assert rms_dbfs(tone(1.0)) == pytest.approx(-3.01, abs=0.01)
    assert peak_dbfs(tone(1.0)) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("level", [rms_dbfs, peak_dbfs])
def test_silence_and_nothing_have_the_floor_level(level: object) -> None:
    assert callable(level)
    assert level(np.zeros(100, np.float32)) == SILENCE_DBFS
    assert level(np.zeros(0, np.float32)) == SILENCE_DBFS


def test_quiet_speech_is_brought_to_the_target_level() -> None:
    assert rms_dbfs(normalise_loudness(tone(1.0, amplitude=0.05))) == pytest.approx(-20.0, abs=0.01)


def test_loud_speech_is_turned_down_to_the_target_level() -> None:
    assert rms_dbfs(normalise_loudness(tone(1.0, amplitude=0.9))) == pytest.approx(-20.0, abs=0.01)


def test_pauses_do_not_make_the_speech_louder() -> None:
    speech = tone(0.5, amplitude=0.05)
    paused = np.concatenate([speech, np.zeros(48_000, np.float32), speech])
    assert loudness_gain(paused) == pytest.approx(loudness_gain(speech), rel=0.01)


def test_gain_has_a_ceiling_so_that_noise_is_not_blown_up() -> None:
    assert loudness_gain(tone(1.0, amplitude=0.001), max_gain=4.0) == 4.0


def test_gain_never_drives_a_peak_into_clipping() -> None:
    spiky = tone(1.0, amplitude=0.02)
    spiky[100] = 0.5
    assert np.max(np.abs(normalise_loudness(spiky))) <= 0.98


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(5_000, np.float32)])
def test_silence_keeps_its_level(samples: Samples) -> None:
    assert loudness_gain(samples) == 1.0


def test_fade_ramps_both_ends_and_leaves_the_middle_and_the_input_alone() -> None:
    flat = np.ones(1_000, np.float32)
    faded = fade(flat, in_samples=100, out_samples=200)
    assert faded[0] < 0.01
    assert faded[-1] < 0.01
    assert np.all(np.diff(faded[:100]) > 0)
    assert np.all(np.diff(faded[-200:]) < 0)
    assert np.array_equal(faded[100:800], flat[100:800])
    assert np.array_equal(flat, np.ones(1_000, np.float32))


def test_fade_longer_than_the_audio_is_shortened_to_it() -> None:
    assert len(fade(np.ones(10, np.float32), in_samples=100, out_samples=100)) == 10
    assert len(fade(np.zeros(0, np.float32), in_samples=5)) == 0


def test_levels_of_many_frames_are_those_of_each_alone() -> None:
    frames = np.stack([tone(0.02), tone(0.02, amplitude=0.01), np.zeros(480, np.float32)])
    assert frame_levels_dbfs(frames) == pytest.approx([rms_dbfs(frame) for frame in frames], abs=1e-3)
    assert frame_levels_dbfs(frames)[2] == pytest.approx(SILENCE_DBFS)
