from __future__ import annotations

import pytest

from vivavoce.memory.contradiction import judge
from vivavoce.memory.extraction.rules import statements
from vivavoce.memory.facts import Fact
from vivavoce.memory.index import Hit
from vivavoce.memory.relations import slot_of


@pytest.mark.parametrize(
    ("slot", "sentences"),
    {
        "user.name": ["My name is Ann.", "Call me Annie.", "我叫李雷。", "我的名字叫小红"],
        "user.home": ["I live in Lyon.", "We've moved to Hamburg.", "我现在住在上海。", "我们搬到了杭州。"],
        "user.job": [
            "I work as a nurse.",
            "I'm a software engineer.",
            "我在银行上班。",
            "我是一名小学老师。",
            "I'm teaching now.",
        ],
        "wife.job": ["My wife is a vet.", "我老婆在医院当护士。"],
        "user.birthday": ["My birthday is in May.", "I was born on the third of May.", "我的生日是五月三号。"],
        "mother.birthday": ["My mum's birthday is in May.", "我妈的生日是腊月初八。"],
        "user.favourite:colour": ["My favourite colour is green.", "My favourite colour in the world is blue."],
        "user.car": ["I drive an old Volvo.", "我现在开一辆电动车。"],
        "user.address": ["Our new address is 4 Mill Road.", "我家住在花园路三号楼706室。"],
        "husband.name": ["My husband's name is Tom.", "我老公叫大卫。"],
    }.items(),
)
def test_what_can_have_one_value_only_has_one_slot_in_both_languages(slot: str, sentences: list[str]) -> None:
    assert {sentence: slot_of(sentence) for sentence in sentences} == dict.fromkeys(sentences, slot)


@pytest.mark.parametrize(
    "sentence",
    [
        "I have an older sister, she's called Clara.",
        "My sister is called Clara.",
        "Our dog is called Rex.",
        "We adopted a second dog, her name is Luna.",
        "I have a dentist appointment on Friday.",
        "I go climbing twice a week.",
        "My friend said I live in a castle.",
        'My boss wrote "I live in a castle" on the wall.',
        "我朋友说我住在城堡里。",
        "我有个妹妹在北京读研究生。",
        "我儿子在学校的足球队当守门员。",
        "我对花生过敏。",
    ],
)
def test_what_there_may_be_several_of_has_no_slot(sentence: str) -> None:
    assert slot_of(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "When I was ten I lived in Rome.",
        "When I was ten, we moved to Rome.",
        "I moved to Rome when I was ten.",
        "I lived in Rome for three years as a child.",
        "I lived in Rome for three years.",
        "I was a teacher before I retired",
        "I used to live in Rome.",
        "I used to work as a nurse.",
        "My dad was a driver.",
        "I work in the garden a lot.",
        "I work at night.",
        "I'm working on my own in the old kitchen.",
        "I'm a mother of two.",
        "我以前住在罗马。",
        "小时候，我住在罗马。",
        "我曾经在银行上班。",
        "我在银行当过经理。",
        "我十岁的时候搬到了罗马。",
        "退休前我是一名老师。",
    ],
)
def test_what_was_so_once_and_what_is_no_home_or_job_has_no_slot(sentence: str) -> None:
    assert slot_of(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "slot"),
    [
        ("I used to live in Rome, but now I live in Berlin.", "user.home"),
        ("When I was ten I lived in Rome, now I live in Berlin.", "user.home"),
        ("I've lived in Rome for ten years.", "user.home"),
        ("My mother has lived in Rome for ten years.", "mother.home"),
        ("We moved to Leeds two years ago.", "user.home"),
        ("I work in a bank.", "user.job"),
        ("I work in a nursing home.", "user.job"),
        ("我以前住在北京，现在住在上海。", "user.home"),
        ("我妈妈以前住在北京，现在住在上海。", ""),
        ("我以前在银行上班现在我是一名老师。", "user.job"),
    ],
)
def test_what_is_so_now_has_its_slot_whatever_was_before(sentence: str, slot: str) -> None:
    assert slot_of(sentence) == slot


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("My dad's a driver but I am a nurse.", ["My dad's a driver.", "I am a nurse."]),
        ("My name is Ann and I live in Rome.", ["My name is Ann.", "I live in Rome."]),
        ("我爸是司机但是我是护士。", ["我爸是司机。", "我是护士。"]),
        ("我叫李雷，我住在上海。", ["我叫李雷。", "我住在上海。"]),
        ("I like tea and my cat sleeps.", ["I like tea and my cat sleeps."]),
    ],
)
def test_a_sentence_that_fills_two_slots_is_two_facts(sentence: str, parts: list[str]) -> None:
    assert [statement.text for statement in statements(sentence)] == parts


def test_of_a_sentence_about_two_people_neither_slot_is_taken() -> None:
    assert slot_of("My dad's a driver but I am a nurse.") == ""


def test_liking_and_disliking_one_thing_share_a_slot_and_two_things_do_not() -> None:
    assert slot_of("I love coffee.") == slot_of("I don't like coffee.") != slot_of("I love tea.")
    assert slot_of("我喜欢喝咖啡。") == slot_of("我不喜欢咖啡。") != slot_of("我喜欢喝茶。")


def known(text: str, cosine: float) -> tuple[Fact, Hit]:
    fact = Fact(id="old", user_id="ann", text=text, language="en", told_at=0.0)
    return fact, Hit(number=1, score=cosine, cosine=cosine, overlap=0.0)


@pytest.mark.parametrize(
    ("new", "old", "cosine"),
    [
        ("I'm allergic to nuts.", "I'm allergic to nuts.", 1.0),
        ("I am allergic to nuts!", "I'm allergic to nuts.", 0.95),
        ("我对花生过敏。", "我对花生过敏", 0.98),
    ],
)
def test_the_same_told_again_is_the_same(new: str, old: str, cosine: float) -> None:
    assert judge(new, [known(old, cosine)]).same == "old"


@pytest.mark.parametrize(
    ("new", "old", "cosine"),
    [
        ("My flight leaves at nine.", "My flight leaves at ten.", 0.9),
        ("We decided against Norway, we're going to Italy instead.", "We're thinking of Norway for the holidays.", 0.5),
        ("I used to live in Rome.", "I live in Rome.", 0.8),
        ("I sold the Volvo.", "I bought a Volvo last spring.", 0.6),
        ("我把钢琴卖了。", "我家里有一架钢琴。", 0.5),
        ("The meeting is now on Friday in the big room.", "The meeting is in the big room.", 0.8),
    ],
)
def test_another_value_or_an_end_replaces(new: str, old: str, cosine: float) -> None:
    assert judge(new, [known(old, cosine)]).replaced == ("old",)


@pytest.mark.parametrize(
    ("new", "old", "cosine"),
    [
        ("My sister lives in Lyon.", "My brother lives in Lyon.", 0.9),
        ("I play tennis now.", "I hurt my knee playing tennis.", 0.5),
        ("I like pears.", "I like apples.", 0.85),
        ("I used to live in Rome.", "I live in Berlin.", 0.8),
        ("I lived in Rome before I retired to Spain.", "I live in Rome.", 0.8),
        ("When I was 20 I lived in Rome with 2 friends.", "I live in Rome with 3 friends.", 0.9),
        ("我以前住在罗马，后来不再住了。", "我住在柏林。", 0.8),
        ("I don't like nuts.", "I like nuts.", 0.97),
        ("Room 12 is mine.", "My train leaves at 7.", 0.4),
    ],
)
def test_something_else_leaves_what_is_known_alone(new: str, old: str, cosine: float) -> None:
    verdict = judge(new, [known(old, cosine)])
    assert (verdict.same, verdict.replaced) == ("", ())
