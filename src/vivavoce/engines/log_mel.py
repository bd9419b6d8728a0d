"""The log-mel spectrogram that Whisper's encoder was trained on.

Owns the window, the mel filters and the logarithm; Smart Turn and Whisper share it, each with its own padding. Refuses
to know how long a clip should be and what reads the features.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["FRAMES_A_SECOND", "HALF_WINDOW_SAMPLES", "HOP_SAMPLES", "compressed", "log_mel"]

Floats = npt.NDArray[np.float32]

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 400
HALF_WINDOW_SAMPLES = WINDOW_SAMPLES // 2
HOP_SAMPLES = 160
FRAMES_A_SECOND = SAMPLE_RATE_HZ // HOP_SAMPLES
MEL_BANDS = 80

_QUIETEST_POWER = 1e-10
_RANGE_DECADES = 8.0
"""Powers more than 80 dB below the loudest are lifted to that floor."""


def log_mel(signal: Floats, *, bands: int = MEL_BANDS) -> Floats:
    """Return log10 mel powers [bands, frames] of a 16 kHz signal: 80 bands, or 128 for Whisper large-v3.

    Frame t covers samples 160 t to 160 t + 400 of `signal`: a caller that wants frames centred on their time, as
    Whisper does, puts 200 samples in front (`HALF_WINDOW_SAMPLES`).
    """
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW_SAMPLES)[::HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _hann_window(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel: Floats = np.log10(np.maximum(_mel_filters(bands) @ power.T, _QUIETEST_POWER), dtype=np.float32)
    return mel


def compressed(log_powers: Floats) -> Floats:
    """Limit the dynamic range to 80 dB and bring it to about -1..1, as Whisper's feature extractor does."""
    floor = np.float32(log_powers.max() - _RANGE_DECADES)
    result: Floats = (np.maximum(log_powers, floor) + np.float32(4.0)) / np.float32(4.0)
    return result


@cache
def _hann_window() -> Floats:
    """The periodic Hann window."""
    return np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)


@cache
def _mel_filters(bands: int) -> Floats:
    """Triangles [bands, 201] of unit area, evenly spaced on the mel scale of Slaney's Auditory Toolbox, 0 to 8 kHz."""
    edges_hz = _hz_of_mel(np.linspace(0.0, _mel_of_hz(SAMPLE_RATE_HZ / 2), bands + 2))
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, WINDOW_SAMPLES // 2 + 1)
    low, centre, high = (edges_hz[start : start + bands, np.newaxis] for start in range(3))
    rising = (bins_hz - low) / (centre - low)
    falling = (high - bins_hz) / (high - centre)
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    return np.ascontiguousarray(triangles * (2.0 / (high - low)), dtype=np.float32)


# Slaney's scale is linear up to 1 kHz (15 mels of 66.7 Hz each) and logarithmic above (27 mels for a factor of 6.4).
_LINEAR_HZ = 200.0 / 3.0
_KNEE_HZ, _KNEE_MEL = 1000.0, 15.0
_LOG_STEP = np.log(6.4) / 27.0


def _mel_of_hz(hz: float) -> float:
    return hz / _LINEAR_HZ if hz < _KNEE_HZ else _KNEE_MEL + float(np.log(hz / _KNEE_HZ) / _LOG_STEP)


def _hz_of_mel(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above_knee = _KNEE_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _KNEE_MEL) - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _LINEAR_HZ, above_knee)
