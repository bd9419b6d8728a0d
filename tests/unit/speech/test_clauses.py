"""Cutting replies into clauses."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.speech.clauses import ClauseChunker, ClausePace
from vivavoce.speech.scripts import is_cjk
from vivavoce.speech.wordlists import words

SENTENCES_ONLY = ClausePace(pause_words=(), first_conjunction_words=(99, 99), first_max_words=99)


def cut(text: str, language: str = "en", pace: ClausePace | None = None) -> list[str]:
    chunker = ClauseChunker(language, pace)
    return [clause for character in text for clause in chunker.feed(character)] + chunker.flush()


def is_code(clause: str) -> bool:
    return clause.lstrip().startswith(("```", "~~~"))


@pytest.mark.parametrize(
    "marked",
    [
        "He left. |She stayed.",
        "Dr. Smith and Mrs. Jones live on St. James St. in Bath. |They met there.",
        "We like fruit, e.g. apples, i.e. what grows on trees vs. roots. |Right?",
        "It weighs 3.14 kg and costs $1,000.50 today. |Not bad.",
        "The U.S. economy grew. |So did the U.K. one.",
        "I live in the U.S. |It is large.",
        "See No. 5 and Fig. 2 on p. 7. |Then go on.",
        "No. |I do not think so.",
        "The show starts at 7 p.m. tomorrow. |Be there.",
        "The show starts at 7 p.m. |We should go.",
        "Bring pens, paper, etc. |Then we begin.",
        "Mail a.b@example.com or see https://example.com/x.html?a=1.5&b=2. |Thanks.",
        "Is it? |It is! |Good.",
        "What?! |No way!!! |Really.",
        "Wait... what is that? |Oh.",
        "I thought... |Never mind.",
        '"Stop." |He stopped. |"Really?" she asked. |"Yes!" |They laughed.',
        "(He did.) |She did not.",
        "**Done.** |Next.",
        "J. R. R. Tolkien wrote it. |I read it.",
        "Version 2.0.1 is out. |Get it.",
        "It was 1984. |The clocks struck.",
        "1. Buy milk.\n|2. Buy eggs.\n|3. Go home.",
        "- one\n|- two\n|\nThe end.",
        "# A title\n|Some text.",
        "Read [Dr. No. The book](http://a.b/c. d) now. |Please.",
        "Run `a. b? c` first. |Then stop.",
        "An open [bracket. Then more.\n|End.",
        "Hello there! |😀 Good day.",
        "Is he a Ph.D. student? |He is.",
        "He works at Acme Inc. in Ohio. |Fine.",
        "I spoke with Max. |He said at 5 EST. |Use max. 5 each.",
        "lower case too. |as some like it.",
    ],
)
def test_sentences_end_where_a_reader_would_end_them(marked: str) -> None:
    assert cut(marked.replace("|", ""), pace=SENTENCES_ONLY) == marked.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "好的。|我来帮你。",
        "好。|真的吗？！|太好了！|走吧。",
        "“你好。”|他说。",
        "温度是25.5度。|很冷。",
        "他说：「走吧！」|我们走了。",
        "我用OK.|然后继续。",
        "嗯……|好吧。",
        "今日は晴れです。|散歩しましょう。",
    ],
)
def test_chinese_and_japanese_sentences_end_without_spaces(marked: str) -> None:
    assert cut(marked.replace("|", ""), "zh", SENTENCES_ONLY) == marked.split("|")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I'm doing well, thank you for asking.", "I'm doing well, "),
        ("Sure, I can help you with that, of course.", "Sure, I can help you with that, "),
        ("Yes! I can do it.", "Yes! "),
        ("There are three kinds: red, green and blue.", "There are three kinds: "),
        ("The old house — a ruin really — fell down.", "The old house — "),
        ("It is quite warm because the sun is out today.", "It is quite warm "),
        ("You can pay in cash and you can also pay by card.", "You can pay in cash "),
        ("On November 20, 2026, it was cold.", "On November 20, 2026, "),
        (
            "The quick brown fox jumps over lazy dogs beside rivers full of silver fish every morning.",
            "The quick brown fox jumps ",
        ),
        (
            "The quick brown fox always jumps over the river every morning.",
            "The quick brown fox always ",
        ),
        ("好的，我来帮你查一下，请稍等。", "好的，我来帮你查一下，"),
        ("当然可以，这个问题很简单。", "当然可以，"),
        ("Das kann ich gern machen, wenn du willst.", "Das kann ich gern machen, "),
    ],
)
def test_the_first_clause_is_cut_early(text: str, first: str) -> None:
    assert cut(text, "zh" if first[0] in "好当" else "en")[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I counted to 3, 4, 5, 6 and 7", "I counted to 3, 4, 5, 6 and 7"),
        ("The years 1990—1995 were good", "The years 1990—1995 were good"),
        ("The pages 3–5 and the rows 3 - 5", "The pages 3–5 and the rows 3 - 5"),
        ("It says a,b,c and x:y and p;q", "It says a,b,c and x:y and p;q"),
        ("A state-of-the-art co-op -- no", "A state-of-the-art co-op -- "),
        ("Well I said 她，他", "Well I said 她，"),
    ],
)
def test_marks_within_numbers_and_words_are_no_pauses(text: str, first: str) -> None:
    eager = ClausePace(pause_words=(1,) * 9, first_conjunction_words=(99, 99), first_max_words=99)
    assert cut(text, pace=eager)[0] == first


def test_a_half_width_comma_before_chinese_is_a_pause() -> None:
    assert cut("我们今天去,明天回来", "zh")[0] == "我们今天去,"


def test_a_number_is_never_parted_from_its_unit_or_name() -> None:
    text = "This is a rather long line of plain words before page 5 of the book"
    assert not any(clause.endswith("page ") for clause in cut(text))


def test_the_first_clause_comes_while_the_text_still_runs() -> None:
    chunker = ClauseChunker("en")
    assert chunker.feed("I'm doing well,") == []
    assert chunker.feed(" thank") == ["I'm doing well, "]
    assert ClauseChunker("zh").feed("当然可以，") == ["当然可以，"]
    assert ClauseChunker("zh").feed("你好！") == ["你好！"]


def test_a_full_stop_waits_for_what_follows_it_and_no_longer() -> None:
    chunker = ClauseChunker("en")
    assert chunker.feed("It is 3.") == []
    assert chunker.feed("5 metres.") == []
    assert chunker.feed(" So") == ["It is 3.5 metres. "]
    assert chunker.flush() == ["So"]
    assert chunker.flush() == []


def test_clauses_grow_from_the_first_to_whole_sentences() -> None:
    text = "One two three, " * 8
    assert [len(clause.split()) for clause in cut(text, pace=ClausePace(long_chars=60))] == [3, 6, 12, 3]


def test_a_long_sentence_is_cut_at_a_pause() -> None:
    sentence = "word " * 20 + "and then, " + "word " * 20 + "here."
    later = cut("Hi. Yes. No. " + sentence)[3:]
    assert "".join(later) == sentence
    assert later[0].endswith("then, ")


def test_text_without_any_mark_is_cut_between_words_in_the_end() -> None:
    clauses = cut("Hi. Yes. No. " + "plain " * 200)
    assert max(len(clause) for clause in clauses) <= 300
    assert all(clause.endswith(" ") for clause in clauses)


def test_text_without_even_spaces_is_cut_at_twice_the_bound() -> None:
    assert [len(clause) for clause in cut("x" * 1_500)] == [560, 560, 380]


def test_a_code_block_is_one_clause_however_it_arrives() -> None:
    text = "Here it is:\n```python\nprint('a. b')\n\n`` not yet\n  ```\nThat was it. Bye."
    clauses = cut(text)
    assert [clause for clause in clauses if is_code(clause)] == ["```python\nprint('a. b')\n\n`` not yet\n  ```"]
    assert clauses[0] == "Here it is:\n"
    assert clauses[2] == "\nThat was it. "


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\nnever closed\n", "```\nnever closed\n"),
        ("Look:\n~~~\nx ```\n~~~\nok", "~~~\nx ```\n~~~"),
        ("  ```x = 1```\nok", "  ```x = 1```"),
    ],
)
def test_odd_code_blocks_are_still_one_clause(text: str, code: str) -> None:
    assert [clause for clause in cut(text) if is_code(clause)] == [code]


def test_code_marks_within_a_line_are_not_a_block() -> None:
    assert cut("Use ```this``` and that. Fine.") == ["Use ```this``` and that. ", "Fine."]


def test_words_before_a_block_on_no_line_of_their_own_are_kept_apart_from_it() -> None:
    assert [is_code(clause) for clause in cut("Run\n```\nls\n```")] == [False, True]


def test_german_ordinals_do_not_end_a_sentence() -> None:
    assert cut("Am 3. Mai kam er. Gut.", "de", SENTENCES_ONLY) == ["Am 3. Mai kam er. ", "Gut."]


def test_nothing_gives_nothing() -> None:
    assert cut("") == []
    assert cut("\n \n") == ["\n \n"]


PIECES = [
    *words(
        """. , ! ? … ; : — - ... ``` ~~~ ` [ ]( ) * ** " ” “ 「 」 。 ， ！ 、 ： 3.14 1,000 Dr. e.g. U.S. No. 5
        http://a.b/c a@b.c The the and because 你好 世界 word longerword 1. - # 😀"""
    ),
    "\n",
    "\n\n",
]
pieces = st.lists(
    st.one_of(
        st.sampled_from(sorted(PIECES)),
        st.just(" "),
        st.text(max_size=5),
    ),
    max_size=60,
)


@given(pieces=pieces, cuts=st.lists(st.integers(0, 400), max_size=30), language=st.sampled_from(["en", "zh", "de"]))
@settings(deadline=None, max_examples=400)
def test_clauses_join_to_the_text_and_do_not_depend_on_the_deltas(
    pieces: list[str], cuts: list[int], language: str
) -> None:
    text = "".join(pieces)
    places = [0, *sorted(place for place in cuts if place < len(text)), len(text)]
    chunker = ClauseChunker(language)
    clauses: list[str] = []
    for start, end in itertools.pairwise(places):
        clauses += chunker.feed(text[start:end])
    clauses += chunker.flush()
    assert "".join(clauses) == text
    assert clauses == cut(text, language)
    assert all(any(c.isalnum() or is_cjk(c) for c in clause) for clause in clauses[:-1] if not is_code(clause))
    assert all(len(clause) <= 600 for clause in clauses if not is_code(clause))


@pytest.mark.parametrize(
    "unit", ["word ", "x", "a. ", "[", "`", "```\n", "“", "... ", "   ", "\n", "你好，", "U.S. ", "1"]
)
def test_the_work_grows_with_the_text_and_not_faster(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            ClauseChunker("en").feed(text)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(80_000) < 12 * seconds(20_000) + 0.05
