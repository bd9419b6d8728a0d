"""A detector fed with strips: `#` is a frame of sure speech, `_` one of sure silence, `~` one between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.turntaking.detector import FRAME_SAMPLES, TurnDetector, TurnSignal

if TYPE_CHECKING:
    from collections.abc import Sequence

PROBABILITIES = {"#": 0.9, "_": 0.02, "~": 0.4}
FRAME_MS = FRAME_SAMPLES // 16


def feed(detector: TurnDetector, strip: str) -> list[TurnSignal]:
    """Feed a strip and return all it led to; spaces count for nothing."""
    return [signal for mark in strip.replace(" ", "") for signal in detector.feed(PROBABILITIES[mark])]


def names(signals: Sequence[TurnSignal]) -> list[str]:
    """Return what kind each signal is of."""
    return [type(signal).__name__ for signal in signals]
