"""Words as a search finds them, titles and snippets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.history.records import Entry, title_of
from vivavoce.history.terms import MAX_QUERY_TERMS, SNIPPET_CHARACTERS, parse_query, snippet, terms_of


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("What's up, Doc?", ["what", "s", "up", "doc"]),
        ("ＡＢＣ straße", ["abc", "strasse"]),
        ("天气GPT4好", ["天", "气", "gpt4", "好"]),
        ("カタカナ ひら", ["カ", "タ", "カ", "ナ", "ひ", "ら"]),
        ("snake_case 3.5", ["snake", "case", "3", "5"]),
        ("한국어", ["한국어"]),
        ("«»—…😀", []),
    ],
)
def test_text_is_cut_into_terms(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


def test_what_stands_together_is_looked_for_together() -> None:
    assert parse_query("今天 well-kept x").phrases == (("今", "天"), ("well", "kept"), ("x",))


def test_a_query_is_bounded() -> None:
    assert sum(len(phrase) for phrase in parse_query("一二三四五 " * 40).phrases) == MAX_QUERY_TERMS


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_text_and_no_query_breaks_a_snippet(text: str, words: str) -> None:
    shown = snippet(text, parse_query(words))
    assert len(shown) <= SNIPPET_CHARACTERS + 2
    assert shown.strip("…").strip() in " ".join(text.split())


def test_a_snippet_shows_the_word_and_not_the_middle_of_another() -> None:
    text = "Steam rises. " * 30 + "Then there was tea on the table. " + "Steam rises. " * 30
    assert " tea " in snippet(text, parse_query("tea"))


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("  Hello   there. ", "Hello there."),
        ("word " * 30, "word word word word word word word word word word word word…"),
        ("今天天气怎么样" * 10, "今天天气怎么样" * 4 + "今…"),
        ("x" * 100, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_words(words: str, title: str) -> None:
    assert title_of(words) == title


@pytest.mark.parametrize(
    ("heard", "words", "is_interrupted"),
    [(None, "All of it.", False), ("All of it.", "All of it.", False), ("All", "All", True), ("", "", True)],
)
def test_of_a_reply_only_what_was_heard_counts(heard: str | None, words: str, is_interrupted: bool) -> None:
    entry = Entry(id="a", role="assistant", said="All of it.", heard=heard)
    assert (entry.words, entry.is_interrupted) == (words, is_interrupted)
