"""Taking expression cues out of a reply."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.speech.cues import EXPRESSIONS, Cue, CueFilter, action_named

ALLOWED = ("joy", "sadness", "thinking")
BLANKS = " \t\u00a0\u3000"

pieces = st.one_of(
    st.sampled_from([f"[{name}]" for name in EXPRESSIONS]),
    st.sampled_from(["[", "]", "【", "】", "［", "］", "jo", "joy", "y]", "[J", "[1]", "[sic]", "](http://a.b)"]),
    st.sampled_from([" ", "  ", "\n", "\u3000", ".", ",", "!", "?", "。", "，", "“", "”", "'", '"', "-", "("]),
    st.sampled_from(["hello", "World", "you're", "3.5", "你好", "小梅", "ok", "é", "😀"]),
    st.text(max_size=4),
)
replies = st.lists(pieces, max_size=20).map("".join)


def cleaned(text: str, cuts: list[int] | None = None, allowed: tuple[str, ...] = ALLOWED) -> tuple[str, list[Cue]]:
    cue_filter = CueFilter(allowed)
    places = [0, *sorted({min(cut, len(text)) for cut in cuts or []}), len(text)]
    answers = [cue_filter.feed(text[start:end]) for start, end in pairwise(places)] + [cue_filter.flush()]
    return "".join(part for part, _ in answers), [cue for _, cues in answers for cue in cues]


@pytest.mark.parametrize(
    ("reply", "clean", "cues"),
    [
        ("[joy] Hello there!", "Hello there!", [("joy", 0)]),
        ("[JOY]Hello there!", "Hello there!", [("joy", 0)]),
        ("[joy]\n\nHello.", "Hello.", [("joy", 0)]),
        ("Well. [sadness] I am sorry.", "Well. I am sorry.", [("sadness", 6)]),
        ("Well.[sadness]I am sorry.", "Well. I am sorry.", [("sadness", 6)]),
        ("That is great [joy]!", "That is great!", [("joy", 13)]),
        ("That is great! [joy]", "That is great!", [("joy", 14)]),
        ("One [joy] [thinking] two", "One two", [("joy", 4), ("thinking", 4)]),
        ("so[joy]much", "so much", [("joy", 3)]),
        ("One.\n[joy] Two.", "One.\nTwo.", [("joy", 5)]),
        ("One. [joy]\nTwo.", "One.\nTwo.", [("joy", 4)]),
        ("[joy]你好！[thinking] 我想想。", "你好！我想想。", [("joy", 0), ("thinking", 3)]),
        ("【joy】你好 【sadness】呀", "你好呀", [("joy", 0), ("sadness", 2)]),
        ("我用 [joy] Python 写的", "我用 Python 写的", [("joy", 3)]),
        ("［joy］“好。”", "“好。”", [("joy", 0)]),
        ("[smile] Hi. [Happy] You!", "Hi. You!", [("joy", 0), ("joy", 4)]),
        ("[思考]蜘蛛有八条腿。[笑]", "蜘蛛有八条腿。", [("thinking", 0), ("joy", 7)]),
    ],
)
def test_a_cue_leaves_no_trace_in_the_text_and_tells_its_place(
    reply: str, clean: str, cues: list[tuple[str, int]]
) -> None:
    assert cleaned(reply) == (clean, [Cue(name=name, place=place) for name, place in cues])


@pytest.mark.parametrize(
    "text",
    [
        "As shown in [1].",
        "He said [sic] so.",
        "See [the page](http://a.b).",
        "a [j] b",
        "[joyful] day",
        "[ joy ]",
        "【注】好",
    ],
)
def test_other_brackets_pass_untouched(text: str) -> None:
    assert cleaned(text) == (text, [])


def test_an_expression_that_is_not_allowed_is_taken_out_and_told_to_no_one() -> None:
    assert cleaned("[anger] No. [joy] Yes.") == ("No. Yes.", [Cue(name="joy", place=4)])
    assert cleaned("[anger] No. [joy] Yes.", allowed=()) == ("No. Yes.", [])


def test_a_bracket_is_held_only_while_it_may_become_a_cue() -> None:
    cue_filter = CueFilter(ALLOWED)

    assert cue_filter.feed("So [j") == ("So", ())
    assert cue_filter.feed("a") == (" [ja", ())
    assert cue_filter.feed("[jo") == ("", ())
    assert cue_filter.flush() == ("[jo", ())


def test_a_cue_is_told_with_the_text_it_is_about() -> None:
    cue_filter = CueFilter(ALLOWED)

    assert cue_filter.feed("[joy]") == ("", ())
    assert cue_filter.feed(" Hi") == ("Hi", (Cue(name="joy", place=0),))


@given(replies, st.lists(st.integers(0, 60), max_size=12))
def test_how_a_reply_is_cut_into_deltas_changes_nothing(reply: str, cuts: list[int]) -> None:
    assert cleaned(reply, cuts) == cleaned(reply, list(range(len(reply)))) == cleaned(reply)


@given(replies)
def test_no_known_cue_survives(reply: str) -> None:
    clean, cues = cleaned(reply)

    names = "|".join(EXPRESSIONS)
    assert not re.search(rf"\[({names})\]|【({names})】|［({names})］", clean, re.IGNORECASE)
    assert [cue.place for cue in cues] == sorted(cue.place for cue in cues)
    assert all(cue.name in ALLOWED and 0 <= cue.place <= len(clean) for cue in cues)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="[【［"), max_size=12), max_size=8))
def test_text_without_brackets_passes_unchanged_and_at_once_but_for_blanks_at_its_end(deltas: list[str]) -> None:
    cue_filter = CueFilter(ALLOWED)
    passed = fed = ""

    for delta in deltas:
        fed += delta
        passed += cue_filter.feed(delta)[0]
        assert passed == fed.rstrip(BLANKS)
    assert passed + cue_filter.flush()[0] == fed


@given(
    st.lists(
        st.sampled_from(["hello", "you're", "well,", "done.", "[joy]", " [joy]", "[joy] ", " [thinking] ", "[anger]"]),
        max_size=12,
    )
)
def test_cutting_never_glues_words_nor_leaves_two_blanks(parts: list[str]) -> None:
    reply = "".join(part if "[" in part else f"{part} " for part in parts)

    clean, _ = cleaned(reply)

    assert clean.split() == re.sub(r"\[\w+\]", " ", reply).split()
    assert "  " not in clean
    assert not re.search(r" [.,!?]", clean)


def test_movements_are_cues_as_expressions_are() -> None:
    cues = CueFilter(("joy", "nod"))
    text, told = cues.feed("[nods] Yes! [wave] Bye. [joy] Really.")
    assert text == "Yes! Bye. Really."
    assert [(cue.name, cue.place) for cue in told] == [("nod", 0), ("joy", 10)]
    assert [action_named(cue.name) for cue in told] == ["nod", None]
