"""Reading and writing audio files."""

from __future__ import annotations

import contextlib
import io
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from vivavoce.audio.files import decode_file, encode_file, write_wav
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

BROWSER_RECORDING = Path(__file__).parent / "data" / "mediarecorder_tone.webm"
"""1.4 s of a 440 Hz tone, recorded by Chromium 150's MediaRecorder in slices of 200 ms."""


def tone(rate_hz: int = 24_000, seconds: float = 1.0) -> Samples:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(round(rate_hz * seconds)) / rate_hz)).astype(np.float32)


def pitch_hz(samples: Samples, rate_hz: int) -> float:
    middle = samples[rate_hz // 4 : rate_hz // 4 + rate_hz // 2]
    return float(np.argmax(np.abs(np.fft.rfft(middle)))) * rate_hz / len(middle)


@pytest.mark.parametrize("file_format", ["wav", "flac", "mp3", "opus"])
def test_what_is_written_is_read_back(file_format: str) -> None:
    samples, rate_hz = decode_file(encode_file(tone(), 24_000, file_format))
    assert (len(samples), rate_hz) == (24_000, 24_000)
    assert samples.dtype == np.float32
    assert np.max(np.abs(samples[1_000:-2_000] - tone()[1_000:-2_000])) < 0.06


def test_ogg_vorbis_is_read() -> None:
    file = io.BytesIO()
    soundfile.write(file, tone(), 24_000, format="OGG", subtype="VORBIS")
    samples, rate_hz = decode_file(file.getvalue())
    assert pitch_hz(samples, rate_hz) == pytest.approx(440, abs=2)


def test_a_browsers_recording_is_read() -> None:
    samples, rate_hz = decode_file(BROWSER_RECORDING)
    assert rate_hz == 48_000
    assert len(samples) == pytest.approx(1.44 * rate_hz, abs=1)
    assert pitch_hz(samples, rate_hz) == pytest.approx(440, abs=2)
    assert np.max(np.abs(samples)) > 0.4


def test_a_browsers_recording_cut_off_anywhere_gives_what_there_is_or_a_plain_refusal() -> None:
    whole = BROWSER_RECORDING.read_bytes()
    lengths = []
    for end in range(1, len(whole), 97):
        lengths.append(0)
        with contextlib.suppress(InputError):
            lengths[-1] = len(decode_file(whole[:end])[0])
    assert lengths == sorted(lengths)
    assert lengths[-1] > 48_000


def test_channels_are_averaged() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.stack([tone(), np.zeros(24_000, np.float32)], axis=1), 24_000, format="WAV")
    samples, _ = decode_file(file.getvalue())
    assert np.max(np.abs(samples - tone() / 2)) < 1e-3


def test_a_wav_written_as_a_stream_of_unknown_length_is_read() -> None:
    streamed = bytearray(encode_file(tone(), 24_000, "wav"))
    struct.pack_into("<I", streamed, 4, 0xFFFFFFFF)
    struct.pack_into("<I", streamed, 40, 0xFFFFFFFF)
    assert len(decode_file(bytes(streamed))[0]) == 24_000


def test_not_a_number_in_a_float_file_becomes_silence() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.array([0.5, np.nan, np.inf], np.float32), 24_000, format="WAV", subtype="FLOAT")
    assert decode_file(file.getvalue())[0].tolist() == [0.5, 0.0, 1.0]


def test_a_path_is_read_and_written(tmp_path: Path) -> None:
    write_wav(tmp_path / "tone.wav", tone(), 24_000)
    for path in (tmp_path / "tone.wav", str(tmp_path / "tone.wav")):
        samples, rate_hz = decode_file(path)
        assert (len(samples), rate_hz) == (24_000, 24_000)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        (b"RIFF\x00\x00", "WAV"),
        (b"OggS" + bytes(60), "Ogg"),
        (b"ID3" + bytes(60), "MP3"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(60), "M4A"),
        (b"\xff\xf1" + bytes(60), "AAC"),
        (b"<!doctype html>", "markup"),
        (b'{"audio": 1}', "JSON"),
        (b"\x89PNG\r\n", "PNG"),
        (bytes(1_000), "no kind of audio file"),
        (encode_file(tone(), 24_000, "wav")[:44], "no sound"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_what_was_found(content: bytes, found: str) -> None:
    with pytest.raises(InputError) as refusal:
        decode_file(content)
    assert refusal.value.code == "audio_unreadable"
    assert found in refusal.value.message
    assert "webm" in refusal.value.remedy


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.wav cannot be opened"):
        decode_file(tmp_path / "absent.wav")


def test_a_recording_over_the_limit_is_refused() -> None:
    content = encode_file(tone(), 24_000, "wav")
    assert len(decode_file(content, max_seconds=1.0)[0]) == 24_000
    with pytest.raises(InputError, match=r"longer than 0\.5 seconds"):
        decode_file(content, max_seconds=0.5)


def test_an_unbelievable_rate_is_refused() -> None:
    content = bytearray(encode_file(tone(), 24_000, "wav"))
    struct.pack_into("<I", content, 24, 2_000_000_000)
    with pytest.raises(InputError, match="not believable"):
        decode_file(bytes(content))


def test_a_codec_gets_the_next_rate_it_knows() -> None:
    samples, rate_hz = decode_file(encode_file(tone(22_050), 22_050, "opus"))
    assert rate_hz == 24_000
    assert pitch_hz(samples, rate_hz) == pytest.approx(440, abs=2)
    assert decode_file(encode_file(tone(96_000), 96_000, "mp3"))[1] == 48_000


@pytest.mark.parametrize("file_format", ["wav", "flac", "mp3", "opus"])
def test_no_samples_still_make_a_file_that_opens(file_format: str) -> None:
    samples, _ = decode_file(encode_file(np.zeros(0, np.float32), 24_000, file_format))
    assert np.max(np.abs(samples)) < 1e-3


def test_pcm_is_bare_samples() -> None:
    assert encode_file(np.array([0.5], np.float32), 24_000, "pcm") == b"\x00\x40"


@pytest.mark.parametrize("file_format", ["aac", "wma", ""])
def test_a_format_that_cannot_be_written_is_refused(file_format: str) -> None:
    with pytest.raises(InputError) as refusal:
        encode_file(tone(), 24_000, file_format)
    assert refusal.value.code == "audio_format_unsupported"
    assert "mp3" in refusal.value.remedy
