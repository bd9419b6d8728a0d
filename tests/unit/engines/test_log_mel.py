from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vivavoce.engines.log_mel import HALF_WINDOW_SAMPLES, compressed, log_mel
from vivavoce.engines.turn.features import smart_turn_features

RATE_HZ = 16_000


def tone(hz: float, seconds: float) -> npt.NDArray[np.float32]:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ).astype(np.float32)


def slow_features(audio: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The definition, frame by frame and in double precision: pad, normalise, window, transform, weigh, compress."""
    clip = np.pad(audio[-8 * RATE_HZ :].astype(np.float64), (max(0, 8 * RATE_HZ - audio.size), 0))
    clip = (clip - clip.mean()) / np.sqrt(clip.var() + 1e-7)
    padded = np.pad(clip, 200, mode="reflect")
    window = np.hanning(401)[:-1]
    frames = np.stack([padded[160 * t : 160 * t + 400] * window for t in range(800)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    mel = np.log10(np.maximum(power @ slaney_filters().T, 1e-10))
    features: npt.NDArray[np.float64] = (np.maximum(mel, mel.max() - 8.0).T + 4.0) / 4.0
    return features


def slaney_filters() -> npt.NDArray[np.float64]:
    def mel(hz: float) -> float:
        return 3 * hz / 200 if hz < 1000 else 15 + 27 * float(np.log(hz / 1000) / np.log(6.4))

    def hz(mels: float) -> float:
        return 200 * mels / 3 if mels < 15 else 1000 * 6.4 ** ((mels - 15) / 27)

    edges = [hz(step * mel(8000) / 81) for step in range(82)]
    filters = np.zeros((80, 201))
    for band in range(80):
        low, middle, high = edges[band : band + 3]
        for bin_ in range(201):
            frequency = 40.0 * bin_
            slope = min((frequency - low) / (middle - low), (high - frequency) / (high - middle))
            filters[band, bin_] = max(0.0, slope) * 2 / (high - low)
    return filters


@pytest.mark.parametrize("samples", [0, 1, 199, 200, 361, 16_000, 48_123, 127_999, 128_000, 150_000])
def test_the_features_equal_their_definition_for_clips_of_any_length(samples: int) -> None:
    noise = np.random.default_rng(samples).standard_normal(samples).astype(np.float32) * 0.1 + np.float32(0.01)
    features = smart_turn_features(noise)
    assert features.shape == (80, 800)
    assert features.dtype == np.float32
    assert np.abs(features - slow_features(noise)).max() < 1e-4


def test_only_the_last_eight_seconds_count() -> None:
    last = tone(440, 8.0)
    assert np.array_equal(smart_turn_features(np.concatenate([tone(900, 3.0), last])), smart_turn_features(last))


def test_a_tone_lights_up_its_own_band() -> None:
    low, high = (log_mel(np.pad(tone(hz, 1.0), HALF_WINDOW_SAMPLES)).mean(axis=1).argmax() for hz in (200, 4000))
    assert low < 10
    assert high > 50


def test_the_range_is_limited_to_eighty_decibels() -> None:
    powers = np.array([[-12.0, 0.0, 2.0]], dtype=np.float32)
    assert compressed(powers).tolist() == [[-0.5, 1.0, 1.5]]


def test_the_largest_whispers_bands_are_narrower_and_lie_in_the_same_order() -> None:
    sound = np.pad(tone(1000, 1.0), HALF_WINDOW_SAMPLES)
    plain, large = log_mel(sound), log_mel(sound, bands=128)
    assert large.shape == (128, plain.shape[1])
    assert large.mean(axis=1).argmax() / 128 == pytest.approx(plain.mean(axis=1).argmax() / 80, abs=0.02)
