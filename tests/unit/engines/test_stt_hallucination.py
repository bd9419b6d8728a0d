from __future__ import annotations

import pytest

from vivavoce.engines.stt.hallucination import is_noise_text, loop_start, rounds


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([], None),
        ([1, 2, 3, 4, 5], None),
        ([5, 5, 5, 5], None),  # "no no no no"
        ([1, *[5] * 9], 2),
        ([1, 2, 3] * 4, 3),
        ([1, 2, 3] * 2, None),
        ([7, 8, *[1, 2, 3, 4, 5] * 4], 7),
        ([7, 8, *[1, 2, 3, 4, 5] * 3], None),
        ([*[5] * 12, 6], None),  # the speaker went on
    ],
)
def test_a_loop_begins_after_its_first_round(tokens: list[int], expected: int | None) -> None:
    assert loop_start(tokens) == expected


@pytest.mark.parametrize("text", ["you", " You ", "♪♪♪", "© transcript by someone", "Thanks for watching!", "字幕由"])
def test_what_models_write_for_noise_is_no_speech(text: str) -> None:
    assert is_noise_text(text)


@pytest.mark.parametrize("text", ["You.", "Thank you.", "You and me", "I want to thank you for watching the house"])
def test_what_people_say_is_speech(text: str) -> None:
    assert not is_noise_text(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1.0),
        ("I", 1.0),
        ("Six", 1.0),
        ("Six. Six.", 2.0),
        ("现在几点了。现在几点了", 2.0),
        ("ab cab", 5 / 3),
        ("What is the time?", 1.0),
    ],
)
def test_rounds_count_how_often_the_whole_is_said(text: str, expected: float) -> None:
    assert rounds(text) == pytest.approx(expected)
