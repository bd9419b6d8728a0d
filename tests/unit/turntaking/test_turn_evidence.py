"""One probability from whatever is known of a pause."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.turntaking.evidence import Evidence, pooled, turn_end_probability

PROBABILITIES = st.none() | st.floats(0.0, 1.0)
WHOLE = Evidence(sound=0.97, words="Can I have a coffee with milk?", closing=0.95, continuation=0.4)
BROKEN_OFF = Evidence(sound=0.05, words="Can I have a coffee with", closing=0.4, continuation=0.001)


def test_nothing_known_favours_neither_side() -> None:
    assert turn_end_probability(Evidence()) == 0.5
    assert turn_end_probability(Evidence(words="")) == 0.5


def test_agreeing_witnesses_are_surer_than_each_alone() -> None:
    assert turn_end_probability(WHOLE) > 0.9
    assert turn_end_probability(BROKEN_OFF) < 0.05
    alone = Evidence(sound=WHOLE.sound)
    assert 0.5 < turn_end_probability(alone) < turn_end_probability(WHOLE)


def without_each(evidence: Evidence) -> list[Evidence]:
    return [
        replace(evidence, sound=None),
        replace(evidence, words=None),
        replace(evidence, closing=None),
        replace(evidence, continuation=None),
    ]


def test_an_absent_witness_turns_no_clear_case_round() -> None:
    assert min(map(turn_end_probability, without_each(WHOLE))) > 0.7
    assert max(map(turn_end_probability, without_each(BROKEN_OFF))) < 0.3


def test_witnesses_of_words_say_nothing_without_words() -> None:
    assert turn_end_probability(Evidence(closing=1.0, continuation=1.0)) == 0.5


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("Can I have a", "Can I have it"),
        ("Can I have it", "Can I have milk"),
        ("One two three", "One two three four"),
        ("Well", "Yes"),
        ("我想", "我想喝茶"),
    ],
)
def test_words_that_ask_for_more_make_an_end_less_likely(less: str, more: str) -> None:
    assert turn_end_probability(Evidence(sound=0.8, words=less)) < turn_end_probability(Evidence(sound=0.8, words=more))


def test_what_a_language_model_says_of_one_word_counts_for_little() -> None:
    one = [turn_end_probability(Evidence(words="Seven.", continuation=p)) for p in (0.001, 0.5)]
    many = [turn_end_probability(Evidence(words="Seven of clubs please.", continuation=p)) for p in (0.001, 0.5)]
    assert one[1] - one[0] < (many[1] - many[0]) / 2


@given(sound=PROBABILITIES, words=st.none() | st.text(max_size=40), closing=PROBABILITIES, continuation=PROBABILITIES)
def test_any_evidence_gives_a_probability(
    sound: float | None, words: str | None, closing: float | None, continuation: float | None
) -> None:
    evidence = Evidence(sound=sound, words=words, closing=closing, continuation=continuation)
    assert 0.0 < turn_end_probability(evidence) < 1.0


@given(pair=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), witness=st.integers(0, 2))
def test_a_witness_who_is_surer_makes_the_end_no_less_likely(pair: tuple[float, float], witness: int) -> None:
    def told(value: float) -> float:
        cases = replace(WHOLE, sound=value), replace(WHOLE, closing=value), replace(WHOLE, continuation=value)
        return turn_end_probability(cases[witness])

    assert told(min(pair)) <= told(max(pair))


def test_a_witness_asked_twice_says_what_lies_between() -> None:
    assert pooled(None, 0.3) == 0.3
    assert pooled(0.9, 0.1) == pytest.approx(0.5)
    assert 0.5 < pooled(0.2, 0.98) < 0.98


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_witness_asked_twice_is_never_surer_than_its_surer_answer(first: float, second: float) -> None:
    assert min(first, second, 0.999) - 1e-9 <= pooled(first, second) <= max(first, second, 0.001) + 1e-9
