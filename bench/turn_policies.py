"""How well a score tells ends from pauses, and what the best policy makes of it.

Owns the arithmetic. The policies are those of eot-bench (github.com/livekit/eot-bench): a turn is over after
`action_delay` of silence where the score reaches a threshold, else after `timeout`; a pause that is longer than that is
cut in on. Refuses to know where scores come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.scoring import percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["area_under_curve", "curve", "cut_when_accepted", "operating_points"]

Point = tuple[float, float]
"""Mean delay at true ends in ms, and pauses cut in on in %."""

ACTION_DELAYS_MS = range(100, 1_001, 50)
TIMEOUTS_MS = range(200, 3_001, 100)
THRESHOLDS = 60


def area_under_curve(ends: Sequence[float], pauses: Sequence[float]) -> float:
    """Return P(a random end scores above a random pause)."""
    difference = np.subtract.outer(np.asarray(ends), np.asarray(pauses))
    return float(np.mean((difference > 0) + 0.5 * (difference == 0))) if difference.size else float("nan")


def cut_when_accepted(ends: Sequence[float], pauses: Sequence[float], accepted_percent: float) -> float:
    """Return the share of pauses at or above the score that this much of the ends reaches."""
    threshold = percentile(ends, 100 - accepted_percent)
    return sum(score >= threshold for score in pauses) / len(pauses)


def curve(ends: Sequence[float], pauses: Sequence[float], pauses_ms: Sequence[int]) -> list[Point]:
    """Return the points that no other policy betters, by delay; `pauses_ms` are the pauses' lengths."""
    end_scores, pause_scores, lengths = np.asarray(ends), np.asarray(pauses), np.asarray(pauses_ms)
    thresholds = np.unique(np.quantile(np.concatenate([end_scores, pause_scores]), np.linspace(0, 1, THRESHOLDS)))
    points: list[Point] = []
    for threshold in [*thresholds, np.inf]:
        for action in ACTION_DELAYS_MS:
            for timeout in TIMEOUTS_MS:
                if timeout < action:
                    continue
                delay = float(np.mean(np.where(end_scores >= threshold, action, timeout)))
                fires = np.where(pause_scores >= threshold, action, timeout)
                points.append((delay, 100 * float(np.mean(fires < lengths))))
    return _frontier(points)


def operating_points(points: Sequence[Point]) -> tuple[float | None, float | None, float | None, float | None]:
    """Return the cuts at a mean delay of 300 and 600 ms, and the delays at 5 % and 10 % cuts; None: out of reach."""
    cuts = [min((cut for delay, cut in points if delay <= budget), default=None) for budget in (300, 600)]
    delays = [min((delay for delay, cut in points if cut <= budget), default=None) for budget in (5, 10)]
    return cuts[0], cuts[1], delays[0], delays[1]


def _frontier(points: list[Point]) -> list[Point]:
    best: list[Point] = []
    for delay, cut in sorted(points):
        if not best or cut < best[-1][1]:
            best.append((delay, cut))
    return best
