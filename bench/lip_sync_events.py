"""What happens in a recorded reply, found apart in its sound and in its mouth, and how far the two are from each other.

Owns what counts as a beginning, an end and a parting of the lips. Refuses to know who recorded it. The sound is judged
by its loudness alone, so that a timeline that is wrong everywhere is wrong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LipSync", "Look", "lip_sync"]

WINDOW_SECONDS = 0.005
SILENCE_SECONDS = 0.15
"""A gap that is shorter lies within what is said."""

AUDIBLE = 0.03
"""Of the loud parts: -30 dB."""

NEAR_SECONDS = 0.35
"""What lies further apart is not the same beginning."""

RELEASE_NEAR_SECONDS = 0.08
RISE_SECONDS = 0.12
RELEASE_RISE = 2.5
"""How much louder it is behind closed lips than between them, at least, for their parting to be told from the sound."""

HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The mouth at a moment: how far it is from rest, how closed the lips are, and whether it was drawn then."""

    at: float
    open: float
    closed_lips: float
    is_drawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSync:
    """How many milliseconds the mouth is later than the sound (earlier where negative), event by event.

    Attributes:
        starts: where the voice begins after silence.
        drawn_starts: the same, counted from the first picture that shows it.
        ends: where the voice falls silent.
        partings: where lips part within what is said.
        missed: beginnings of the sound at which the mouth stayed shut.
    """

    starts: tuple[float, ...]
    drawn_starts: tuple[float, ...]
    ends: tuple[float, ...]
    partings: tuple[float, ...]
    missed: int


def lip_sync(sound: Sequence[tuple[float, float]], looks: Sequence[Look]) -> LipSync:
    """Compare `sound`, as (seconds, loudness) of every 5 ms, with `looks` at the mouth."""
    times = np.array([time for time, _ in sound])
    levels = np.array([level for _, level in sound])
    stretches = _stretches(times, levels)
    seen = sorted(looks, key=lambda look: look.at)
    drawn = [look for look in seen if look.is_drawn]
    begun, shut = _crossings([(look.at, look.open) for look in seen])
    starts = [(start, _nearest(begun, start)) for start, _ in stretches]
    ends = [(end, _nearest(shut, end)) for _, end in stretches]
    pictured = [(start, _nearest(_first_pictures(drawn), start)) for start, _ in stretches]
    closed, parted = _crossings([(look.at, look.closed_lips) for look in seen])
    releases = [(_release(times, levels, before, after), after) for before, after in zip(closed, parted, strict=False)]
    return LipSync(
        starts=_delays(starts),
        drawn_starts=_delays(pictured),
        ends=_delays(ends),
        partings=_delays(releases),
        missed=sum(mouth is None for _, mouth in starts),
    )


def _delays(pairs: Sequence[tuple[float | None, float | None]]) -> tuple[float, ...]:
    return tuple(1000 * (mouth - sound) for sound, mouth in pairs if mouth is not None and sound is not None)


def _stretches(times: np.ndarray, levels: np.ndarray) -> list[tuple[float, float]]:
    """Return where each stretch of sound begins and ends."""
    stretches: list[tuple[float, float]] = []
    loud = float(np.percentile(levels[levels > 0], 95)) if (levels > 0).any() else np.inf
    for time in times[levels > AUDIBLE * loud]:
        if stretches and time - stretches[-1][1] < SILENCE_SECONDS:
            stretches[-1] = stretches[-1][0], float(time + WINDOW_SECONDS)
        else:
            stretches.append((float(time), float(time + WINDOW_SECONDS)))
    return stretches


def _crossings(curve: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return where a curve goes up through one half, and where down."""
    up: list[float] = []
    down: list[float] = []
    for (at, value), (later, next_value) in pairwise(curve):
        if (value < HALF) == (next_value < HALF):
            continue
        crossing = at + (later - at) * (HALF - value) / (next_value - value)
        (up if next_value > value else down).append(crossing)
    return up, down


def _first_pictures(drawn: Sequence[Look]) -> list[float]:
    return [look.at for before, look in pairwise(drawn) if before.open < HALF <= look.open]


def _nearest(moments: Sequence[float], to: float) -> float | None:
    nearest = min(moments, key=lambda moment: abs(moment - to), default=None)
    return nearest if nearest is not None and abs(nearest - to) <= NEAR_SECONDS else None


def _release(times: np.ndarray, levels: np.ndarray, closed_at: float, parted_at: float) -> float | None:
    """Return when the sound comes back behind lips that were closed for so long: half way up in decibels."""
    closure = np.flatnonzero(
        (times >= closed_at - RELEASE_NEAR_SECONDS / 2) & (times <= parted_at + RELEASE_NEAR_SECONDS)
    )
    if not closure.size:
        return None
    quiet = int(closure[np.argmin(levels[closure])])
    rising = levels[quiet : quiet + round(RISE_SECONDS / WINDOW_SECONDS)]
    floor = max(float(levels[quiet]), 1e-4)
    if rising.max() < RELEASE_RISE * floor:
        return None
    return float(times[quiet + int(np.argmax(rising > np.sqrt(rising.max() * floor)))])
