"""How likely a pause is the end of the turn, from what is known by now.

Owns the weighing of the witnesses: how the last words sounded (Smart Turn), what they were, whether the recogniser
would close the sentence there, and whether a language model would. Refuses to know the models, and how long anyone
waits (`settings` does).

Each witness adds its log-likelihood ratio, as in a naive Bayes classifier: `weight * (log-odds - neutral)`, where
`neutral` is what it says as often of ends as of pauses. One that is absent adds nothing and so favours neither side.
The weights are logistic regressions on 68 ends and 80 pauses after a function word of recorded sentences, and some 170
pauses elsewhere in them, rounded; each is smaller than the witness alone would have, as they partly say the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from vivavoce.turntaking.words import Ending, looked_at

__all__ = ["Evidence", "pooled", "turn_end_probability"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the witnesses said of one pause; None where one has not been heard.

    Attributes:
        sound: P(the turn is over) by the end-of-turn model, from the audio.
        words: the transcript so far.
        closing: P(the recogniser closes the sentence after these words).
        continuation: P(the turn ends after these words) by a language model.
    """

    sound: float | None = None
    words: str | None = None
    closing: float | None = None
    continuation: float | None = None


LEAST = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witness:
    weight: float
    neutral: float
    least: float

    def testimony(self, probability: float) -> float:
        bounded = min(max(probability, self.least), 1.0 - self.least)
        return self.weight * (math.log(bounded / (1.0 - bounded)) - self.neutral)


_SOUND = _Witness(weight=0.5, neutral=1.3, least=0.005)
_CLOSING = _Witness(weight=0.4, neutral=2.2, least=0.02)
_CONTINUATION = _Witness(weight=0.5, neutral=-2.1, least=0.005)

_ENDINGS = {Ending.LEANS: -2.0, Ending.MAY_LEAN: -1.7, Ending.DIGITS: -2.0, Ending.ANSWER: 2.0, Ending.OPEN: 0.4}

_TELLING_WORDS = 4
"""Words from which on the models of language count in full: of one word alone they say that more follows, whichever."""


def turn_end_probability(evidence: Evidence) -> float:
    """Return P(the turn is over), 0.5 where nothing is known: pauses and ends are taken to be equally frequent."""
    log_odds = 0.0
    if evidence.sound is not None:
        log_odds += _SOUND.testimony(evidence.sound)
    if evidence.words:
        log_odds += _of_words(evidence, evidence.words)
    return 1.0 / (1.0 + math.exp(-log_odds))


def pooled(before: float | None, now: float) -> float:
    """Return what a witness says who was asked twice: the mean of its log-odds (logarithmic opinion pool)."""
    if before is None:
        return now
    return 1.0 / (1.0 + math.exp(-(_log_odds(before) + _log_odds(now)) / 2))


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, LEAST), 1.0 - LEAST)
    return math.log(bounded / (1.0 - bounded))


def _of_words(evidence: Evidence, words: str) -> float:
    seen = looked_at(words)
    of_models = 0.0
    if evidence.closing is not None:
        of_models += _CLOSING.testimony(evidence.closing)
    if evidence.continuation is not None:
        of_models += _CONTINUATION.testimony(evidence.continuation)
    return _ENDINGS[seen.ending] + of_models * min(1.0, seen.count / _TELLING_WORDS)
