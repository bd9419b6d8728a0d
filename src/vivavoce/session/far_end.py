"""The other end of the line: what the client may be playing now, and whether the microphone hears nothing but that.

Owns the meeting of the playout position (the machine's), the audio that was sent (`ItemAudio`) and the echo guard, and
the count of the echoes. Refuses to know how an echo is told (`turntaking.echo` does) and what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.audio.formats import MODEL_HZ, SPEECH_HZ
from vivavoce.audio.resample import resample
from vivavoce.turntaking.echo import AHEAD_SECONDS, BEHIND_SECONDS, COMPARED_SECONDS, ECHO_HZ, EchoGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.pcm import Samples
    from vivavoce.session.item_audio import ItemAudio

__all__ = ["COMPARED_SAMPLES", "STILL_AUDIBLE_SECONDS", "FarEnd"]

COMPARED_SAMPLES = round(COMPARED_SECONDS * MODEL_HZ)
"""How much of the microphone's audio is asked about."""

STILL_AUDIBLE_SECONDS = BEHIND_SECONDS
"""How long after its estimated end a reply may still come out of the loudspeaker."""


SECOND_LOOK_SAMPLES = 1_600
"""How much behind its onset a turn is looked at again: the client may play on until the hold has reached it."""


@dataclass(frozen=True, slots=True)
class _Onset:
    """Where a turn was found to begin, and where the client was then."""

    start_sample: int
    at_sample: int
    item_id: str
    position: int


class FarEnd:
    """What one session's client plays.

    Args:
        sounding: tells the item in the air, or lately, and its position at 24 kHz.
        audio: what was sent.
        can_hold: tells whether the client can keep a reply on hold.
    """

    def __init__(
        self,
        sounding: Callable[[], tuple[str, int] | None],
        audio: ItemAudio,
        *,
        can_hold: Callable[[], bool],
    ) -> None:
        self._sounding = sounding
        self._audio = audio
        self._can_hold = can_hold
        self._guard = EchoGuard()
        self._echoes = 0
        self._onset: _Onset | None = None

    @property
    def echoes(self) -> int:
        """How often the microphone has heard only what the client played."""
        return self._echoes

    def can_be_held(self) -> bool:
        """Tell whether the client plays something, and can be held and go on."""
        return self._can_hold() and self._sounding() is not None

    def explains(self, heard: Samples) -> bool:
        """Tell whether the microphone's newest `COMPARED_SAMPLES` (16 kHz) are an echo of what the client plays."""
        sounding = self._sounding()
        if sounding is None or len(heard) < COMPARED_SAMPLES:
            return False
        is_echo = self._compare(heard, *sounding)
        self._echoes += is_echo
        return is_echo

    def note_onset(self, start_sample: int, at_sample: int) -> None:
        """A turn from `start_sample` was found to begin when the microphone was at `at_sample`."""
        sounding = self._sounding()
        self._onset = None if sounding is None else _Onset(start_sample, at_sample, *sounding)

    def explains_turn(self, start_sample: int, hear: Callable[[int, int], Samples]) -> bool:
        """Tell whether the turn from `start_sample` began as an echo, now that more of it can be compared.

        `hear` returns what the microphone heard between two places.
        """
        onset = self._onset
        if onset is None or onset.start_sample != start_sample:
            return False
        end = onset.at_sample + SECOND_LOOK_SAMPLES
        heard = hear(end - 2 * COMPARED_SAMPLES, end)
        if len(heard) < 2 * COMPARED_SAMPLES:
            return False
        return self._compare(heard, onset.item_id, onset.position + SECOND_LOOK_SAMPLES * SPEECH_HZ // MODEL_HZ)

    def _compare(self, heard: Samples, item_id: str, position: int) -> bool:
        """Compare what was heard last with what is about `position` of the item."""
        lasted = len(heard) * SPEECH_HZ // MODEL_HZ
        played = self._audio.slice(
            item_id,
            position - lasted - round(BEHIND_SECONDS * SPEECH_HZ),
            position + round(AHEAD_SECONDS * SPEECH_HZ),
        )
        return self._guard.is_echo(resample(heard, MODEL_HZ, ECHO_HZ), resample(played, SPEECH_HZ, ECHO_HZ))
