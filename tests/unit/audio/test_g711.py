"""mu-law and A-law against the values that ITU-T G.711 publishes."""

from __future__ import annotations

import numpy as np
import pytest

from vivavoce.audio.g711 import alaw_decode, alaw_encode, mulaw_decode, mulaw_encode

# G.711 tables 2a and 1a at 16-bit scale: each segment's first value, as codes rise from 0x00, and its step.
MULAW_SEGMENTS = [
    (-32124, 1024), (-15996, 512), (-7932, 256), (-3900, 128), (-1884, 64), (-876, 32), (-372, 16), (-120, 8),
]  # fmt: skip
# The decoded values of 0x00, 0x10, ... 0x70; within a segment the low bits are toggled by 0x05.
ALAW_FIRST_VALUES = [-5504, -2752, -22016, -11008, -344, -88, -1376, -688]
EVERY_CODE = bytes(range(256))


def linear(samples: object) -> list[int]:
    return [int(value) for value in np.asarray(samples) * 32768]


def test_every_mulaw_code_decodes_to_the_published_value() -> None:
    negative = [first + step * index for first, step in MULAW_SEGMENTS for index in range(16)]
    assert linear(mulaw_decode(EVERY_CODE)) == [*negative, *(-value for value in negative)]


def test_alaw_segments_begin_at_the_published_values() -> None:
    assert linear(alaw_decode(bytes(range(0, 0x80, 0x10)))) == ALAW_FIRST_VALUES
    assert linear(alaw_decode(bytes(range(0x80, 0x100, 0x10)))) == [-value for value in ALAW_FIRST_VALUES]


def test_the_lowest_alaw_segment_holds_the_odd_multiples_of_8() -> None:
    codes = bytes(0x55 ^ index for index in range(16))
    assert linear(alaw_decode(codes)) == [-(16 * index + 8) for index in range(16)]


def test_alaw_has_256_different_values_up_to_32256() -> None:
    values = linear(alaw_decode(EVERY_CODE))
    assert len(set(values)) == 256
    assert (min(values), max(values)) == (-32256, 32256)


def test_every_code_survives_decoding_and_encoding() -> None:
    assert alaw_encode(alaw_decode(EVERY_CODE)) == EVERY_CODE
    # mu-law has two zeros; a linear zero is always written as the positive one.
    assert mulaw_encode(mulaw_decode(EVERY_CODE)) == EVERY_CODE.replace(b"\x7f", b"\xff")


@pytest.mark.parametrize(
    ("value", "mulaw", "alaw"),
    [(0, 0xFF, 0xD5), (8, 0xFE, 0xD5), (-8, 0x7E, 0x55), (1000, 0xCE, 0xFA), (-1000, 0x4E, 0x7A),
     (32767, 0x80, 0xAA), (-32768, 0x00, 0x2A), (12345, 0x97, 0xBD)],
)  # fmt: skip
def test_linear_values_get_the_reference_codes(value: int, mulaw: int, alaw: int) -> None:
    samples = np.array([value / 32768], np.float32)
    assert mulaw_encode(samples)[0] == mulaw
    assert alaw_encode(samples)[0] == alaw


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_no_linear_value_is_further_than_half_a_step_from_its_code(law: str) -> None:
    encode, decode = {"mulaw": (mulaw_encode, mulaw_decode), "alaw": (alaw_encode, alaw_decode)}[law]
    values = np.arange(-32768, 32768)
    error = np.abs(np.asarray(decode(encode((values / 32768).astype(np.float32)))) * 32768 - values)
    assert np.all(error <= np.maximum(8, (np.abs(values) + 132) / 32) + 4)


def test_louder_than_full_scale_is_clipped() -> None:
    assert mulaw_encode(np.array([3.0, -3.0], np.float32)) == b"\x80\x00"


def test_nothing_encodes_to_nothing() -> None:
    assert mulaw_encode(np.zeros(0, np.float32)) == b""
    assert len(alaw_decode(b"")) == 0
