"""The other end of the line: what the client may be playing now, and whether the microphone hears nothing but that.

Owns a bounded record of what was sent and has not been played for long, its meeting with the playout position (the
machine's) and the echo guard, and the count of the echoes. Refuses to know how an echo is told (`turntaking.echo`
does) and what follows from it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vivavoce.audio.formats import MODEL_HZ, SPEECH_HZ
from vivavoce.audio.pcm import float_to_int16, int16_to_float
from vivavoce.audio.resample import StreamingResampler, resample
from vivavoce.turntaking.echo import AHEAD_SECONDS, BEHIND_SECONDS, COMPARED_SECONDS, ECHO_HZ, EchoGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.pcm import Samples

__all__ = ["COMPARED_SAMPLES", "STILL_AUDIBLE_SECONDS", "FarEnd"]

COMPARED_SAMPLES = round(COMPARED_SECONDS * MODEL_HZ)
"""How much of the microphone's audio is asked about."""

STILL_AUDIBLE_SECONDS = BEHIND_SECONDS
"""How long after its estimated end a reply may still come out of the loudspeaker."""


SECOND_LOOK_SAMPLES = 1_600
"""How much behind its onset a turn is looked at again: the client may play on until the hold has reached it."""


KEPT_SAMPLES = 4 * ECHO_HZ
"""What is kept of what was played: as far back as anything is compared."""

MAX_SAMPLES = 120 * ECHO_HZ
"""What is kept at most, 2 MB: what a client is sent further ahead is not compared."""


@dataclass(slots=True)
class _Track:
    """An item's audio at `ECHO_HZ`, from `start` on."""

    resampler: StreamingResampler = field(default_factory=lambda: StreamingResampler(SPEECH_HZ, ECHO_HZ))
    pieces: deque[npt.NDArray[np.int16]] = field(default_factory=deque)
    start: int = 0
    samples: int = 0

    def add(self, audio: Samples) -> None:
        piece = float_to_int16(self.resampler.process(audio))
        self.pieces.append(piece)
        self.samples += len(piece)

    def drop_before(self, place: int) -> None:
        while self.pieces and self.start + len(self.pieces[0]) <= place:
            dropped = len(self.pieces.popleft())
            self.start += dropped
            self.samples -= dropped

    def slice(self, start: int, end: int) -> Samples:
        """Return a stretch; silence where there is none."""
        stretch = np.zeros(end - start, np.float32)
        place = self.start
        for piece in self.pieces:
            held = int16_to_float(piece[max(0, start - place) : max(0, end - place)])
            at = max(0, place - start)
            stretch[at : at + len(held)] = held
            place += len(piece)
        return stretch


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
        can_hold: tells whether the client can keep a reply on hold.
    """

    def __init__(self, sounding: Callable[[], tuple[str, int] | None], *, can_hold: Callable[[], bool]) -> None:
        self._sounding = sounding
        self._tracks: dict[str, _Track] = {}
        self._overlong = ""
        self._can_hold = can_hold
        self._guard = EchoGuard()
        self._echoes = 0
        self._onset: _Onset | None = None

    @property
    def echoes(self) -> int:
        """How often the microphone has heard only what the client played."""
        return self._echoes

    @property
    def held_samples(self) -> int:
        """How much is kept of what was sent, at `ECHO_HZ`."""
        return sum(track.samples for track in self._tracks.values())

    def sent(self, item_id: str, audio: Samples) -> None:
        """The client gets more of an item's audio (24 kHz)."""
        self._let_go()
        if self.held_samples >= MAX_SAMPLES:
            # What follows of this item would stand in the wrong place.
            self._overlong = item_id
        if item_id != self._overlong:
            self._tracks.setdefault(item_id, _Track()).add(audio)

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

    def _let_go(self) -> None:
        """Forget what was played long ago."""
        sounding = self._sounding()
        if sounding is None:
            self._tracks.clear()
            return
        item_id, position = sounding
        if item_id in self._tracks:
            played = list(self._tracks)[: list(self._tracks).index(item_id)]
            for earlier in played:
                del self._tracks[earlier]
            self._tracks[item_id].drop_before(position * ECHO_HZ // SPEECH_HZ - KEPT_SAMPLES)

    def _compare(self, heard: Samples, item_id: str, position: int) -> bool:
        """Compare what was heard last with what is about `position` of the item."""
        track = self._tracks.get(item_id)
        if track is None:
            return False
        place = position * ECHO_HZ // SPEECH_HZ
        lasted = len(heard) * ECHO_HZ // MODEL_HZ
        played = track.slice(
            place - lasted - round(BEHIND_SECONDS * ECHO_HZ),
            place + round(AHEAD_SECONDS * ECHO_HZ),
        )
        return self._guard.is_echo(resample(heard, MODEL_HZ, ECHO_HZ), played)
