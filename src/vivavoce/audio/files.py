"""Audio files to samples, and samples to audio files.

Owns which containers are read and written, and how a file that cannot be read is refused. Refuses to know what the
sound is for. The only module of this package that touches the disk. Codecs are libsndfile's.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from vivavoce.audio.ogg_opus import wrap_opus
from vivavoce.audio.pcm import Samples, float_to_int16, float_to_pcm16
from vivavoce.audio.resample import resample
from vivavoce.audio.webm import EBML_MAGIC, read_opus_track
from vivavoce.errors import InputError

__all__ = ["FILE_FORMATS", "MAX_FILE_SECONDS", "decode_file", "encode_file", "write_wav"]

MAX_FILE_SECONDS = 3_600.0
"""The longest recording that is read unless the caller says otherwise."""

FILE_FORMATS = ("wav", "flac", "mp3", "opus", "pcm")
"""What `encode_file` writes; pcm is 16-bit little-endian samples without a header."""

_READABLE = "Send wav, flac, mp3, ogg (Vorbis or Opus) or webm (Opus)."
_MAX_RATE_HZ = 384_000
_MAX_CHANNELS = 32
_CONTAINERS = {
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "opus": ("OGG", "OPUS"),
    "wav": ("WAV", "PCM_16"),
}
_CODEC_RATES_HZ = {
    "mp3": (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    "opus": (8_000, 12_000, 16_000, 24_000, 48_000),
}
_SIGNATURES = (
    (0, b"\xff\xf1", "AAC"),
    (0, b"\xff\xf9", "AAC"),
    (4, b"ftyp", "MP4 or M4A"),
    (0, b"#!AMR", "AMR"),
    (0, b"\x30\x26\xb2\x75", "WMA"),
    (0, b"\x89PNG", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"{", "JSON text"),
    (0, b"<", "markup text"),
    (0, b"RIFF", "a damaged WAV file"),
    (0, b"fLaC", "a damaged FLAC file"),
    (0, b"OggS", "a damaged Ogg file, or one with a codec that is not read"),
    (0, b"ID3", "a damaged MP3 file"),
)


def decode_file(source: str | Path | bytes, *, max_seconds: float = MAX_FILE_SECONDS) -> tuple[Samples, int]:
    """Return a recording as mono float32 and its rate in Hz; channels are averaged.

    `source` is a path, or the file's content: wav, flac, mp3, ogg (Vorbis, Opus), or webm with Opus.

    Raises:
        InputError: `audio_unreadable`, missing, empty, damaged, longer than `max_seconds`, or of another kind.
    """
    data = source if isinstance(source, bytes) else _content(Path(source))
    if not data:
        raise _unreadable("The audio file is empty.")
    if data.startswith(EBML_MAGIC):
        track = read_opus_track(data, max_seconds=max_seconds)
        data = wrap_opus(track.head, track.packets)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            return _read_mono(file, max_seconds), file.samplerate
    except soundfile.LibsndfileError:
        raise _unreadable(f"The audio cannot be read: it looks like {_kind(data)}.") from None


def encode_file(samples: Samples, rate_hz: int, file_format: str) -> bytes:
    """Return `samples` as the content of a file in one of `FILE_FORMATS`.

    A codec that does not know the rate gets the next higher one it knows.

    Raises:
        InputError: `audio_format_unsupported`, another format; aac is one, no free encoder for it can be shipped.
    """
    if file_format == "pcm":
        return float_to_pcm16(samples)
    if file_format not in _CONTAINERS:
        raise InputError(
            "audio_format_unsupported",
            f"Audio cannot be written as {file_format!r}.",
            remedy=f"Ask for one of {', '.join(FILE_FORMATS)}.",
            param="response_format",
        )
    container, subtype = _CONTAINERS[file_format]
    known = _CODEC_RATES_HZ.get(file_format, (rate_hz,))
    codec_hz = next((rate for rate in known if rate >= rate_hz), known[-1])
    # Some writers make a file of no bytes at all out of no samples, which nothing can open: write a moment of silence.
    audible = samples if len(samples) else np.zeros(rate_hz // 50, np.float32)
    at_codec_rate = float_to_int16(resample(audible, rate_hz, codec_hz))
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", codec_hz, 1, subtype=subtype, format=container) as writer:
        # libsndfile's Vorbis and Opus writers keep a whole write on the stack: a second at a time.
        for start in range(0, len(at_codec_rate), codec_hz):
            writer.write(at_codec_rate[start : start + codec_hz])
    return file.getvalue()


def write_wav(path: str | Path, samples: Samples, rate_hz: int) -> None:
    """Write `samples` to `path` as 16-bit WAV.

    Raises:
        OSError: the file cannot be written.
    """
    Path(path).write_bytes(encode_file(samples, rate_hz, "wav"))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise _unreadable(f"The audio file {path} cannot be opened: {failure.strerror}.") from failure


def _read_mono(file: soundfile.SoundFile, max_seconds: float) -> Samples:
    """Return the whole file, second by second: the length a header claims is not to be trusted with memory."""
    if not 0 < file.samplerate <= _MAX_RATE_HZ or not 0 < file.channels <= _MAX_CHANNELS:
        raise _unreadable(
            f"The audio claims {file.channels} channels at {file.samplerate} Hz, which is not believable."
        )
    seconds: list[Samples] = []
    samples = 0
    while len(block := file.read(file.samplerate, dtype="float32", always_2d=True)):
        samples += len(block)
        if samples > max_seconds * file.samplerate:
            raise _unreadable(f"The audio is longer than {max_seconds:g} seconds.")
        seconds.append(np.mean(block, axis=1, dtype=np.float32))
    if not seconds:
        raise _unreadable("The audio file has a header but no sound in it.")
    return np.nan_to_num(np.concatenate(seconds), nan=0.0, posinf=1.0, neginf=-1.0)


def _kind(data: bytes) -> str:
    for offset, signature, name in _SIGNATURES:
        if data.startswith(signature, offset):
            return name
    return "no kind of audio file that is known here"


def _unreadable(message: str) -> InputError:
    return InputError("audio_unreadable", message, remedy=_READABLE, param="file")
