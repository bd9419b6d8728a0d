"""The other end of the line: what the client may be playing now, and whether the microphone hears nothing but that.

Owns the meeting of the playout position (the machine's), the audio that was sent (`ItemAudio`) and the echo guard, and
the count of the echoes. Refuses to know how an echo is told (`turntaking.echo` does) and what follows from it.
"""

from __future__ import annotations

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
        item_id, position = sounding
        played = self._audio.slice(
            item_id,
            position - round((BEHIND_SECONDS + COMPARED_SECONDS) * SPEECH_HZ),
            position + round(AHEAD_SECONDS * SPEECH_HZ),
        )
        is_echo = self._guard.is_echo(resample(heard, MODEL_HZ, ECHO_HZ), resample(played, SPEECH_HZ, ECHO_HZ))
        self._echoes += is_echo
        return is_echo
