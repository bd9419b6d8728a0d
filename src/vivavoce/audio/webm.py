"""The Opus packets of a WebM file, as a browser's MediaRecorder writes it.

Owns as much of Matroska (RFC 9559) and EBML (RFC 8794) as that needs: live files whose segment and clusters have no
known size, one block a packet, no lacing. Refuses to know how a packet is decoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EBML_MAGIC", "OpusPackets", "OpusTrack", "WebmPieces", "read_opus_track"]

EBML_MAGIC = b"\x1a\x45\xdf\xa3"

_LONGEST_ELEMENT = 1_048_576
"""Nothing of a live recording of a voice is nearly as large; what claims to be is damage."""

# Element ids, with their length marker, as the RFC prints them.
_EBML = 0x1A45DFA3
_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675
_TRACKS = 0x1654AE6B
_TRACK_ENTRY = 0xAE
_TRACK_NUMBER = 0xD7
_CODEC_ID = 0x86
_CODEC_PRIVATE = 0x63A2
_SIMPLE_BLOCK = 0xA3
_BLOCK_GROUP = 0xA0
_BLOCK = 0xA1

# The elements that are entered; everything else is read or skipped whole. Their ends need not be known: what follows
# one of them cannot be mistaken for its child.
_ENTERED = frozenset({_SEGMENT, _CLUSTER, _TRACKS, _TRACK_ENTRY, _BLOCK_GROUP})
_MAY_HAVE_UNKNOWN_SIZE = frozenset({_SEGMENT, _CLUSTER})
_LACING_BITS = 0x06


_MOST_PIECE_BYTES = 1 << 18
"""Four seconds at the highest rate of Opus; a recorder hands over a quarter of a second or less."""

_MOST_TRACKS = 16

_MOST_ELEMENTS = 1_000
_MOST_ELEMENTS_A_SECOND = 4 * 400
"""Opus packets last 2.5 ms and more, and a block has at most a group, itself, its duration and its padding. An element
may have two bytes: without a bound ten megabytes of nothing would be looked through for seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusTrack:
    """One Opus track: its identification header (RFC 7845, 5.1; empty where the file has none) and its packets."""

    head: bytes
    packets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpusPackets:
    """Packets of a file that is still being made; `file` tells it from those before, from 1."""

    file: int
    head: bytes
    packets: tuple[bytes, ...]


@dataclass(slots=True)
class _TrackEntry:
    number: int = 0
    codec: str = ""
    private: bytes = b""


@dataclass(slots=True)
class _Contents:
    tracks: list[_TrackEntry] = field(default_factory=list)
    packets: dict[int, list[bytes]] = field(default_factory=dict)


def read_opus_track(data: bytes, *, max_seconds: float = 3_600.0) -> OpusTrack:
    """Return the first Opus track of a WebM file; a file that ends in mid-packet gives the packets before it.

    Of a file that is longer than `max_seconds`, more packets than those may come.

    Raises:
        InputError: `audio_unreadable`, not WebM, no Opus in it, no packets, laced blocks, or more elements than
            `max_seconds` of sound can have.
    """
    contents = _Contents()
    most_elements = _MOST_ELEMENTS + _MOST_ELEMENTS_A_SECOND * max_seconds
    for count, (element, payload) in enumerate(_elements(data)):
        if count > most_elements:
            raise _unreadable(f"The WebM file has more parts than {max_seconds:g} seconds of sound have.")
        _collect(contents, element, payload)
    if not contents.tracks:
        raise _unreadable("The WebM file has no track header: its beginning is missing or damaged.")
    track = _opus_track(contents)
    packets = contents.packets.get(track.number, [])
    if not packets:
        raise _unreadable("The WebM file has an Opus track without any audio in it.")
    return OpusTrack(head=track.private, packets=tuple(packets))


class WebmPieces:
    """A WebM file that is still being made, piece by piece, cut anywhere.

    Another file may begin with any piece, whatever is still open of the one before, or where an element ends. After
    damage everything is passed over until a piece begins with a new file.
    """

    def __init__(self) -> None:
        self._contents = _Contents()
        self._held = b""
        self._files = 0
        self._is_damaged = False

    def take(self, piece: bytes | bytearray | memoryview) -> list[OpusPackets]:
        """Return what the piece completes: the packets of each file in it, by its first Opus track.

        Raises:
            InputError: `audio_unreadable`, not WebM, damaged, or another codec; told once for each damage.
        """
        data = bytes(piece)
        if data.startswith(EBML_MAGIC):
            # What is held is the beginning of something that was lost on the way.
            self._held, self._is_damaged = b"", False
        elif self._is_damaged:
            return []
        try:
            if len(data) > _MOST_PIECE_BYTES:
                raise _unreadable("A piece of the WebM file is larger than 256 kB.")
            return self._read(self._held + data)
        except InputError:
            self.pass_over()
            raise

    def pass_over(self) -> None:
        """Take in nothing more of this file; what cannot be decoded is damage too."""
        self._held, self._is_damaged = b"", True
        self._contents = _Contents()

    def _read(self, data: bytes) -> list[OpusPackets]:
        view = memoryview(data)
        complete: list[OpusPackets] = []
        at = 0
        while (header := _header(view, at)) is not None:
            element, size, start = header
            if element == _EBML:
                complete += self._taken()
                self._contents = _Contents()
                self._files += 1
            elif not self._files:
                raise _unreadable("The audio does not begin as a WebM file does.")
            if element in _ENTERED:
                _collect(self._contents, element, view[:0])
                at = start
                continue
            if size is None or size > _LONGEST_ELEMENT:
                raise _unreadable("The WebM file is damaged: an element in it is too long.")
            if start + size > len(view):
                break
            _collect(self._contents, element, view[start : start + size])
            at = start + size
        self._held = data[at:]
        return complete + self._taken()

    def _taken(self) -> list[OpusPackets]:
        """Hand over the packets that are complete."""
        if not self._contents.packets:
            return []
        track = _opus_track(self._contents)
        packets = self._contents.packets.get(track.number, [])
        self._contents.packets.clear()
        found = OpusPackets(file=self._files, head=track.private, packets=tuple(packets))
        return [found] if packets else []


def _header(view: memoryview, at: int) -> tuple[int, int | None, int] | None:
    """Return an element's id, its size (None: unknown) and where its content starts; None when it is not all there."""
    try:
        element, at = _read_id(view, at)
        size, at, is_unknown = _read_size(view, at)
    except IndexError:
        return None
    return element, None if is_unknown else size, at


def _opus_track(contents: _Contents) -> _TrackEntry:
    for track in contents.tracks:
        if track.codec == "A_OPUS":
            return track
    found = ", ".join(sorted({track.codec or "an unnamed codec" for track in contents.tracks})) or "no track"
    raise _unreadable(f"The WebM file holds {found}, and only Opus is read from WebM.")


def _collect(contents: _Contents, element: int, payload: memoryview) -> None:
    match element:
        case _ if element == _TRACK_ENTRY:
            if len(contents.tracks) == _MOST_TRACKS:
                raise _unreadable("The WebM file has more tracks than a recording has.")
            contents.tracks.append(_TrackEntry())
        case _ if element in (_SIMPLE_BLOCK, _BLOCK):
            number, packet = _packet(payload)
            contents.packets.setdefault(number, []).append(packet)
        case _ if contents.tracks:
            _describe(contents.tracks[-1], element, payload)


def _describe(track: _TrackEntry, element: int, payload: memoryview) -> None:
    if element == _TRACK_NUMBER:
        track.number = int.from_bytes(payload)
    elif element == _CODEC_ID:
        track.codec = bytes(payload).rstrip(b"\x00").decode("ascii", "replace")
    elif element == _CODEC_PRIVATE:
        track.private = bytes(payload)


def _packet(block: memoryview) -> tuple[int, bytes]:
    """Return the track number and the one frame of a block: number, 16-bit time, flags, frame (RFC 9559, 10.1)."""
    try:
        number, at, _ = _read_size(block, 0)
        flags = block[at + 2]
    except IndexError:
        raise _unreadable("The WebM file has a block too short to be one.") from None
    if flags & _LACING_BITS:
        raise _unreadable("The WebM file packs several packets into a block (lacing), which is not read.")
    return number, bytes(block[at + 3 :])


def _elements(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """Yield every element in the order of the file; entered ones come with an empty payload, before their children."""
    view = memoryview(data)
    at = 0
    while at < len(view):
        try:
            element, at = _read_id(view, at)
            size, at, is_unknown = _read_size(view, at)
        except IndexError:
            return
        if element in _ENTERED:
            if is_unknown and element not in _MAY_HAVE_UNKNOWN_SIZE:
                raise _unreadable("The WebM file has an element of unknown size where none is allowed.")
            yield element, view[:0]
            continue
        if is_unknown or at + size > len(view):
            return
        yield element, view[at : at + size]
        at += size


def _read_id(view: memoryview, at: int) -> tuple[int, int]:
    length = _vint_length(view[at], longest=4)
    return int.from_bytes(_exactly(view, at, length)), at + length


def _read_size(view: memoryview, at: int) -> tuple[int, int, bool]:
    """Return the number, the position after it, and whether it is the reserved one that means unknown."""
    length = _vint_length(view[at], longest=8)
    mask = (1 << (7 * length)) - 1
    value = int.from_bytes(_exactly(view, at, length)) & mask
    return value, at + length, value == mask


def _vint_length(first: int, *, longest: int) -> int:
    length = 9 - first.bit_length()
    if length > longest:
        raise _unreadable("The WebM file is damaged: a length in it makes no sense.")
    return length


def _exactly(view: memoryview, at: int, length: int) -> memoryview:
    if at + length > len(view):
        raise IndexError
    return view[at : at + length]


def _unreadable(message: str) -> InputError:
    return InputError(
        "audio_unreadable", message, remedy="Send WebM with one Opus track, as a browser's MediaRecorder makes it."
    )
