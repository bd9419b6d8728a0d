"""Binary frames of the extension: audio without base64.

Owns the layout of both directions. Refuses to know audio formats: bytes after the header are audio in the session's
format. Unpacking copies nothing.

Client to server: one byte, `0x01`, then audio. Server to client: a 16-byte little-endian header (kind `0x02`, flags,
response number, sequence, first sample), then audio.
"""

import struct
from dataclasses import dataclass
from typing import Final

from vivavoce.errors import InputError
from vivavoce.realtime.wire.refusal import INVALID_EVENT

__all__ = [
    "HEADER_BYTES",
    "INPUT_AUDIO",
    "OUTPUT_AUDIO",
    "RESPONSE_NUMBERS",
    "OutputAudioFrame",
    "pack_input_audio",
    "pack_output_audio",
    "unpack_input_audio",
    "unpack_output_audio",
]

INPUT_AUDIO: Final = 0x01
OUTPUT_AUDIO: Final = 0x02
RESPONSE_NUMBERS: Final = 65_536
"""Response numbers are counted modulo this."""

_INPUT_KIND: Final = bytes((INPUT_AUDIO,))
_HEADER: Final = struct.Struct("<BBHIQ")
HEADER_BYTES: Final = _HEADER.size


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputAudioFrame:
    """One chunk of a response's audio.

    Attributes:
        response_number: the number that `vivavoce.audio.stream` gave the response.
        sequence: position among the response's chunks, from 0.
        first_sample: index of the chunk's first sample within the item's audio.
        audio: audio in the session's output format, a view into the frame.
    """

    response_number: int
    sequence: int
    first_sample: int
    audio: memoryview


def pack_input_audio(audio: bytes | memoryview) -> bytes:
    """Return the frame in which a client sends `audio`."""
    return b"".join((_INPUT_KIND, audio))


def unpack_input_audio(frame: bytes | memoryview, *, max_bytes: int) -> memoryview:
    """Return the audio in a client's frame, as a view into it; the whole frame may have `max_bytes`.

    Raises:
        InputError: an empty frame, an unknown kind, or one that is too large.
    """
    view = memoryview(frame)
    if len(view) > max_bytes:
        raise _bad_frame(f"The binary frame is {len(view)} bytes long; at most {max_bytes} are taken.")
    if not view:
        raise _bad_frame("The binary frame is empty; its first byte names its kind.")
    if view[0] != INPUT_AUDIO:
        raise _bad_frame(f"The binary frame is of unknown kind {view[0]:#04x}; input audio is {INPUT_AUDIO:#04x}.")
    return view[1:]


def pack_output_audio(audio: bytes | memoryview, *, response_number: int, sequence: int, first_sample: int) -> bytes:
    """Return the frame in which the server sends `audio`; the response number is taken modulo 65536.

    Raises:
        ValueError: a negative number, or one too large for its field.
    """
    try:
        header = _HEADER.pack(OUTPUT_AUDIO, 0, response_number % RESPONSE_NUMBERS, sequence, first_sample)
    except struct.error as error:
        raise ValueError(f"sequence {sequence} or first sample {first_sample} does not fit the header") from error
    return b"".join((header, audio))


def unpack_output_audio(frame: bytes | memoryview) -> OutputAudioFrame:
    """Return what a server's frame holds; flags are ignored, as a later version may set them.

    Raises:
        InputError: a frame shorter than its header, or of another kind.
    """
    view = memoryview(frame)
    if len(view) < HEADER_BYTES:
        raise _bad_frame(f"The binary frame is {len(view)} bytes long; its header alone takes {HEADER_BYTES}.")
    kind, _flags, response_number, sequence, first_sample = _HEADER.unpack_from(view)
    if kind != OUTPUT_AUDIO:
        raise _bad_frame(f"The binary frame is of unknown kind {kind:#04x}; output audio is {OUTPUT_AUDIO:#04x}.")
    return OutputAudioFrame(
        response_number=response_number,
        sequence=sequence,
        first_sample=first_sample,
        audio=view[HEADER_BYTES:],
    )


def _bad_frame(message: str) -> InputError:
    return InputError(INVALID_EVENT, message)
