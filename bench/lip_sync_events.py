"""What happens in a recorded reply, found apart in its sound and in its mouth, and how far the two are from each other.

Owns what counts as a beginning, an end and a parting of the lips. Refuses to know who recorded it. The sound is judged
by its loudness and its brightness alone, so that a timeline that is wrong everywhere is wrong here.

Lips that are closed can be heard: an m hums, and so does the beginning of a b. So their parting is no matter of
loudness. It is the steepest rise of brightness, where a burst or an open vowel sets in (an "abrupt landmark": Stevens,
"Toward a model for lexical access based on acoustic landmarks and distinctive features", 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Curve = npt.NDArray[np.float64]

__all__ = ["Heard", "LipSync", "Look", "lip_sync"]

WINDOW_SECONDS = 0.005
SILENCE_SECONDS = 0.15
"""A gap that is shorter lies within what is said."""

AUDIBLE = 0.03
"""Of the loud parts: -30 dB."""

NEAR_SECONDS = 0.35
"""What lies further apart is not the same beginning."""

RELEASE_NEAR_SECONDS = 0.06
"""How much later than the mouth the sound may part its lips, and still mean the same."""

LEAST_RISE_DB = 5.0
"""Of brightness, from 5 ms before to 5 ms after; less is not told from the voice's own unevenness."""

HUM_RISE_DB, HUM_DULLNESS_DB = 6.0, 16.0
"""Where loudness rises so much, to something so much duller than loud, a voice begins to hum behind closed lips."""

REST_SECONDS = 0.05
"""A mouth that is at rest so soon after its lips have parted is not heard to part them."""

MOST_APART_SECONDS = 0.02
"""Of what happened between two looks further apart than this it is not known when it happened."""

HALF = 0.5


class Heard(NamedTuple):
    """5 ms of the sound: when they begin, in seconds, how loud they are, and how loud their slope is, at 24 kHz."""

    at: float
    loudness: float
    brightness: float


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
        unseen: events at which the mouth was not looked at often enough to tell; they are not among the others.
    """

    starts: tuple[float, ...]
    drawn_starts: tuple[float, ...]
    ends: tuple[float, ...]
    partings: tuple[float, ...]
    missed: int
    unseen: int


class _Crossing(NamedTuple):
    """A curve goes through one half; `is_sure` when it was looked at right before and right after."""

    at: float
    is_rising: bool
    is_sure: bool


def lip_sync(sound: Sequence[Heard], looks: Sequence[Look]) -> LipSync:
    """Compare the sound, of every 5 ms, with looks at the mouth."""
    times, loudness, brightness = np.array(sound, float).reshape(-1, len(Heard._fields)).T
    stretches = _stretches(times, loudness)
    seen = sorted(looks, key=lambda look: look.at)
    drawn = [look for look in seen if look.is_drawn]
    moves = _crossings([(look.at, look.open) for look in seen])
    starts = [(start, _nearest([move for move in moves if move.is_rising], start)) for start, _ in stretches]
    ends = [(end, _nearest([move for move in moves if not move.is_rising], end)) for _, end in stretches]
    pictured = [(start, _nearest(_first_pictures(drawn), start)) for start, _ in stretches]
    voice = _Voice(times, _decibels(loudness), _decibels(brightness))
    releases = [(voice.release(closed.at, parted.at), parted) for closed, parted in _closures(seen)]
    return LipSync(
        starts=_delays(starts),
        drawn_starts=_delays(pictured),
        ends=_delays(ends),
        partings=_delays(releases),
        missed=sum(mouth is None for _, mouth in starts),
        unseen=sum(mouth is not None and not mouth.is_sure for _, mouth in [*starts, *ends, *releases]),
    )


def _delays(pairs: Sequence[tuple[float | None, _Crossing | None]]) -> tuple[float, ...]:
    return tuple(
        1000 * (mouth.at - sound) for sound, mouth in pairs if mouth is not None and mouth.is_sure and sound is not None
    )


def _decibels(levels: Curve) -> Curve:
    return 20 * np.log10(levels + 1e-5)


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


def _crossings(curve: Sequence[tuple[float, float]]) -> list[_Crossing]:
    """Return where a curve goes up through one half, and where down."""
    crossings: list[_Crossing] = []
    for (at, value), (later, next_value) in pairwise(curve):
        if (value < HALF) == (next_value < HALF):
            continue
        crossing = at + (later - at) * (HALF - value) / (next_value - value)
        is_sure = later - at <= MOST_APART_SECONDS
        crossings.append(_Crossing(at=crossing, is_rising=next_value > value, is_sure=is_sure))
    return crossings


def _closures(seen: Sequence[Look]) -> Iterator[tuple[_Crossing, _Crossing]]:
    """Yield where lips close and where they part, within what is said."""
    times = [look.at for look in seen]
    for closed, parted in pairwise(_crossings([(look.at, look.closed_lips) for look in seen])):
        after = int(np.searchsorted(times, parted.at + REST_SECONDS))
        if closed.is_rising and after < len(seen) and seen[after].open >= HALF:
            yield closed, parted


def _first_pictures(drawn: Sequence[Look]) -> list[_Crossing]:
    return [
        _Crossing(at=look.at, is_rising=True, is_sure=True)
        for before, look in pairwise(drawn)
        if before.open < HALF <= look.open
    ]


def _nearest(moments: Sequence[_Crossing], to: float) -> _Crossing | None:
    nearest = min(moments, key=lambda moment: abs(moment.at - to), default=None)
    return nearest if nearest is not None and abs(nearest.at - to) <= NEAR_SECONDS else None


@dataclass(frozen=True, slots=True)
class _Voice:
    """What was heard, in decibels."""

    times: Curve
    loudness: Curve
    brightness: Curve

    def release(self, closed_at: float, parted_at: float) -> float | None:
        """Return when lips part in the sound that the mouth has closed for so long; None where it cannot be told."""
        first = max(1, int(np.searchsorted(self.times, closed_at)))
        last = min(self.times.size - 1, int(np.searchsorted(self.times, parted_at + RELEASE_NEAR_SECONDS)))
        places = np.arange(first, last)
        if not places.size:
            return None
        rises = self.brightness[places + 1] - self.brightness[places - 1]
        louder = self.loudness[places + 1] - self.loudness[places - 1]
        dullness = self.loudness[places + 1] - self.brightness[places + 1]
        rises[(louder > HUM_RISE_DB) & (dullness > HUM_DULLNESS_DB)] = 0
        if rises.max() < LEAST_RISE_DB:
            return None
        steepest = int(places[np.argmax(rises)])
        half_way = (self.brightness[steepest - 1] + self.brightness[steepest + 1]) / 2
        return float(self.times[steepest if self.brightness[steepest] >= half_way else steepest + 1])
