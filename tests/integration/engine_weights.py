"""Weights and recordings for tests with real models."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr

from vivavoce.models.store import default_root

_IN_PACKAGES = {"moonshine-tiny-en": ("moonshine_voice", "assets/tiny-en"), "hibari": ("hibari", "assets")}


def weights(model: str) -> Path:
    """Return a model's folder; fails the test when its weights have not been pulled."""
    folder = default_root() / model
    if folder.is_dir():
        return folder
    if model in _IN_PACKAGES:
        package, inside = _IN_PACKAGES[model]
        return Path(str(resources.files(package))) / inside
    pytest.fail(f"the weights of {model} are not there: vivavoce models pull {model}")


def recording(name: str) -> npt.NDArray[np.float32]:
    """Return one of the recordings that ship with moonshine-voice, 16 kHz mono."""
    file = Path(str(resources.files("moonshine_voice"))) / "assets" / name
    audio, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    return at_16_khz(audio.mean(axis=1), rate_hz)


def at_16_khz(audio: npt.NDArray[np.float32], rate_hz: int) -> npt.NDArray[np.float32]:
    """Return `audio` at the rate the recognisers take."""
    resampled: npt.NDArray[np.float32] = soxr.resample(audio, rate_hz, 16_000).astype(np.float32)
    return resampled
