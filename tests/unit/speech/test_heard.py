"""The heard text is an honest prefix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.speech.heard import Segment, heard_text

SECOND = 24_000
REPLY = [
    Segment(text="Hello there. ", samples=SECOND),
    Segment(text="How are you today?", samples=2 * SECOND),
]

segments = st.lists(st.builds(Segment, text=st.text(max_size=40), samples=st.integers(0, 3 * SECOND)), max_size=6)


@pytest.mark.parametrize(
    ("played_seconds", "heard"),
    [
        (0.0, ""),
        (0.3, ""),
        (0.6, "Hello"),
        (0.99, "Hello there. "),
        (1.0, "Hello there. "),
        (1.2, "Hello there. "),
        (1.5, "Hello there. How"),
        (2.0, "Hello there. How are"),
        (2.4, "Hello there. How are you"),
        (2.99, "Hello there. How are you today?"),
        (9.0, "Hello there. How are you today?"),
    ],
)
def test_words_count_as_they_are_finished(played_seconds: float, heard: str) -> None:
    assert heard_text(REPLY, round(played_seconds * SECOND)) == heard


def test_chinese_counts_by_the_character_and_marks_come_free() -> None:
    reply = [Segment(text="“你好，世界。”", samples=4 * SECOND)]
    prefixes = [heard_text(reply, round(seconds * SECOND)) for seconds in (0.9, 1.1, 2.1, 3.1, 4.0)]
    assert prefixes == ["", "“你", "“你好，", "“你好，世", "“你好，世界。”"]


def test_mixed_scripts_are_cut_between_words_and_characters() -> None:
    reply = [Segment(text="我用Python写的", samples=18 * SECOND)]
    assert heard_text(reply, 5 * SECOND) == "我"
    assert heard_text(reply, 6 * SECOND + 1) == "我用"
    assert heard_text(reply, 11 * SECOND) == "我用"
    assert heard_text(reply, 12 * SECOND + 1) == "我用Python"


def test_digits_take_as_long_as_their_words() -> None:
    reply = [Segment(text="in 1984 they met", samples=21 * SECOND)]
    assert heard_text(reply, 13 * SECOND) == "in"
    assert heard_text(reply, 15 * SECOND) == "in 1984"


def test_a_piece_that_is_not_spoken_counts_once_what_is_before_it_was_played() -> None:
    reply = [
        Segment(text="See: ", samples=SECOND),
        Segment(text="```x```", samples=0),
        Segment(text="Ok.", samples=SECOND),
    ]
    assert heard_text(reply, SECOND // 2) == ""
    assert heard_text(reply, SECOND) == "See: ```x```"


def test_a_very_short_piece_is_not_heard_before_it_is_played() -> None:
    assert heard_text([Segment(text="Hm.", samples=100)], 0) == ""


def test_another_rate_scales_the_tolerance() -> None:
    reply = [Segment(text="Hello there.", samples=8_000)]
    assert heard_text(reply, 8_000 - 161, rate_hz=8_000) == "Hello"
    assert heard_text(reply, 8_000 - 160, rate_hz=8_000) == "Hello there."


@given(reply=segments, played=st.integers(-100, 20 * SECOND))
def test_what_is_heard_is_always_a_prefix(reply: list[Segment], played: int) -> None:
    assert "".join(segment.text for segment in reply).startswith(heard_text(reply, played))


@given(reply=segments, played=st.tuples(st.integers(0, 20 * SECOND), st.integers(0, 20 * SECOND)))
def test_more_playback_never_means_less_heard(reply: list[Segment], played: tuple[int, int]) -> None:
    less, more = sorted(played)
    assert len(heard_text(reply, less)) <= len(heard_text(reply, more))


@given(reply=segments)
def test_everything_played_is_everything_heard(reply: list[Segment]) -> None:
    total = sum(segment.samples for segment in reply)
    assert heard_text(reply, total) == "".join(segment.text for segment in reply)
