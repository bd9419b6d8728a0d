"""The WebM demuxer and the Ogg Opus wrapper it feeds."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.audio.ogg_opus import opus_head, packet_samples, wrap_opus
from vivavoce.audio.webm import read_opus_track
from vivavoce.errors import InputError

BROWSER_RECORDING = Path(__file__).parent / "data" / "mediarecorder_tone.webm"
PACKETS = [b"\xfc" + bytes([n]) * 20 for n in range(5)]
UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
HEADER = bytes.fromhex("1a45dfa3") + b"\x80"


def size(value: int, length: int = 4) -> bytes:
    """An EBML size of `length` bytes."""
    return (value | 1 << (7 * length)).to_bytes(length)


def element(identifier: str, payload: bytes, *, unknown: bool = False) -> bytes:
    """One element; `identifier` in hexadecimal."""
    return bytes.fromhex(identifier) + (UNKNOWN if unknown else size(len(payload))) + payload


def track(codec: bytes = b"A_OPUS", number: int = 1, private: bytes = b"") -> bytes:
    entry = element("d7", bytes([number])) + element("86", codec)
    return element("ae", entry + (element("63a2", private) if private else b""))


def block(packet: bytes, number: int = 1, flags: int = 0x80) -> bytes:
    return bytes([0x80 | number, 0, 0, flags]) + packet


def opus_webm(packets: list[bytes], *, head: bytes = b"", live: bool = True, tracks: bytes | None = None) -> bytes:
    """A WebM file of one Opus track, with clusters of unknown size when `live`."""
    tracks = track(private=head) if tracks is None else tracks
    cluster = element("1f43b675", b"".join(element("a3", block(packet)) for packet in packets), unknown=live)
    return HEADER + element("18538067", element("1654ae6b", tracks) + cluster, unknown=live)


@pytest.mark.parametrize("live", [True, False])
def test_packets_come_out_in_order_with_the_header(live: bool) -> None:
    found = read_opus_track(opus_webm(PACKETS, head=opus_head(), live=live))
    assert found.packets == tuple(PACKETS)
    assert found.head == opus_head()


def test_blocks_in_groups_are_read() -> None:
    groups = b"".join(element("a0", element("a1", block(packet)) + element("9b", b"\x14")) for packet in PACKETS)
    data = HEADER + element("18538067", element("1654ae6b", track()) + element("1f43b675", groups), unknown=True)
    assert read_opus_track(data).packets == tuple(PACKETS)


def test_clusters_of_unknown_size_follow_each_other() -> None:
    clusters = b"".join(element("1f43b675", element("a3", block(packet)), unknown=True) for packet in PACKETS)
    data = HEADER + element("18538067", element("1654ae6b", track()) + clusters, unknown=True)
    assert read_opus_track(data).packets == tuple(PACKETS)


def test_the_opus_track_is_found_beside_a_picture_track() -> None:
    tracks = track(b"V_VP8", 1) + track(b"A_OPUS", 2)
    body = element("a3", block(b"picture", 1)) + element("a3", block(PACKETS[0], 2))
    data = HEADER + element("18538067", element("1654ae6b", tracks) + element("1f43b675", body, unknown=True))
    assert read_opus_track(data).packets == (PACKETS[0],)


def test_elements_of_no_interest_are_skipped_whole() -> None:
    void = element("ec", opus_webm([b"decoy"]))
    data = opus_webm(PACKETS, tracks=void + track())
    assert read_opus_track(data).packets == tuple(PACKETS)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (opus_webm([], tracks=track(b"A_VORBIS")), "A_VORBIS"),
        (opus_webm([]), "without any audio"),
        (HEADER, "no track header"),
        (opus_webm([], tracks=track(b"")), "an unnamed codec"),
        (HEADER + element("18538067", element("1654ae6b", track()) + element("a3", block(b"x", flags=0x82))), "lacing"),
        (HEADER + element("18538067", element("1654ae6b", track()) + element("a3", b"\x81")), "too short"),
        (HEADER + element("1654ae6b", b"", unknown=True), "unknown size"),
        (HEADER + b"\x00\x00\x00", "damaged"),
    ],
)
def test_what_is_not_one_plain_opus_track_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refusal:
        read_opus_track(data)
    assert refusal.value.code == "audio_unreadable"


def test_a_file_of_countless_empty_elements_is_not_looked_through_to_its_end() -> None:
    void = bytes.fromhex("ec80")
    with pytest.raises(InputError, match="more parts than 1 seconds"):
        read_opus_track(opus_webm(PACKETS) + void * 3_000, max_seconds=1.0)


@given(position=st.integers(0, 4_000), value=st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=None)
def test_damage_anywhere_is_read_around_or_refused_but_never_crashes(position: int, value: bytes) -> None:
    data = bytearray(BROWSER_RECORDING.read_bytes())
    data[position : position + len(value)] = value
    with contextlib.suppress(InputError):
        found = read_opus_track(bytes(data))
        wrap_opus(found.head, found.packets)


@pytest.mark.parametrize(
    ("packet", "samples"),
    [
        (b"\x00\x00", 480),  # SILK, 10 ms, one frame
        (b"\x18\x00", 2_880),  # SILK, 60 ms
        (b"\x68\x00", 960),  # hybrid, 20 ms
        (b"\x80\x00", 120),  # CELT, 2.5 ms
        (b"\xfc\x00", 960),  # CELT, 20 ms
        (b"\xfd\x00", 1_920),  # two frames of one size
        (b"\xfb\x03\x00", 2_880),  # three frames
        (b"\xfb\x83\x00", 2_880),  # three frames, variable
    ],
)
def test_a_packets_first_bytes_tell_its_duration(packet: bytes, samples: int) -> None:
    assert packet_samples(packet) == samples


@pytest.mark.parametrize("packet", [b"", b"\xfb", b"\xfb\x00", b"\xfb\x3f"])
def test_a_packet_of_impossible_duration_is_refused(packet: bytes) -> None:
    with pytest.raises(InputError):
        packet_samples(packet)


def test_a_packet_too_long_for_a_page_is_refused() -> None:
    with pytest.raises(InputError):
        wrap_opus(b"", [b"\xfc" + bytes(70_000)])


def test_a_wrapped_stream_lasts_as_long_as_its_packets() -> None:
    found = read_opus_track(BROWSER_RECORDING.read_bytes())
    many = list(found.packets) * 20
    with soundfile.SoundFile(io.BytesIO(wrap_opus(b"", many))) as file:
        assert file.frames == sum(packet_samples(packet) for packet in many)
        assert len(file.read()) == file.frames


def test_long_packets_are_spread_over_more_pages() -> None:
    packets = [b"\xfc" + bytes(1_274)] * 60
    pages = wrap_opus(b"", packets).count(b"OggS")
    assert pages == 2 + 60 // 42 + 1
