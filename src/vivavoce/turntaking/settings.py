"""How turns are detected: the tunable numbers, with their meaning and range.

Owns the two policies a session can choose (silence alone, or silence weighed by whether the sentence sounds finished).
Refuses to know which client asked and how it spelt the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DEFAULT_START_FRAMES", "Eagerness", "SemanticTurns", "SilenceTurns", "TurnDetection", "semantic_turns"]

Eagerness = Literal["low", "medium", "high", "auto"]

DEFAULT_START_FRAMES = 3
"""Speech frames (32 ms each) within `START_WINDOW` that make a start: a click or a key stroke has one or two."""


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
    """A turn ends sooner the more finished it sounds.

    Attributes:
        threshold: speech probability that counts as speech, 0 to 1.
        prefix_padding_ms: audio kept from before the detected start.
        judge_after_ms: silence after which the end-of-turn model is asked.
        min_delay_ms: silence that ends a turn that surely sounds finished.
        max_delay_ms: silence that ends any turn.
        sure: end-of-turn probability from which the minimum applies.
    """

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    judge_after_ms: int = 160
    min_delay_ms: int = 224
    max_delay_ms: int = 960
    sure: float = 0.5


TurnDetection = SilenceTurns | SemanticTurns

_BY_EAGERNESS: dict[Eagerness, SemanticTurns] = {
    "low": SemanticTurns(min_delay_ms=480, max_delay_ms=3_000, sure=0.7),
    "medium": SemanticTurns(),
    "auto": SemanticTurns(),
    "high": SemanticTurns(max_delay_ms=600, sure=0.35),
}


def semantic_turns(eagerness: Eagerness) -> SemanticTurns:
    """Return the policy that an eagerness of the Realtime protocol stands for."""
    return _BY_EAGERNESS[eagerness]
