"""What the machine tells those who look at a conversation and do not touch it."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene
from vivavoce.conversation.core import REPLY_SAMPLE_RATE_HZ


def test_an_item_is_told_as_it_stands_or_not_at_all() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    item = scene.machine.items[0]
    assert scene.machine.item(item.id) == item
    assert scene.machine.item("nobody") is None


def test_what_was_heard_of_a_reply_so_far_is_told_in_words_and_samples() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    scene.reply_says("One two three four.", seconds=2.0)
    scene.wait(1.0)
    words, samples = scene.machine.heard(scene.reply_item_id, scene.now) or ("", 0)
    assert words
    assert "One two three four.".startswith(words)
    assert len(words) < len("One two three four.")
    assert samples == REPLY_SAMPLE_RATE_HZ
    assert scene.machine.heard("nobody", scene.now) is None


@pytest.mark.parametrize(("seconds", "position"), [(0.5, REPLY_SAMPLE_RATE_HZ // 2), (5.0, None)])
def test_what_sounds_now_is_told_with_its_place(seconds: float, position: int | None) -> None:
    scene = Scene()
    scene.user_says("Hello.")
    scene.reply_says("One two three.", seconds=1.0)
    item_id = scene.reply_item_id
    scene.wait(seconds)
    assert scene.machine.sounding(scene.now, lately_seconds=0.5) == (None if position is None else (item_id, position))
