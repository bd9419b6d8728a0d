"""Captions: what two hypotheses agree on stays, whatever comes later."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.speech.partial import Captions


def caption(*hypotheses: str) -> tuple[str, str]:
    captions = Captions()
    told = ("", "")
    for hypothesis in hypotheses:
        told = captions.update(hypothesis)
    return told


@pytest.mark.parametrize(
    ("hypotheses", "stable", "unstable"),
    [
        pytest.param(["what is"], "", "what is", id="one hypothesis is no agreement"),
        pytest.param(["what is", "what is the"], "what is ", "the", id="words heard twice"),
        pytest.param(["what is", "what is"], "what ", "is", id="the newest word may be cut off"),
        pytest.param(["What is.", "what is the time"], "what is ", "the time", id="case and marks do not count"),
        pytest.param(["what is", "what was the"], "what ", "was the", id="up to the first difference"),
        pytest.param(["what", "that is"], "", "that is", id="nothing in common"),
        pytest.param(["", ""], "", "", id="nothing said"),
        pytest.param(["hello", ""], "", "", id="taken back"),
        pytest.param(["你好吗", "你好吗我"], "你好吗", "我", id="a language without spaces"),
        pytest.param(["你好 hello", "你好 hello you"], "你好 hello ", "you", id="two scripts"),
    ],
)
def test_what_two_hypotheses_agree_on_is_stable(hypotheses: list[str], stable: str, unstable: str) -> None:
    assert caption(*hypotheses) == (stable, unstable)


def test_stable_words_stay_when_they_are_heard_differently_later() -> None:
    assert caption("what is", "what is the", "that is the time now") == ("what is the ", "time now")


def test_stable_words_stay_when_they_are_not_heard_any_more() -> None:
    assert caption("what is the", "what is the time", "what") == ("what is the ", "")


def test_a_settled_caption_goes_on_with_what_comes_next() -> None:
    captions = Captions()
    captions.update("once upon a")
    captions.update("once upon a time")
    captions.settle()
    assert captions.update("there was") == ("once upon a time ", "there was")
    assert captions.update("there was a") == ("once upon a time there was ", "a")


def test_a_settled_caption_without_spaces_gets_none() -> None:
    captions = Captions()
    captions.update("从前有")
    captions.settle()
    assert captions.update("一座山") == ("从前有", "一座山")


def test_settling_nothing_leaves_nothing() -> None:
    captions = Captions()
    captions.settle()
    assert captions.update("hello") == ("", "hello")


WORDS = st.one_of(st.sampled_from(["", "a b c", "a b c d", "a x c d", "b", "你好吗", "你好 a"]), st.text(max_size=12))


@given(st.lists(st.one_of(WORDS, st.none()), max_size=12))
def test_stable_words_only_ever_grow(hypotheses: list[str | None]) -> None:
    captions = Captions()
    stable = ""
    for hypothesis in hypotheses:
        if hypothesis is None:
            captions.settle()
        else:
            before, (stable, _) = stable, captions.update(hypothesis)
            assert stable.startswith(before.rstrip())
