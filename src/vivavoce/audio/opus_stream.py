"""Opus packets decoded as they come.

Owns how a decoder that reads whole files is made to go on where it stopped: every time it decodes a little of what came
before again, and that part is dropped. Refuses to know the container the packets came in.
"""

from __future__ import annotations

import io
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from vivavoce.audio.ogg_opus import OPUS_HZ, opus_head, packet_samples, wrap_opus
from vivavoce.audio.pcm import Samples, float_to_pcm16
from vivavoce.audio.resample import StreamingResampler
from vivavoce.audio.webm import WebmPieces
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.audio.webm import OpusPackets

__all__ = ["OpusStream", "WebmToPcm"]

_LEAD_IN_SAMPLES = OPUS_HZ // 5
"""What is decoded again. A decoder agrees with one that never stopped to 80 dB after 240 ms of MediaRecorder's packets
of 60 ms, to 40 dB after 120 ms (measured on recorded speech); a packet more than this is always taken."""

_MOST_SAMPLES = 10 * OPUS_HZ
"""What is decoded at once. Two bytes can claim 120 ms: without a bound a small message would stop everyone's sound."""

_PRE_SKIP = slice(10, 12)
_CHANNELS = 9


class OpusStream:
    """One stream of packets, to mono float32 at 48 kHz.

    Making one raises InputError `audio_unreadable` for a head that no recorder writes.
    """

    def __init__(self, head: bytes) -> None:
        head = head or opus_head()
        if len(head) < _PRE_SKIP.stop or head[_CHANNELS] not in (1, 2):
            raise _undecodable("The recording is neither mono nor stereo.")
        self._skip = int.from_bytes(head[_PRE_SKIP], "little")
        self._head = head[: _PRE_SKIP.start] + bytes(2) + head[_PRE_SKIP.stop :]
        self._before: deque[bytes] = deque()
        self._before_samples = 0

    def decode(self, packets: Sequence[bytes]) -> Samples:
        """Return the sound of the packets, which follow those given before.

        Raises:
            InputError: `audio_unreadable`, one of them is not Opus, or together they last longer than 10 seconds.
        """
        wanted = sum(packet_samples(packet) for packet in packets)
        if wanted > _MOST_SAMPLES:
            raise _undecodable("One message holds more than 10 seconds of sound.")
        try:
            with soundfile.SoundFile(io.BytesIO(wrap_opus(self._head, [*self._before, *packets]))) as file:
                sound: Samples = file.read(dtype="float32", always_2d=True).mean(axis=1, dtype=np.float32)
        except soundfile.LibsndfileError:
            raise _undecodable("The Opus packets cannot be decoded.") from None
        self._remember(packets)
        heard = sound[max(0, len(sound) - wanted) :]
        skipped = min(self._skip, len(heard))
        self._skip -= skipped
        return heard[skipped:]

    def _remember(self, packets: Sequence[bytes]) -> None:
        for packet in packets:
            self._before.append(packet)
            self._before_samples += packet_samples(packet)
        while self._before_samples - packet_samples(self._before[0]) > _LEAD_IN_SAMPLES:
            self._before_samples -= packet_samples(self._before.popleft())


class WebmToPcm:
    """Pieces of WebM with Opus, as a MediaRecorder gives them, to PCM16 at another rate."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pieces = WebmPieces()
        self._file = 0
        self._begin(b"")

    def take(self, piece: bytes | bytearray | memoryview) -> bytes:
        """Return the sound that the piece completes; nothing when it completes none.

        Raises:
            InputError: `audio_unreadable`; what follows is passed over until a new file begins.
        """
        try:
            return b"".join(self._sound(found) for found in self._pieces.take(piece))
        except InputError:
            # Decoding goes on from what came before: after a packet or a head that cannot be decoded there is nothing.
            self._pieces.pass_over()
            raise

    def _sound(self, found: OpusPackets) -> bytes:
        if found.file != self._file:
            self._file = found.file
            self._begin(found.head)
        return float_to_pcm16(self._resampler.process(self._opus.decode(found.packets)))

    def _begin(self, head: bytes) -> None:
        self._opus = OpusStream(head)
        self._resampler = StreamingResampler(OPUS_HZ, self._rate_hz)


def _undecodable(message: str) -> InputError:
    return InputError("audio_unreadable", message, remedy="Begin a new recording, and send it as it is made.")
