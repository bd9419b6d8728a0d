"""Binary frames, byte by byte."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InputError
from vivavoce.realtime.wire import binary

LIMIT = 1_000


def test_an_output_frame_has_the_documented_layout() -> None:
    frame = binary.pack_output_audio(b"\xaa\xbb", response_number=0x0102, sequence=0x03040506, first_sample=0x0708090A)
    assert frame == b"\x02\x00\x02\x01\x06\x05\x04\x03\x0a\x09\x08\x07\x00\x00\x00\x00\xaa\xbb"
    assert binary.HEADER_BYTES == 16


@given(
    st.binary(),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFFFFFFFFFF),
)
def test_an_output_frame_gives_back_what_was_packed(audio: bytes, number: int, sequence: int, sample: int) -> None:
    frame = binary.unpack_output_audio(
        binary.pack_output_audio(audio, response_number=number, sequence=sequence, first_sample=sample)
    )
    assert (frame.response_number, frame.sequence, frame.first_sample) == (number, sequence, sample)
    assert frame.audio == audio


@given(st.binary(max_size=LIMIT - 1))
def test_an_input_frame_gives_back_what_was_packed(audio: bytes) -> None:
    assert binary.unpack_input_audio(binary.pack_input_audio(audio), max_bytes=LIMIT) == audio


def test_response_numbers_start_again_after_65535() -> None:
    frame = binary.pack_output_audio(b"", response_number=65_537, sequence=0, first_sample=0)
    assert binary.unpack_output_audio(frame).response_number == 1


@pytest.mark.parametrize(("sequence", "first_sample"), [(-1, 0), (2**32, 0), (0, -1), (0, 2**64)])
def test_numbers_that_do_not_fit_the_header_are_a_value_error(sequence: int, first_sample: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        binary.pack_output_audio(b"", response_number=0, sequence=sequence, first_sample=first_sample)


@pytest.mark.parametrize("frame", [b"", b"\x00\x01", b"\x02\x01", b"\x01" + bytes(LIMIT)])
def test_an_input_frame_that_cannot_be_used_is_refused(frame: bytes) -> None:
    with pytest.raises(InputError) as caught:
        binary.unpack_input_audio(frame, max_bytes=LIMIT)
    assert caught.value.code == "invalid_event"


@pytest.mark.parametrize("frame", [b"", b"\x02", bytes(15), struct.pack("<BBHIQ", 1, 0, 0, 0, 0)])
def test_an_output_frame_that_cannot_be_used_is_refused(frame: bytes) -> None:
    with pytest.raises(InputError) as caught:
        binary.unpack_output_audio(frame)
    assert caught.value.code == "invalid_event"


def test_flags_of_a_later_version_are_ignored() -> None:
    frame = struct.pack("<BBHIQ", 2, 0x80, 7, 1, 2) + b"\x00\x00"
    assert binary.unpack_output_audio(frame).response_number == 7


def test_unpacking_copies_nothing() -> None:
    frame = binary.pack_input_audio(b"abc")
    assert binary.unpack_input_audio(frame, max_bytes=LIMIT).obj is frame
