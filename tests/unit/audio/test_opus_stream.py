import math
from pathlib import Path

import numpy as np
import pytest

from vivavoce.audio.files import decode_file
from vivavoce.audio.opus_stream import WebmToPcm
from vivavoce.audio.pcm import pcm16_to_float
from vivavoce.audio.resample import resample
from vivavoce.audio.webm import WebmPieces, read_opus_track
from vivavoce.errors import InputError

RATE_HZ = 24_000
RECORDING = (Path(__file__).parent / "data" / "mediarecorder_tone.webm").read_bytes()
"""A second of tone as Chromium's MediaRecorder wrote it."""

CLUSTER = b"\x1f\x43\xb6\x75"

BEFORE_THE_SOUND = RECORDING[: RECORDING.index(b"\xa3", RECORDING.index(CLUSTER))]


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def decoded(pieces: list[bytes]) -> np.ndarray:
    stream = WebmToPcm(RATE_HZ)
    return pcm16_to_float(b"".join(stream.take(piece) for piece in pieces))


def refusal(stream: WebmToPcm, piece: bytes) -> str:
    """Return the code with which a piece is refused; empty when it is taken."""
    try:
        stream.take(piece)
    except InputError as error:
        return error.code
    return ""


@pytest.mark.parametrize("size", [1, 7, 100, 1_000, len(RECORDING)])
def test_a_recording_gives_the_same_packets_wherever_it_is_cut(size: int) -> None:
    stream = WebmPieces()
    packets = [packet for piece in cut(RECORDING, size) for found in stream.take(piece) for packet in found.packets]
    assert tuple(packets) == read_opus_track(RECORDING).packets


def test_pieces_sound_like_the_file_decoded_at_once() -> None:
    streamed = decoded(cut(RECORDING, 150))
    whole = resample(*decode_file(RECORDING), RATE_HZ)
    length = min(len(streamed), len(whole))
    assert length >= len(whole) - RATE_HZ // 50
    # The resamplers' edges differ; what is between them is the same to 1 in 100.
    inner = slice(RATE_HZ // 50, length - RATE_HZ // 50)
    difference = streamed[inner] - whole[inner]
    assert 10 * math.log10(float(np.sum(whole[inner] ** 2) / np.sum(difference**2))) > 40


def test_sound_comes_with_the_piece_that_completes_it() -> None:
    stream = WebmToPcm(RATE_HZ)
    lengths = [len(stream.take(piece)) for piece in cut(RECORDING, 500)]
    assert sum(length > 0 for length in lengths) > len(lengths) / 2


def test_a_new_recording_may_follow_at_once() -> None:
    one = decoded([RECORDING])
    both = decoded([RECORDING, *cut(RECORDING, 300)])
    assert len(both) == 2 * len(one)
    # Cut elsewhere, it is decoded in other stretches.
    assert np.allclose(both[len(one) :], one, atol=1e-3)


@pytest.mark.parametrize(
    "damaged",
    [
        b"RIFF" + bytes(60),
        bytes(64),
        RECORDING[40:],
        RECORDING[:500] + b"\x1a\x45\xdf\xa3\xff" + bytes(200),
        RECORDING.replace(b"A_OPUS", b"A_FLAC"),
        RECORDING.replace(b"OpusHead\x01\x01", b"OpusHead\x01\x06"),
        BEFORE_THE_SOUND + 200 * b"\xa3\x85\x81\x00\x00\x80\x03",
    ],
    ids=["another container", "zeros", "no beginning", "garbage within", "another codec", "six channels", "no packets"],
)
def test_damage_is_told_once_and_ends_with_a_new_recording(damaged: bytes) -> None:
    stream = WebmToPcm(RATE_HZ)
    codes = [refusal(stream, piece) for piece in cut(damaged, 200)]
    assert [code for code in codes if code] == ["audio_unreadable"]
    # Nor is anything heard of what follows the damage.
    assert stream.take(damaged[-200:]) == b""
    assert len(pcm16_to_float(stream.take(RECORDING))) == len(decoded([RECORDING]))


def test_an_element_that_claims_to_be_endless_is_damage_and_is_not_waited_for() -> None:
    with pytest.raises(InputError, match="too long"):
        # A simple block of 256 MB.
        WebmPieces().take(BEFORE_THE_SOUND + b"\xa3\x1f\xff\xff\xff")


@pytest.mark.parametrize("broken_off_at", [60, 700, 777, 1_000, 1_500])
def test_a_new_recording_is_heard_whole_although_the_one_before_broke_off(broken_off_at: int) -> None:
    stream = WebmToPcm(RATE_HZ)
    for piece in cut(RECORDING[:broken_off_at], 150):
        stream.take(piece)
    heard = b"".join(stream.take(piece) for piece in cut(RECORDING, 150))
    assert len(heard) // 2 == len(decoded(cut(RECORDING, 150)))


def block(packet: bytes) -> bytes:
    """Return a simple block of the first track that holds a packet."""
    return b"\xa3" + bytes([0x80 | (4 + len(packet))]) + b"\x81\x00\x00\x80" + packet


def test_a_small_message_that_claims_minutes_of_sound_is_refused_before_it_is_decoded() -> None:
    stream = WebmToPcm(RATE_HZ)
    assert refusal(stream, RECORDING) == ""
    # Six frames of 20 ms in two bytes (RFC 6716, 3.2.5).
    with pytest.raises(InputError, match="more than 10 seconds"):
        stream.take(block(b"\xfb\x06") * 2_000)


def test_a_piece_larger_than_any_recorder_makes_is_refused() -> None:
    with pytest.raises(InputError, match="256 kB"):
        WebmPieces().take(RECORDING + bytes(1 << 18))


def test_a_file_of_countless_tracks_is_refused() -> None:
    with pytest.raises(InputError, match="more tracks"):
        WebmPieces().take(RECORDING[: RECORDING.index(CLUSTER)] + b"\xae\x80" * 100)
