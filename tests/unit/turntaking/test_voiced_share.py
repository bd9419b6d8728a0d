"""How much of a sound repeats at a pitch."""

from __future__ import annotations

import numpy as np
import pytest

from vivavoce.turntaking.voicing import certainty, voiced_share

RATE_HZ = 16_000


def pulses(seconds: float, pitch_hz: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A hum: pulses through one resonance."""
    count = round(seconds * RATE_HZ)
    source = np.diff(np.floor(np.arange(count) * pitch_hz / RATE_HZ), prepend=0.0)
    time = np.arange(400) / RATE_HZ
    return np.asarray(np.convolve(source, np.exp(-time * 400) * np.cos(2 * np.pi * 500 * time))[:count], np.float32)


def burst(seconds: float, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A cough without a voice: noise that dies away."""
    count = round(seconds * RATE_HZ)
    noise = np.random.default_rng(seed).standard_normal(count)
    return np.asarray(noise * np.exp(-np.arange(count) / (0.08 * RATE_HZ)), np.float32)


@pytest.mark.parametrize("pitch_hz", [75, 120, 220, 380])
def test_a_hum_is_voiced_at_any_pitch(pitch_hz: float) -> None:
    assert voiced_share(pulses(0.4, pitch_hz)) > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_a_burst_is_not(seed: int) -> None:
    assert voiced_share(burst(0.4, seed)) < 0.05


def test_the_silence_around_it_does_not_count() -> None:
    silence = np.zeros(RATE_HZ, np.float32)
    alone = voiced_share(pulses(0.4, 120))
    assert voiced_share(np.concatenate([silence, pulses(0.4, 120), silence])) == pytest.approx(alone, abs=0.15)


def test_half_a_voice_is_half_voiced() -> None:
    hiss = 0.3 * np.random.default_rng(1).standard_normal(round(0.4 * RATE_HZ)).astype(np.float32)
    hum = pulses(0.4, 120)
    mixed = np.concatenate([hiss * np.sqrt(np.mean(hum**2) / np.mean(hiss**2)), hum])
    assert voiced_share(mixed) == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("audio", [np.zeros(0), np.zeros(600), np.zeros(RATE_HZ)])
def test_silence_has_no_voice(audio: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    assert voiced_share(audio.astype(np.float32)) == 0.0


def test_words_heard_surely_in_a_voiced_sound_were_said() -> None:
    assert certainty(-0.25, 0.6) > 0.95


def test_words_heard_doubtfully_in_a_cough_were_not() -> None:
    assert certainty(-0.75, 0.15) < 0.1


def test_each_makes_up_for_the_other() -> None:
    assert certainty(-0.75, 0.7) > 0.5
    assert certainty(-0.05, 0.0) > 0.5


def test_a_recogniser_that_does_not_tell_is_believed() -> None:
    assert certainty(None, 0.0) == 1.0


def test_no_confidence_is_too_small() -> None:
    assert certainty(-1e9, 1.0) < 1e-6
