"""What of a continued reply is new."""

from __future__ import annotations

import pytest

from tests.unit.engines.provider_scenes import asking
from vivavoce.engines.fallback_resumption import FreshWords, WholeWords, carried_on


def after(said: str, answer: str, *, size: int = 3) -> str:
    """Return what is let through of an answer that comes in pieces."""
    fresh = FreshWords(said)
    pieces = [answer[at : at + size] for at in range(0, len(answer), size)]
    return "".join(fresh.take(piece) for piece in pieces) + fresh.end()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("said", "answer", "fresh"),
    [
        ("", "Hello there.", "Hello there."),
        ("The tower stands in", " Paris.", " Paris."),
        ("The tower stands in", "Paris.", " Paris."),
        ("The tower stands in", "stands in Paris.", " Paris."),
        ("The tower stands in", "The tower stands in Paris.", " Paris."),
        ("The tower stands in", "the tower stands in Paris.", " Paris."),
        ("The tower stands in ", "stands in Paris.", "Paris."),
        ("The tower stands in ", " Paris.", "Paris."),
        ("It is tall.", "It is old, too.", " It is old, too."),
        ("It is tall,", " and old.", " and old."),
        ("Well", ", yes.", ", yes."),
        ("In Paris.", "", ""),
        ("In Paris.", "\n", ""),
        ("In Paris.", "In Paris.", ""),
        ("Sure!\nHere is the list", "Sure! Here is the list: a", ": a"),
        ("Sure! Here is the list:\n\n", "Sure!\n\nHere is the list:\n1. a", "1. a"),
        ("It  is tall", "it is\ntall and old.", " and old."),
        ("Then go le", "ft and stop.", "ft and stop."),
        ("Then go le", "left and stop.", "ft and stop."),
        ("Then go le", "go left and stop.", "ft and stop."),
        ("Then go le", "Then go left and stop.", "ft and stop."),
        ("Then go ", "left and stop.", "left and stop."),
        ("In 20", "24.", "24."),
        ("\u0130stanbul is", "\u0130stanbul is large.", " large."),
        ("铁塔在巴黎", "的河边。", "的河边。"),
        ("铁塔在巴黎", "铁塔在巴黎的河边。", "的河边。"),
    ],
)
def test_words_that_were_said_are_not_said_again(said: str, answer: str, fresh: str, size: int) -> None:
    assert after(said, answer, size=size) == fresh


def test_new_words_are_not_held_back() -> None:
    fresh = FreshWords("The tower stands in")
    assert fresh.take(" Paris") == " Paris"
    assert fresh.take(", by the river.") == ", by the river."


@pytest.mark.parametrize(
    ("pieces", "passed"),
    [
        (["Then", " go le"], ["", "Then go "]),
        (["Sure!", " Here"], ["Sure!", " "]),
        (["It is 3", ".", "14 m."], ["It is ", "", "3.14 m."]),
        (["don", "'", "t do"], ["", "", "don't "]),
        (["铁塔在", "巴黎"], ["铁塔在", "巴黎"]),
        (["a" * 100], ["a" * 100]),
        (["", " "], ["", " "]),
    ],
)
def test_a_word_that_may_go_on_is_held_back(pieces: list[str], passed: list[str]) -> None:
    words = WholeWords()
    assert [words.take(piece) for piece in pieces] == passed
    assert "".join(passed) + words.end() == "".join(pieces)


def test_a_question_of_which_nothing_was_answered_stays_as_it_is() -> None:
    assert carried_on(asking(), "") is not None
    assert carried_on(asking(), "  ") == asking()
