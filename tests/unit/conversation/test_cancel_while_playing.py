"""A reply that was generated in a moment and plays for long can still be cut short by a client that reports playout."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import ConversationSettings


def playing() -> Scene:
    """A whole reply of four seconds, of which one was heard."""
    scene = Scene(ConversationSettings(playout_reports=True))
    scene.user_types("Tell me a story.")
    scene.reply_says("There was a small house. It stood on a high hill.", seconds=4.0)
    assert not scene.is_replying
    scene.wait(1.0)
    scene.report(scene.reply_item_id, 1.0)
    return scene


@pytest.mark.parametrize("is_named", [True, False])
def test_cancelling_stops_what_still_plays(is_named: bool) -> None:
    scene = playing()
    effects = scene.take(ev.ReplyCancelRequested(response_id=scene.response_id if is_named else None))
    assert [name for name in names(effects) if name in ("PlayoutCleared", "ErrorRaised")] == ["PlayoutCleared"]
    assert scene.state == "listening"
    assert scene.running_timers == frozenset()


def test_only_what_was_heard_stays_in_the_conversation() -> None:
    scene = playing()
    item_id = scene.reply_item_id
    scene.take(ev.ReplyCancelRequested())
    scene.report(item_id, 1.0, buffered_seconds=0.0)
    scene.user_types("And then?")
    heard = dict(scene.prompt())["assistant"]
    assert heard
    assert "There was a small house.".startswith(heard)


def test_another_reply_than_the_playing_one_cannot_be_cancelled() -> None:
    scene = playing()
    (error,) = scene.take(ev.ReplyCancelRequested(response_id="resp_other"))
    assert isinstance(error, fx.ErrorRaised)
    assert error.failure.code == "response_cancel_not_active"
    assert scene.state == "speaking"
