"""Words that only say "go on"."""

from __future__ import annotations

import pytest

from vivavoce.speech.backchannel import is_backchannel


@pytest.mark.parametrize(
    "text",
    [
        "Mm-hm.",
        "Mm-hmm,",
        "Mhm",
        "Uh-huh.",
        "uh huh",
        "Uh?",
        "Yeah.",
        "Yeah, yeah.",
        "Yep!",
        "Right.",
        "Okay.",
        "OK",
        "Sure",
        "I see.",
        "Oh, I see!",
        "Got it.",
        "Wow.",
        "Really?",
        "Oh.",
        "Ah!",
        "Hmm...",
        "All right.",
        "That’s right.",
        "Of course!",
        "Yes. Yes. Right.",
    ],
)
def test_english_backchannels_are_known(text: str) -> None:
    assert is_backchannel(text, "en")
    assert is_backchannel(text, "en-GB")
    assert is_backchannel(text, "auto")


@pytest.mark.parametrize(
    "text",
    [
        "对。",
        "對對",
        "嗯",
        "嗯嗯。",
        "好",
        "好的！",
        "是的",
        "是是是",
        "哦，明白了。",
        "啊",
        "原来如此。",
        "真的吗？",
        "真的嗎？",
        "没错",
        "嗯，好的，好的",
    ],
)
def test_chinese_backchannels_are_known(text: str) -> None:
    assert is_backchannel(text, "zh")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ... ",
        "Stop.",
        "No.",
        "Wait.",
        "Wait, okay.",
        "Hold on.",
        "What?",
        "Yeah but why",
        "Right now.",
        "I see a house.",
        "Okay, next.",
        "I see it.",
        "Got it wrong",
        "Two.",
        "yes yes yes yes yes",
        "Sorry?",
        "-",
    ],
)
def test_words_that_ask_for_the_floor_are_none(text: str) -> None:
    assert not is_backchannel(text, "en")


@pytest.mark.parametrize(
    "text", ["停。", "不对。", "不是", "等一下", "为什么？", "好不好", "对不起", "是是是是是是是", "好 stop"]
)
def test_chinese_words_that_ask_for_the_floor_are_none(text: str) -> None:
    assert not is_backchannel(text, "zh")


def test_other_languages_know_hums_and_okay_alone() -> None:
    assert is_backchannel("Mm-hm.", "de")
    assert is_backchannel("Okay, okay.", "de")
    assert not is_backchannel("Right.", "de")
    assert not is_backchannel("I see.", "de")


def test_a_chinese_speaker_may_hum_in_letters() -> None:
    assert is_backchannel("OK", "zh")
    assert is_backchannel("Mm.", "zh")


def test_chinese_characters_are_chinese_whatever_the_language() -> None:
    assert is_backchannel("对对对", "en")
