"""What the words so far tell about whether more will follow."""

from __future__ import annotations

import pytest

from vivavoce.turntaking.words import Ending, looked_at


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        pytest.param("Give me a", Ending.LEANS, id="an article"),
        pytest.param("I would like coffee with.", Ending.LEANS, id="a preposition, whatever mark was put behind it"),
        pytest.param("I wanted to go, but", Ending.LEANS, id="a conjunction"),
        pytest.param("I\u2019d like, um", Ending.LEANS, id="a filler"),
        pytest.param("So what\u2019s", Ending.LEANS, id="a contraction with a curly apostrophe"),
        pytest.param("I think it's the", Ending.LEANS, id="a determiner"),
        pytest.param("Can I get it?", Ending.MAY_LEAN, id="a pronoun that an article may have been taken for"),
        pytest.param("Turn it on.", Ending.MAY_LEAN, id="a particle that may be a preposition"),
        pytest.param("Yes.", Ending.ANSWER, id="an answer"),
        pytest.param("No, thanks!", Ending.ANSWER, id="an answer of two words"),
        pytest.param("Okay. Right.", Ending.ANSWER, id="two answers"),
        pytest.param("I don't know.", Ending.ANSWER, id="an answer that ends like a sentence"),
        pytest.param("It's five five five", Ending.DIGITS, id="too few digits for a number"),
        pytest.param("Call 555-12", Ending.DIGITS, id="figures"),
        pytest.param("double three five one two", Ending.DIGITS, id="digits said twice"),
        pytest.param("My PIN is one two three four", Ending.OPEN, id="a whole PIN"),
        pytest.param("555 0123", Ending.OPEN, id="a whole number of seven"),
        pytest.param("Five, five.", Ending.OPEN, id="two digits are not dictated"),
        pytest.param("Where is the library?", Ending.OPEN, id="a whole question"),
        pytest.param("Je voudrais le", Ending.OPEN, id="another language"),
        pytest.param("...", Ending.OPEN, id="no word"),
        pytest.param("", Ending.OPEN, id="nothing"),
        pytest.param("帮我打电话给", Ending.LEANS, id="a Chinese preposition"),
        pytest.param("我想订那个", Ending.LEANS, id="a Chinese filler"),
        pytest.param("因为，", Ending.LEANS, id="a Chinese conjunction"),
        pytest.param("好的。", Ending.ANSWER, id="a Chinese answer"),
        pytest.param("我的号码是一三八", Ending.DIGITS, id="Chinese digits that go on"),
        pytest.param("号码是13800138000", Ending.OPEN, id="a whole Chinese number"),
        pytest.param("今天天气怎么样？", Ending.OPEN, id="a whole Chinese question"),
    ],
)
def test_the_last_words_tell_how_a_text_ends(text: str, ending: Ending) -> None:
    assert looked_at(text).ending is ending


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("Yes.", 1), ("I don't know.", 3), ("room 12", 3), ("好", 1), ("今天天气怎么样？", 4)]
)
def test_words_are_counted_with_a_chinese_one_taken_for_two_characters(text: str, count: int) -> None:
    assert looked_at(text).count == count
