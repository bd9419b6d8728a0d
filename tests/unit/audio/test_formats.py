"""Wire formats to the models' rate, and speech back to the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.audio.formats import MODEL_HZ, SPEECH_HZ, AudioFormat, InputDecoder, OutputEncoder
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples


def tone(rate_hz: int, seconds: float = 1.0) -> Samples:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * seconds)) / rate_hz)).astype(np.float32)


@pytest.mark.parametrize(
    ("audio_format", "bytes_per_second"),
    [
        (AudioFormat.PCM16_24K, 48_000),
        (AudioFormat.PCMU_8K, 8_000),
        (AudioFormat.PCMA_8K, 8_000),
    ],
)
def test_a_second_costs_what_the_format_says(audio_format: AudioFormat, bytes_per_second: int) -> None:
    assert audio_format.bytes_per_second == bytes_per_second
    assert len(audio_format.encode(tone(audio_format.rate_hz))) == bytes_per_second


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_a_tone_reaches_the_models_at_16_khz_in_20_ms_frames(audio_format: AudioFormat) -> None:
    wire = audio_format.encode(tone(audio_format.rate_hz))
    frame = audio_format.bytes_per_second // 50
    decoder = InputDecoder(audio_format)
    pieces = [decoder.decode(wire[start : start + frame]) for start in range(0, len(wire), frame)]
    heard = np.concatenate([*pieces, decoder.flush()])
    assert len(heard) == MODEL_HZ
    assert np.max(np.abs(heard[100:-100] - tone(MODEL_HZ)[100:-100])) < 0.02


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_at_most_4_ms_of_input_are_held_back(audio_format: AudioFormat) -> None:
    heard = InputDecoder(audio_format).decode(bytes(audio_format.bytes_per_second))
    assert MODEL_HZ - len(heard) <= MODEL_HZ * 0.0042


@pytest.mark.parametrize("audio_format", AudioFormat)
def test_a_reply_reaches_the_wire_whole(audio_format: AudioFormat) -> None:
    encoder = OutputEncoder(audio_format)
    frames = np.split(tone(SPEECH_HZ), 50)
    wire = b"".join([*(encoder.encode(frame) for frame in frames), encoder.flush()])
    assert len(wire) == audio_format.bytes_per_second
    said = audio_format.decode(wire)
    assert np.max(np.abs(said[100:-100] - tone(audio_format.rate_hz)[100:-100])) < 0.02


def test_a_voice_at_another_rate_is_brought_to_the_wire() -> None:
    encoder = OutputEncoder(AudioFormat.PCM16_24K, source_hz=22_050)
    assert len(encoder.encode(tone(22_050)) + encoder.flush()) == 48_000


def test_half_a_sample_is_refused_and_leaves_the_stream_as_it_was() -> None:
    decoder, unharmed = InputDecoder(AudioFormat.PCM16_24K), InputDecoder(AudioFormat.PCM16_24K)
    with pytest.raises(InputError):
        decoder.decode(b"\x00\x01\x02")
    speech = AudioFormat.PCM16_24K.encode(tone(24_000))
    assert np.array_equal(decoder.decode(speech), unharmed.decode(speech))
