"""Opus packets wrapped as an Ogg Opus file.

Owns the Ogg page (RFC 3533) and the Opus mapping into it (RFC 7845), so that libsndfile can decode packets that came in
another container. Refuses to know what the packets say beyond their duration.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["OPUS_HZ", "opus_head", "packet_samples", "wrap_opus"]

OPUS_HZ = 48_000
"""Granule positions and durations of Opus count at this rate, whatever was encoded."""

_PACKETS_PER_PAGE = 50
_SERIAL = 1
_FIRST_PAGE = 0x02
_LAST_PAGE = 0x04
_LACE = 255
_BIT_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))

# RFC 6716, table 2: frame durations of the 32 configurations, in samples at 48 kHz.
_SILK_FRAMES = (480, 960, 1920, 2880)
_HYBRID_FRAMES = (480, 960)
_CELT_FRAMES = (120, 240, 480, 960)
_LONGEST_PACKET = 5_760


def opus_head(*, channels: int = 1, pre_skip: int = 0, input_hz: int = OPUS_HZ) -> bytes:
    """Return an identification header of mapping family 0 (RFC 7845, 5.1)."""
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, channels, pre_skip, input_hz, 0, 0)


def packet_samples(packet: bytes) -> int:
    """Return how many samples at 48 kHz a packet lasts, by its first bytes (RFC 6716, 3.1).

    Raises:
        InputError: `audio_unreadable`, the packet is empty or longer than Opus allows.
    """
    if packet:
        configuration = packet[0] >> 3
        if configuration < 12:
            frame = _SILK_FRAMES[configuration % 4]
        elif configuration < 16:
            frame = _HYBRID_FRAMES[configuration % 2]
        else:
            frame = _CELT_FRAMES[configuration % 4]
        samples = frame * _frame_count(packet)
        if 0 < samples <= _LONGEST_PACKET:
            return samples
    raise _not_opus()


def wrap_opus(head: bytes, packets: Sequence[bytes]) -> bytes:
    """Return an Ogg Opus file of `packets`; an empty `head` means mono.

    Raises:
        InputError: `audio_unreadable`, one of the packets is not Opus.
    """
    tags = struct.pack("<8sI8sI", b"OpusTags", 8, b"vivavoce", 0)
    pages = [
        _page([head or opus_head()], number=0, granule=0, flags=_FIRST_PAGE),
        _page([tags], number=1, granule=0, flags=0),
    ]
    granule = 0
    groups = list(_page_groups(packets))
    for group in groups:
        granule += sum(packet_samples(packet) for packet in group)
        flags = _LAST_PAGE if group is groups[-1] else 0
        pages.append(_page(group, number=len(pages), granule=granule, flags=flags))
    return b"".join(pages)


def _page_groups(packets: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the packets page by page: about a second, and no more than the 255 lacing values a page has."""
    group: list[bytes] = []
    laces = 0
    for packet in packets:
        needed = len(packet) // _LACE + 1
        if group and (len(group) == _PACKETS_PER_PAGE or laces + needed > _LACE):
            yield group
            group, laces = [], 0
        group.append(packet)
        laces += needed
    if group:
        yield group


def _page(packets: Sequence[bytes], *, number: int, granule: int, flags: int) -> bytes:
    laces = b"".join(b"\xff" * (len(packet) // _LACE) + bytes([len(packet) % _LACE]) for packet in packets)
    if len(laces) > _LACE:
        raise _not_opus()
    body = laces + b"".join(packets)
    start = struct.pack("<4sBBqII", b"OggS", 0, flags, granule, _SERIAL, number)
    checksum = _crc(start + bytes(4) + bytes([len(laces)]) + body)
    return start + struct.pack("<IB", checksum, len(laces)) + body


def _crc(data: bytes) -> int:
    """Return Ogg's CRC-32: zlib's polynomial without its bit reversal and without its initial and final inversion."""
    reversed_crc = zlib.crc32(data.translate(_BIT_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(reversed_crc.to_bytes(4, "little").translate(_BIT_REVERSED))


def _frame_count(packet: bytes) -> int:
    code = packet[0] & 0x03
    if code < 3:
        return 1 if code == 0 else 2
    return packet[1] & 0x3F if len(packet) > 1 else 0


def _not_opus() -> InputError:
    return InputError(
        "audio_unreadable", "The audio holds a packet that is not Opus.", remedy="Record it again, or send WAV."
    )
