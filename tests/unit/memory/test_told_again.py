"""Which sentences tell the same, and what of the known is told in a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.memory.memory_scene import FIRST_DAY, memory_in, running, spoken
from vivavoce.memory.told_again import tells_the_same, told_among

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("你好今天我想学做饭", "今天我想学做饭。"),
        ("你好小梅，我今天想学做饭。", "今天我想学习做饭。"),
        ("我周末常去爬山。", "周末我经常去爬山"),
        ("我有一个哥哥。", "我有个哥哥"),
        ("我下周要去北京出差", "下周我要去北京出差了。"),
        ("Hello, I want to learn to cook today.", "Today I want to learn cooking!"),
        ("Hi Viva, my dog's called Rex.", "My dog is called Rex"),
        ("I'd like to learn Spanish.", "I want to learn Spanish."),
        ("Every Tuesday I swim.", "I swim every Tuesday."),
    ],
)
def test_greetings_punctuation_and_where_the_day_stands_make_no_other_fact(one: str, other: str) -> None:
    assert tells_the_same(one, other, 0.5)
    assert tells_the_same(other, one, 0.5)


@pytest.mark.parametrize(
    ("by_the_model", "by_the_user"),
    [
        ("The user plays the violin.", "I play the violin."),
        ("The user has a dog called Rex.", "I have a dog called Rex."),
        ("The user's sister is called Anna.", "My sister is called Anna."),
        ("用户对猫过敏。", "我对猫过敏"),
    ],
)
def test_what_a_model_tells_of_the_user_is_what_the_user_tells(by_the_model: str, by_the_user: str) -> None:
    assert tells_the_same(by_the_user, by_the_model, 0.5)
    assert not tells_the_same(by_the_user, by_the_model.replace("user", "neighbour").replace("用户", "邻居"), 0.99)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I have a dog named Rex.", "My dog is called Rex."),
        ("I work at the hospital.", "I work in the hospital."),
        ("我特别喜欢爬山。", "我喜欢爬山。"),
    ],
)
def test_a_shade_makes_no_other_fact_where_the_vectors_are_nearly_one(one: str, other: str) -> None:
    assert tells_the_same(one, other, 0.94)
    assert not tells_the_same(one, other, 0.92)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I like tea.", "I don't like tea."),
        ("我喜欢喝茶。", "我不喜欢喝茶。"),
        ("My sister is Clara.", "My sister is Anna."),
        ("My sister Clara lives in the old town of Rome.", "My sister Anna lives in the old town of Rome."),
        ("我姐姐小红在上海的一家大医院当护士", "我姐姐小芳在上海的一家大医院当护士"),
        ("Anna teaches Clara.", "Clara teaches Anna."),
        ("My brother lives in Rome.", "My brothers live in Rome."),
        ("I have a brother.", "I have two brothers."),
        ("我在上海有两个大学同学。", "我在上海有三个大学同学。"),
        ("我十点开会。", "我十一点开会。"),
        ("My sister lives in Rome.", "My other sister lives in Rome."),
        ("I want a dog.", "I have a dog."),
        ("I take my pills before breakfast.", "I take my pills after breakfast."),
        ("I swim on Tuesday.", "I swim on Monday."),
        ("I drive a red car to work.", "I drive a blue car to work."),
        ("Hello!", "Hi there."),
    ],
)
def test_a_name_a_number_a_denial_and_any_word_that_counts_make_another_fact(one: str, other: str) -> None:
    assert not tells_the_same(one, other, 0.99)
    assert not tells_the_same(other, one, 0.99)


@pytest.mark.parametrize(
    ("fact", "said", "is_told"),
    [
        ("今天我想学做饭。", "你好今天我想学做饭，你能教我吗？", True),
        ("I like tea.", "Hi! I like tea, what do you like?", True),
        ("I live in Rome.", "I live in Rome with my dog.", True),
        ("I like tea.", "Do I like tea?", False),
        ("我喜欢喝茶。", "我喜欢喝茶吗？", False),
        ("I like tea.", "I don't like tea.", False),
        ("My sister is Clara.", "What is my sister's name?", False),
        ("My sister is Clara and she lives in Rome.", "My sister is Clara.", False),
    ],
)
def test_what_a_turn_tells_is_known_from_what_it_asks_for_or_denies(fact: str, said: str, is_told: bool) -> None:
    assert told_among([fact, "I sail."], said) == ({fact} if is_told else set())


@pytest.mark.anyio
async def test_who_says_it_again_after_a_greeting_renews_the_fact_its_certainty_and_its_turn(tmp_path: Path) -> None:
    async with memory_in(tmp_path) as memory, running(memory):
        memory.observe(spoken("你好今天我想学做饭", turn_id="t1"))
        await memory.caught_up()
        (first,) = await memory.facts("ann")
        memory.observe(spoken("今天我想学做饭。", turn_id="t2", at=FIRST_DAY + 60.0))
        await memory.caught_up()
        (again,) = await memory.facts("ann")
    assert first.text == "今天我想学做饭"
    assert (again.id, again.turn_id, again.told_at) == (first.id, "t2", FIRST_DAY + 60.0)
    assert again.confidence > first.confidence


@pytest.mark.anyio
async def test_two_brothers_and_two_sisters_are_all_kept(tmp_path: Path) -> None:
    told = [
        "My brother Tom is a doctor in the big hospital near the river.",
        "My brother Jim is a doctor in the big hospital near the river.",
        "My sister is called Clara.",
        "My sister is called Anna.",
        "My other sister is called Anna.",
    ]
    async with memory_in(tmp_path) as memory:
        for text in told:
            await memory.remember("ann", text, language="en")
        assert {fact.text for fact in await memory.facts("ann")} == set(told)
