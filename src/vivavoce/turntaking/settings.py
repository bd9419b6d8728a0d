"""How turns are detected: the tunable numbers, with their meaning and range.

Owns the two policies a session can choose (silence alone, or silence weighed by whether the sentence sounds finished).
Refuses to know which client asked and how it spelt the request.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

__all__ = ["DEFAULT_START_FRAMES", "Eagerness", "SemanticTurns", "SilenceTurns", "TurnDetection", "semantic_turns"]

Eagerness = Literal["low", "medium", "high", "auto"]

DEFAULT_START_FRAMES = 3
"""Speech frames (32 ms each) within `START_WINDOW` that make a start: a click or a key stroke has one or two."""

DOUBT_POWER = 1.9


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceTurns:
    """A turn ends after a fixed silence.

    Attributes:
        threshold: speech probability that counts as speech, 0 to 1.
        prefix_padding_ms: audio kept from before the detected start.
        silence_ms: silence that ends the turn.
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_ms: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticTurns:
    """A turn ends sooner the more finished it seems.

    Attributes:
        threshold: speech probability that counts as speech, 0 to 1.
        prefix_padding_ms: audio kept from before the detected start.
        judge_after_ms: silence after which the end-of-turn model is asked.
        judge_again_ms: silence after which it is asked once more where a doubt is left: more silence tells more.
        min_delay_ms: silence that ends a turn that is surely finished.
        hear_out_ms: silence up to which evidence still on its way is waited for.
        max_delay_ms: silence that ends a turn that is surely not finished; a speaker who pauses long gets more.
        sure: end-of-turn probability from which the minimum applies.
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    judge_after_ms: int = 96
    judge_again_ms: int = 256
    min_delay_ms: int = 160
    hear_out_ms: int = 256
    max_delay_ms: int = 2_500
    sure: float = 0.85

    def delay_ms(self, probability: float, *, stretch: float = 1.0) -> float:
        """Return the silence that ends a turn which is over with this probability; what exceeds the minimum stretches.

        It grows faster than the doubt: little where an end is likelier than not, which is where most true ends are
        that are not sure, and much below, where nearly all are pauses.
        """
        doubt = max(0.0, 1.0 - probability / self.sure)
        return self.min_delay_ms + stretch * math.pow(doubt, DOUBT_POWER) * (self.max_delay_ms - self.min_delay_ms)


TurnDetection = SilenceTurns | SemanticTurns

_BY_EAGERNESS: dict[Eagerness, SemanticTurns] = {
    "low": SemanticTurns(min_delay_ms=416, hear_out_ms=416, max_delay_ms=4_000, sure=0.95),
    "medium": SemanticTurns(),
    "auto": SemanticTurns(),
    "high": SemanticTurns(max_delay_ms=1_000, sure=0.7),
}
"""The Realtime protocol bounds the silence at 8, 4 and 2 seconds; its order is kept, well within."""


def semantic_turns(eagerness: Eagerness) -> SemanticTurns:
    """Return the policy that an eagerness of the Realtime protocol stands for."""
    return _BY_EAGERNESS[eagerness]
