"""What holds for every text and language: markdown, pictures, stability, speed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.speech.speakable import speakable
from vivavoce.speech.wordlists import listed

MARKDOWN = [
    ("# A title\nText", "A title. Text"),
    ("## What now? ##", "What now?"),
    ("**bold**, *slanted*, ***both***, ~~gone~~, __under__ and _score_", "bold, slanted, both, gone, under and score"),
    ("**Hello, ", "Hello,"),
    ("world**, yes", "world, yes"),
    ("- one\n* two\n+ three\n• four", "one. two. three. four"),
    ("- [ ] open\n- [x] done", "open. done"),
    ("- one line\n", "one line."),
    ("> quoted\n> on", "quoted on"),
    ("above\n\n---\n\nbelow", "above. below"),
    ("| Name | Age |\n|---|:-:|\n| Ann | old |", "Name, Age. Ann, old"),
    ("a [link](http://x.y/z_(w)) here", "a link here"),
    ("an ![image of a cat](cat.png) here", "an image of a cat here"),
    ("a [reference][1] and a note[^2] and a source [3].", "a reference and a note and a source."),
    ("run `get_user_name()` now", "run get user name now"),
    ("call `np.array` or `getUserName`", "call np dot array or get User Name"),
    ("<b>Hi</b> there<br>you &amp; me", "Hi there, you and me"),
    ("snake_case stays words", "snake case stays words"),
    ("before\n```python\nprint(1)\n```\nafter", "before. after"),
    ("```\nonly code\n```", ""),
    ("```\nnever closed", ""),
    ("first line\nsecond line", "first line second line"),
    ("first\n\nsecond", "first. second"),
    (r"escaped \*stars\*", "escaped stars"),
]
SILENT = ["", " ", "\n\n", "---", "***", "...", "?!", "😀👍🏽", "🇩🇪", "```", "|---|", "\u200b", "“”", "()", "•", "[]()"]


@pytest.mark.parametrize(("written", "said"), MARKDOWN)
def test_markdown_is_not_read_out(written: str, said: str) -> None:
    assert speakable(written, "en") == said


@pytest.mark.parametrize("written", SILENT)
@pytest.mark.parametrize("language", ["en", "zh", "fr"])
def test_nothing_to_say_is_nothing(written: str, language: str) -> None:
    assert speakable(written, language) == ""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hi 😀 there", "Hi there"),
        ("a family 👨‍👩‍👧‍👦 of four", "a family of four"),
        ("thumbs 👍🏽!", "thumbs!"),
        ("press 1️⃣ now", "press one now"),
        ("flag 🇨🇳 here", "flag here"),
        ("zero\u200bwidth", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("non\u00a0breaking", "non breaking"),
        ("tick ✓ and star ★", "tick and star"),
        ("٣ apples", "three apples"),
        ("broken \ud800 surrogate", "broken surrogate"),
    ],
)
def test_pictures_and_invisible_characters_are_left_out(written: str, said: str) -> None:
    assert speakable(written, "en") == said


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("**Bonjour** 😀, voici [le lien](http://x.y).", "fr", "Bonjour, voici le lien."),
        ("Das kostet 3,50 € am 3. Mai.", "de", "Das kostet 3,50 € am 3. Mai."),
        ("Schreib an a@b.de", "de", "Schreib an a at b Punkt de"),
        ("Visita https://ejemplo.com/x ahora", "es", "Visita ejemplo punto com ahora"),
        ("今日は2026年です。", "ja", "今日は2026年です。"),
    ],
)
def test_other_languages_keep_their_numbers_for_their_own_voice(written: str, language: str, said: str) -> None:
    assert speakable(written, language) == said


BITS = listed(
    """1 2 12 1984 2026 3.14 1,000 .5 007 $ £ € % °C km kg GB / - – . , : ; ! ? ... ( ) " ' * ** _ ` ``` # @ & + = < > ~
    | [ ] ]( http:// example.com a@b.co Dr. Mr. St. e.g. etc. No. U.S. p.m. am Nov Nov. VIII Henry World War II th st x
    × ² ½ 😀 你好 世界 的 年 月 日 点 元 个 2个 第 万 亿 ℃ ％ ， 。 、 ： ～ 到 约 Word The the and GPT C++ A/B w/ km/h
    1990s 's \\ { } ^ → π √ ≤ main.py"""
)
texts = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*BITS, " ", " ", "\n", "\n- ", "\n# ", "\n\n"]), max_size=12).map("".join),
)


@given(text=texts, language=st.sampled_from(["en", "zh", "fr"]))
@settings(max_examples=600, deadline=None)
def test_what_is_said_is_said_the_same_when_read_again(text: str, language: str) -> None:
    said = speakable(text, language)
    assert speakable(said, language) == said


@given(text=texts)
@settings(max_examples=300, deadline=None)
def test_nothing_is_left_for_another_normaliser_to_read(text: str) -> None:
    for language in ("en", "zh"):
        said = speakable(text, language)
        assert not any(character.isdecimal() or character in "*_`#|<>[]{}$%&@=+\n" for character in said)
        assert said == said.strip()
        assert "  " not in said


HOSTILE = [
    *listed(
        r"""1 1, 1. 1- 1/ 1: $1 12: - [ ]( [a]( < <!-- * ** _ ` `a | # \ \frac{ { ( (( " ' a. a@ a@b. www. http://
        http://a a/ a- a_ I U.S. e.g. 1x x^ & &amp; ~1 = 1= 😀 一 1年 2个 1.1. ½ … A/ /a.py"""
    ),
    *(" ", "\t", "\n", "\n\n", "<a ", "| ", "# ", "- ", "> ", "1 ", "+1 ", "1 1/", ". ", ", ", "a b", "```\n"),
    *("Henry I", "Dr. ", "May ", "May 1", "Nov 1-"),
]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_work_grows_with_the_text_and_not_faster(language: str) -> None:
    def seconds(unit: str, length: int) -> float:
        text = unit * (length // len(unit))
        started = time.process_time()
        speakable(text, language)
        return time.process_time() - started

    # Where the short text is slow for its length, the long one must not be much slower than four times that.
    slow = {
        unit: (small, large)
        for unit in HOSTILE
        if (small := seconds(unit, 2_000)) > 0
        and (large := seconds(unit, 8_000)) > 12 * small + 0.03
        and seconds(unit, 8_000) > 12 * seconds(unit, 2_000) + 0.03
    }
    assert slow == {}
