"""A clear yes, a clear no, and everything else."""

from __future__ import annotations

import pytest

from vivavoce.speech.consent import consents


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "Yes, please.",
        "Sure, go ahead!",
        "Okay.",
        "Of course you may.",
        "Yeah, do it.",
        "All right.",
        "Yes, that's fine, thank you.",
        "可以。",
        "好的，谢谢。",
        "当然可以",
        "当然",
        "行，用吧。",
        "沒問題",
        "嗯，可以的",
    ],
)
def test_a_clear_yes_is_a_yes(text: str) -> None:
    assert consents(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "No, thanks.",
        "Nope!",
        "Don't.",
        "Please don't do that.",
        "Stop.",
        "No, I would rather look it up myself.",
        "Don’t do it.",
        "不用了，谢谢。",
        "不行。",
        "別了",
        "算了吧",
        "不，我自己来。",
    ],
)
def test_a_no_is_never_taken_for_a_yes(text: str) -> None:
    assert consents(text) is not True


@pytest.mark.parametrize(
    "text",
    ["No.", "Nope!", "Stop.", "No, thanks.", "不用了，谢谢。", "不行。", "不可以。", "No, not now.", "不。", "不不不"],
)
def test_a_plain_no_is_told_from_silence(text: str) -> None:
    assert consents(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "What does it do?",
        "Yes and no.",
        "Yesterday was better.",
        "Sure, but only if it is free and quick and nobody else is told.",
        "Okay so tell me about cats",
        "I do not know.",
        "什么意思？",
        "可以告诉我天气吗",
        "你可以做什么呢现在我想知道一下",
        "Mm.",
        "Don't know.",
        "不错。",
        "不知道。",
        "别的呢？",
        "不好意思，可以。",
        "不用担心，没问题。",
    ],
)
def test_anything_else_is_no_answer(text: str) -> None:
    assert consents(text) is None
