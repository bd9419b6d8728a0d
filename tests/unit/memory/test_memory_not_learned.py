from __future__ import annotations

import pytest

from vivavoce.memory.extraction.rules import statements


@pytest.mark.parametrize(
    "said",
    [
        "Remove my birthday from your memory",
        "Please remove my birthday from your memory.",
        "Delete my phone number from your memory.",
        "Okay, delete my address.",
        "Could you erase what I told you about my wife?",
        "Clear everything you know about me.",
        "Just drop my old address.",
        "You can delete my address now.",
        "I want you to forget my address.",
        "Forget that I live in Rome.",
        "Don't remember that I live in Rome",
        "Do not save my phone number.",
        "Never store my address.",
        "Stop remembering my birthday.",
        "I don't want you to know my address.",
        "I'd like my address deleted.",
        "My address should be erased.",
        "My phone number is 5550199. Delete that.",
        "Get rid of my address.",
        "Take my address out of your memory.",
        "You don't need to remember my birthday.",
        "I changed my mind, delete my address.",
        "I moved out so remove my address",
        "Remember not to save my address.",
        "我的生日不用记了。",
        "撤回我的地址。",
        "删除我的地址。",
        "删掉我的电话号码",
        "请把我的电话号码删掉",
        "把我的电话号码删掉",
        "你把我的生日忘了吧。",
        "我的地址你删掉吧。",
        "清除我的生日。",
        "抹掉我的名字。",
        "不要记住我住在罗马。",
        "别记我的电话。",
        "从你的记忆里把我的生日抹掉。",
        "我不想让你记住我的地址。",
        "我的电话是五五五零。把它删掉。",
    ],
)
def test_who_wants_something_forgotten_tells_nothing(said: str) -> None:
    assert statements(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "I deleted my Facebook account last year.",
        "Don't forget that I live in Rome.",
        "I always forget my keys.",
        "I removed my old garden fence.",
        "My sister drops my nephew at school.",
        "别忘了我不吃辣。",
        "我把旧手机删了不少照片。",
        "我总是忘了带钥匙。",
    ],
)
def test_who_tells_of_deleting_or_forgetting_something_else_is_heard(said: str) -> None:
    assert len(statements(said)) == 1


@pytest.mark.parametrize(
    "said",
    [
        "I live in Berlin, don't I",
        "I live in Berlin, don't I?",
        "I don't live in Berlin, do I?",
        "My name is Ann, isn't it?",
        "I live in Berlin, isn't that right",
        "I'm allergic to nuts, aren't I.",
        "I live in Berlin, right?",
        "I live in Berlin, right.",
        "我住在柏林，对吧。",
        "我住在柏林，是吧？",
    ],
)
def test_a_statement_that_asks_whether_it_is_so_tells_nothing(said: str) -> None:
    assert statements(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "I'd like to order a pizza.",
        "I'd like a large coffee.",
        "I would like some tea.",
        "I want to listen to my playlist.",
        "I need the weather for Paris.",
        "I need a taxi to my hotel.",
        "I just need some help with my homework.",
        "My internet is slow.",
        "I could use a coffee.",
        "我需要巴黎的天气。",
        "My phone battery is dying.",
        "My Wi-Fi keeps going down.",
        "我想点一份披萨。",
        "我想要一杯咖啡。",
        "我要订一张机票。",
        "我想听周杰伦的歌。",
        "能帮我查一下我的快递。",
        "快帮我叫辆车。",
        "我的网速很慢。",
        "我手机快没电了。",
    ],
)
def test_what_is_wanted_for_the_moment_is_no_fact(said: str) -> None:
    assert statements(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "I'd love to visit Kyoto one day.",
        "I want to run a marathon before I turn forty.",
        "I need insulin twice a day.",
        "I need a wheelchair.",
        "My car is a Volvo.",
        "I removed the wall, so the kitchen is mine now.",
        "My phone number is 5550199.",
        "我想去冰岛看极光。",
        "我想买一套房子。",
        "我的手机号是五五五零。",
        "我妈常帮我带孩子。",
    ],
)
def test_lasting_wishes_needs_and_belongings_are_facts(said: str) -> None:
    assert len(statements(said)) == 1
