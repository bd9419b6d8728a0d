"""The audio formats of the wire, and the way between them and the models' rates.

Owns which formats a session may speak, and the two streams every session has: wire bytes to 16 kHz for the models, and
24 kHz speech to wire bytes. Refuses to know how a format is written in a protocol message.
"""

from __future__ import annotations

from enum import Enum, StrEnum, unique
from typing import TYPE_CHECKING

from vivavoce.audio.g711 import alaw_decode, alaw_encode, mulaw_decode, mulaw_encode
from vivavoce.audio.pcm import check_pcm16, float_to_pcm16, pcm16_to_float
from vivavoce.audio.resample import StreamingResampler

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

__all__ = ["MODEL_HZ", "SPEECH_HZ", "AudioFormat", "Encoding", "InputDecoder", "OutputEncoder"]

MODEL_HZ = 16_000
"""The rate every recogniser and detector hears."""

SPEECH_HZ = 24_000
"""The rate of synthesised speech inside the server."""


class Encoding(StrEnum):
    """How one sample is written."""

    PCM16 = "pcm16"
    PCMU = "pcmu"
    PCMA = "pcma"


@unique
class AudioFormat(Enum):
    """A mono wire format: an encoding and a rate."""

    PCM16_24K = (Encoding.PCM16, 24_000)
    PCMU_8K = (Encoding.PCMU, 8_000)
    PCMA_8K = (Encoding.PCMA, 8_000)

    @property
    def encoding(self) -> Encoding:
        """How one sample is written."""
        return self.value[0]

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self.value[1]

    @property
    def bytes_per_sample(self) -> int:
        """Two for PCM16, one for G.711."""
        return 2 if self.encoding is Encoding.PCM16 else 1

    @property
    def bytes_per_second(self) -> int:
        """What one second of audio costs on the wire, before any base64."""
        return self.rate_hz * self.bytes_per_sample

    def check(self, data: bytes | bytearray | memoryview) -> None:
        """Make sure that `data` is a whole number of samples.

        Raises:
            InputError: `audio_misaligned`, half a PCM16 sample.
        """
        if self.encoding is Encoding.PCM16:
            check_pcm16(data)

    def decode(self, data: bytes | bytearray | memoryview) -> Samples:
        """Return `data` as float32 at this format's own rate.

        Raises:
            InputError: `audio_misaligned`, half a PCM16 sample.
        """
        match self.encoding:
            case Encoding.PCM16:
                return pcm16_to_float(data)
            case Encoding.PCMU:
                return mulaw_decode(data)
            case Encoding.PCMA:
                return alaw_decode(data)

    def encode(self, samples: Samples) -> bytes:
        """Return float32 samples at this format's own rate as bytes; `OutputEncoder` changes the rate first."""
        match self.encoding:
            case Encoding.PCM16:
                return float_to_pcm16(samples)
            case Encoding.PCMU:
                return mulaw_encode(samples)
            case Encoding.PCMA:
                return alaw_encode(samples)


class InputDecoder:
    """One session's incoming audio: wire bytes to float32 at 16 kHz.

    Output sample `n` is the sound `n / 16000` seconds into the stream, exactly, for as long as the stream lasts. Up to
    4 ms are held back by the resampler until more arrives.
    """

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._resampler = StreamingResampler(audio_format.rate_hz, MODEL_HZ)

    def decode(self, data: bytes | bytearray | memoryview) -> Samples:
        """Return what `data` adds to the 16 kHz stream.

        Raises:
            InputError: `audio_misaligned`, half a PCM16 sample; the stream is unchanged.
        """
        return self._resampler.process(self._format.decode(data))

    def bytes_for(self, samples: int) -> int:
        """Return how many bytes more it takes until `decode` gives `samples` more samples."""
        return self._resampler.samples_for(samples) * self._format.bytes_per_sample

    def flush(self) -> Samples:
        """Return what is held back, for a turn that is committed now; the stream may go on afterwards."""
        return self._resampler.flush()


class OutputEncoder:
    """One reply's outgoing audio: float32 at `source_hz` to wire bytes."""

    def __init__(self, audio_format: AudioFormat, source_hz: int = SPEECH_HZ) -> None:
        self._format = audio_format
        self._resampler = StreamingResampler(source_hz, audio_format.rate_hz)

    def encode(self, samples: Samples) -> bytes:
        """Return what `samples` add to the wire's stream; may be empty for a few samples."""
        return self._format.encode(self._resampler.process(samples))

    def flush(self) -> bytes:
        """Return the end of the reply's audio."""
        return self._format.encode(self._resampler.flush())
