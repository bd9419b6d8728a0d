"""One speaker's microphone while others have the floor: does a voice begin?

Owns a few moments of that microphone's audio, so that no beginning is lost. Refuses to know who has the floor, and
anything about turns but their beginning; the session's own ear hears whoever has it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from vivavoce.audio.formats import AudioFormat, InputDecoder
from vivavoce.audio.pcm import float_to_int16
from vivavoce.turntaking.detector import FRAME_SAMPLES, TurnDetector
from vivavoce.turntaking.settings import SilenceTurns

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from vivavoce.engines.vad.batching import VadBatcher

__all__ = ["Ear"]

_A_VOICE = SilenceTurns()
"""What counts as one: every room's rule, whatever the host's settings say of turns."""

KEPT_SECONDS = 0.8
"""What is kept of the past: a start is told 100 ms after the first sound, and its padding is up to 500 ms."""


class Ear:
    """A `VadStream` that calls `on_voice` with every frame of speech. Enter `VadBatcher.stream` with it."""

    def __init__(self, audio_format: AudioFormat, batcher: VadBatcher, *, on_voice: Callable[[], None]) -> None:
        self._batcher = batcher
        self._on_voice = on_voice
        self._format = audio_format
        self.begin_afresh()

    def configure(self, audio_format: AudioFormat) -> None:
        """Hear this format from now on."""
        if audio_format is not self._format:
            self._format = audio_format
            self.begin_afresh()

    def begin_afresh(self) -> None:
        """Forget what was heard."""
        self._decoder = InputDecoder(self._format)
        self._detector = TurnDetector(_A_VOICE)
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._unheard: npt.NDArray[np.int16] = np.zeros(0, np.int16)

    def append(self, data: bytes) -> None:
        """Take in audio.

        Raises:
            InputError: half a sample.
        """
        self._format.check(data)
        self._keep(data)
        if not self._batcher.is_ready:
            return
        self._unread.append(data)
        self._unread_bytes += len(data)
        if self._unread_bytes >= self._decoder.bytes_for(FRAME_SAMPLES - len(self._unheard) % FRAME_SAMPLES):
            fresh = float_to_int16(self._decoder.decode(b"".join(self._unread)))
            self._unread, self._unread_bytes = [], 0
            longest = round(KEPT_SECONDS * 16_000)
            self._unheard = np.concatenate([self._unheard, fresh])[-longest:]
            self._batcher.submit(self)

    def take(self) -> bytes:
        """Return the last moments, and forget them."""
        heard = b"".join(self._kept)
        self.begin_afresh()
        return heard

    def next_frame(self, into: npt.NDArray[np.int16]) -> bool:
        """Write the next frame, and return whether there was one."""
        if len(self._unheard) < FRAME_SAMPLES:
            return False
        into[:] = self._unheard[:FRAME_SAMPLES]
        self._unheard = self._unheard[FRAME_SAMPLES:]
        return True

    def take_probability(self, probability: float, level_db: float) -> bool:
        """Look for a voice in the frame written last, and return whether there may be another."""
        self._detector.feed(probability, level_db)
        if self._detector.is_in_turn and probability >= _A_VOICE.threshold:
            self._on_voice()
        return len(self._unheard) >= FRAME_SAMPLES

    def fail(self, error: Exception) -> None:
        """The detector failed: the session's ear has heard of it too, and the room ends."""

    def _keep(self, data: bytes) -> None:
        most = round(KEPT_SECONDS * self._format.bytes_per_second)
        self._kept.append(data)
        self._kept_bytes += len(data)
        while self._kept_bytes - len(self._kept[0]) >= most:
            self._kept_bytes -= len(self._kept.popleft())
