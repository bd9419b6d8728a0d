"""Whether what a microphone hears is only the assistant's own voice, come back through the room.

Owns the comparison of the newest piece of the microphone's signal with what the client may have been playing, and what
is known of the way between them. Refuses to know where either signal comes from and what becomes of the answer.

Method: the normalised cross-correlation of the two signals over all plausible delays (C. H. Knapp and G. C. Carter,
"The generalized correlation method for estimation of time delay", 1976), with their high frequencies raised once and
twice, and the lesser of the two counts: raised once, two voices of one pitch look alike, and raised twice, a hiss
common to both outweighs the voice over it. A room and a codec lower the peak and leave it in its place; another voice
has none. Once an echo was found, its delay and its strength tell later ones from a voice that speaks over them: sound
much stronger than the way can account for is more than its echo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["AHEAD_SECONDS", "BEHIND_SECONDS", "COMPARED_SECONDS", "ECHO_HZ", "EchoGuard"]

ECHO_HZ = 8_000
"""The rate of both signals: an echo is told as well by its lower half, at a quarter of the cost."""

COMPARED_SECONDS = 0.2
"""How much of the microphone's signal is compared: what a start of speech is found in."""

BEHIND_SECONDS = 1.0
AHEAD_SECONDS = 0.3
"""How far before and after its estimated position a client may really be playing."""

SOME_WAY = 0.33
"""Peak correlation that an echo over a way not known yet has, and 98 % of the starts of other voices have not."""

KNOWN_WAY = 0.15
"""Peak correlation of an echo about where the last one was found."""

KNOWN_WITHIN_SAMPLES = 480
TOO_STRONG = 6.0
"""How many times as strong as the way accounts for a sound must be to be more than an echo."""

PRE_EMPHASIS = 0.9
_FLOOR = 1e-4

_Signal = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class _Way:
    """From the loudspeaker to the microphone: `lag` in samples of the compared window, and the gain of power."""

    lag: int
    gain: float


class EchoGuard:
    """Judges one session's microphone; it learns the way as it goes."""

    def __init__(self) -> None:
        self._way: _Way | None = None

    def is_echo(self, heard: _Signal, played: _Signal) -> bool:
        """Tell whether `heard` is explained by `played`, both at `ECHO_HZ`.

        Args:
            heard: the newest sound of the microphone, `COMPARED_SECONDS` or more of it.
            played: what the client was sent, from `BEHIND_SECONDS` and the length of `heard` before its estimated
                position at the end of `heard` to `AHEAD_SECONDS` after it; zeros where nothing plays.
        """
        voice, far = _emphasised(heard), _emphasised(played)
        power = float(voice @ voice)
        if not power or len(far) < len(voice):
            return False
        likeness, far_powers = _compared(voice, far)
        return self._is_known_echo(likeness, power / far_powers) or self._is_new_echo(likeness, power / far_powers)

    def _is_known_echo(self, likeness: _Signal, gains: _Signal) -> bool:
        """Tell whether there is an echo where the last one was found, and note where it has moved to."""
        way = self._way
        if way is None:
            return False
        start = max(0, way.lag - KNOWN_WITHIN_SAMPLES)
        lag = start + int(np.argmax(likeness[start : way.lag + KNOWN_WITHIN_SAMPLES + 1]))
        if likeness[lag] < KNOWN_WAY or gains[lag] > TOO_STRONG * way.gain:
            return False
        if likeness[lag] >= SOME_WAY:
            self._way = _Way(lag, float(gains[lag]))
        return True

    def _is_new_echo(self, likeness: _Signal, gains: _Signal) -> bool:
        """Tell whether there is an echo anywhere that is not the known one with a voice over it, and note its way."""
        way, lag = self._way, int(np.argmax(likeness))
        if likeness[lag] < SOME_WAY:
            return False
        if way is not None and abs(lag - way.lag) <= KNOWN_WITHIN_SAMPLES and gains[lag] > TOO_STRONG * way.gain:
            return False
        self._way = _Way(lag, float(gains[lag]))
        return True


def _emphasised(signal: _Signal) -> _Signal:
    """Return the signal with its high frequencies raised by 6 dB an octave."""
    return signal[1:] - PRE_EMPHASIS * signal[:-1]


def _compared(voice: _Signal, far: _Signal) -> tuple[_Signal, _Signal]:
    """Return how alike `voice` is to `far` at each lag, 0 to 1, and the power of `far` there."""
    lags = len(far) - len(voice) + 1
    size = 1 << (len(far) - 1).bit_length()
    spectrum = np.fft.rfft(far, size) * np.conj(np.fft.rfft(voice, size))
    raised = 1 + PRE_EMPHASIS**2 - 2 * PRE_EMPHASIS * np.cos(np.linspace(0, np.pi, len(spectrum)))
    powers = _powers(far, len(voice))
    once = np.abs(np.fft.irfft(spectrum, size)[:lags]) / np.sqrt(powers * float(voice @ voice))
    voice, far = _emphasised(voice), _emphasised(far)
    norm = np.sqrt(_powers(far, len(voice)) * max(float(voice @ voice), _FLOOR**2))
    twice = np.abs(np.fft.irfft(spectrum * raised, size)[:lags]) / norm
    return np.minimum(once, twice), powers


def _powers(signal: _Signal, length: int) -> _Signal:
    """Return the power of every stretch of `length`; none is taken for silent, where everything looks alike."""
    sums = np.concatenate(([0.0], np.cumsum(signal * signal)))
    powers = sums[length:] - sums[:-length]
    return np.asarray(np.maximum(powers, _FLOOR * max(float(powers.max()), _FLOOR)))
