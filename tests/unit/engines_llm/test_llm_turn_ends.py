"""What the reader of turn ends asks, and what it makes of the answer."""

from __future__ import annotations

import json
import math

import msgspec
import pytest

from vivavoce.engines.llm.turn_reader import as_asked, end_probability


def answer(*alternatives: tuple[str, float]) -> bytes:
    """Return llama.cpp's answer with these next tokens."""
    top = [{"id": 1, "token": token, "bytes": [], "logprob": math.log(share)} for token, share in alternatives]
    return json.dumps({"content": "x", "completion_probabilities": [{"token": "x", "top_logprobs": top}]}).encode()


@pytest.mark.parametrize("words", ["What is the time?", "what is the time", " What is  the time… "])
def test_what_the_recogniser_made_of_the_sound_is_left_out(words: str) -> None:
    assert as_asked(words) == "<|im_start|>user\nwhat is the time"


def test_the_words_of_half_a_turn_begin_the_words_of_the_whole() -> None:
    words = [f"word{number}" for number in range(63)]
    whole = as_asked(" ".join(words))
    assert whole is not None
    assert whole.startswith(as_asked(" ".join(words[:40])) or "?")


def test_only_the_last_words_count_and_they_leave_thirty_two_at_a_time() -> None:
    firsts = []
    for count in range(1, 200):
        asked = as_asked(" ".join(str(number) for number in range(count)))
        assert asked is not None
        words = asked.partition("\n")[2].split()
        assert len(words) < 64
        firsts.append(int(words[0]))
    assert sorted(set(firsts)) == [0, 32, 64, 96, 128, 160]


@pytest.mark.parametrize("words", ["", " ... ", "你好吗", "который час"])
def test_what_it_cannot_read_is_not_asked(words: str) -> None:
    assert as_asked(words) is None


def test_the_ways_in_which_a_turn_can_end_are_added_up() -> None:
    completion = answer(("?", 0.3), ("", 0.2), ("\n", 0.1), (" !", 0.05), (" and", 0.2), (",", 0.1))
    assert end_probability(completion) == pytest.approx(0.65)


def test_a_turn_that_must_go_on_has_no_end() -> None:
    assert end_probability(answer((" of", 0.9))) == 0.0
    assert end_probability(b'{"completion_probabilities": []}') is None


def test_an_answer_that_is_none_is_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        end_probability(b'{"error": {"code": 503}}')
