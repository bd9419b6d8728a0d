"""Replies out of the conversation: they run beside it and leave no trace in it."""

from __future__ import annotations

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import ReplyOptions

BESIDE = ReplyOptions(in_band=False, modality="text", metadata=(("topic", "title"),))


def test_a_reply_beside_the_conversation_leaves_no_item_and_does_not_move_the_floor() -> None:
    scene = Scene()
    scene.take(ev.ItemCreateRequested(item=user_text("Hello?")))
    scene.request(BESIDE)
    scene.write("Greeting")
    effects = scene.stop_writing()
    assert scene.state == "idle"
    assert len(scene.machine.items) == 1
    assert names(effects) == ["CancelTimer", "OutputTextDone", "ContentPartDone", "OutputItemDone", "ReplyDone"]
    reply = scene.last(fx.ReplyDone).reply
    assert (reply.in_band, reply.metadata) == (False, (("topic", "title"),))
    assert reply.output[0].content[0].text == "Greeting"


def test_replies_beside_run_at_the_same_time_as_the_conversation_s_own() -> None:
    scene = Scene()
    scene.request(BESIDE)
    beside = scene.response_id
    scene.user_types("Hello?")
    own = scene.response_id
    assert scene.is_replying
    scene.write("A", response_id=beside)
    scene.reply_says("Hello.")
    scene.write("B", response_id=beside)
    scene.stop_writing(response_id=beside)
    assert [done.reply.response_id for done in scene.all(fx.ReplyDone)] == [own, beside]


def test_the_fifth_reply_beside_the_conversation_is_refused() -> None:
    scene = Scene()
    scene.user_types("Hello?")
    for _ in range(4):
        assert names(scene.request(BESIDE))[0] == "ReplyCreated"
    (error,) = scene.request(BESIDE, event_id="e1")
    assert isinstance(error, fx.ErrorRaised)
    assert (error.failure.code, error.event_id) == ("too_many_responses", "e1")
    scene.stop_writing()
    assert names(scene.request(BESIDE))[0] == "ReplyCreated"


def test_a_spoken_reply_beside_is_told_but_not_waited_for() -> None:
    scene = Scene()
    scene.request(ReplyOptions(in_band=False))
    scene.reply_says("By the way.", seconds=9.0)
    assert "OutputAudio" in names(scene.log)
    assert scene.state == "idle"
    assert scene.running_timers == frozenset()


def test_a_spoken_reply_beside_can_be_cancelled() -> None:
    scene = Scene()
    scene.request(ReplyOptions(in_band=False))
    scene.write("By the way. There is more")
    scene.voice(2.0)
    effects = scene.take(ev.ReplyCancelRequested(response_id=scene.response_id))
    assert "PlayoutCleared" in names(effects)
    assert scene.last(fx.ReplyDone).reply.status == "cancelled"


def test_tool_calls_beside_the_conversation_are_no_items_of_it() -> None:
    scene = Scene()
    scene.request(BESIDE)
    scene.call("{}", call_id="c", name="look")
    scene.stop_writing("tool_calls")
    assert scene.machine.items == ()
    assert scene.last(fx.ReplyDone).reply.output[0].name == "look"


def test_a_reply_beside_does_not_answer_the_user_s_turn() -> None:
    scene = Scene()
    scene.user_speaks()
    scene.request(BESIDE)
    scene.hear("What is the time?")
    assert [created.reply.in_band for created in scene.all(fx.ReplyCreated)] == [False, True]


def test_a_stalled_reply_beside_fails_alone() -> None:
    scene = Scene()
    scene.request(BESIDE)
    scene.wait(60.0)
    reply = scene.last(fx.ReplyDone).reply
    assert (reply.status, reply.in_band) == ("failed", False)
    assert scene.state == "idle"
