"""What the assistant says of its own accord: greetings, timers, notices, and that no model answers."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import FAULT, Scene, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.announcements import MAX_WAITING
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool

TROUBLED = ConversationSettings(trouble="I cannot think just now.")


def announce(scene: Scene, text: str, kind: ev.AnnouncementKind = "timer") -> list[fx.Effect]:
    return scene.take(ev.AnnouncementDue(text=text, kind=kind))


def recitals(scene: Scene) -> list[str]:
    return [order.recital for order in scene.all(fx.Generate) if order.recital]


# ------------------------------------------------------------------ announcements


def test_a_timer_rings_at_once_when_the_floor_is_free() -> None:
    scene = Scene()
    announce(scene, "Your tea is ready.")
    assert recitals(scene) == ["Your tea is ready."]
    scene.reply_says("Your tea is ready.")
    scene.wait(3.0)
    assert scene.state == "listening"
    scene.user_says("Thanks.")
    assert scene.prompt() == [("assistant", "Your tea is ready."), ("user", "Thanks.")]


def test_a_timer_waits_until_the_reply_was_heard() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    scene.reply_says("Hello there.", seconds=2.0)
    announce(scene, "Your tea is ready.")
    scene.wait(1.0)
    assert recitals(scene) == []
    scene.wait(1.5)
    assert recitals(scene) == ["Your tea is ready."]


def test_a_timer_waits_until_the_user_was_answered() -> None:
    scene = Scene()
    scene.speech_starts()
    announce(scene, "Your tea is ready.")
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("Hello.")
    scene.reply_says("Hello there.")
    assert recitals(scene) == []
    scene.wait(3.0)
    assert recitals(scene) == ["Your tea is ready."]


def test_announcements_are_said_one_after_the_other() -> None:
    scene = Scene()
    for number in range(MAX_WAITING + 2):
        announce(scene, f"Number {number}.")
    announce(scene, "  ")
    for _ in range(MAX_WAITING + 5):
        if scene.machine.active_response_id:
            scene.reply_says(scene.last(fx.Generate).recital, seconds=1.0)
        scene.wait(2.0)
    assert recitals(scene) == ["Number 0.", *(f"Number {number}." for number in range(2, MAX_WAITING + 2))]


def test_an_announcement_waits_for_a_tool_that_is_owed() -> None:
    scene = Scene(ConversationSettings(tools=(Tool(name="clock", server_label="v"),), working=()))
    scene.user_says("What time is it?")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    announce(scene, "Your tea is ready.")
    assert recitals(scene) == []
    scene.take(ev.ToolAnswered(call_id=scene.last(fx.RunTool).call_id, output="Noon."))
    scene.reply_says("It is noon.")
    scene.wait(3.0)
    assert recitals(scene) == ["Your tea is ready."]


def test_an_announcement_can_be_interrupted() -> None:
    scene = Scene()
    announce(scene, "Your tea is ready.")
    scene.reply_says("Your tea is ready.")
    scene.interrupts()
    assert scene.all(fx.PlayoutCleared) != []


def test_a_greeting_is_said_first() -> None:
    scene = Scene()
    announce(scene, "Hello, I am Viva.", "greeting")
    assert recitals(scene) == ["Hello, I am Viva."]


@pytest.mark.parametrize("what", ["something was said", "somebody speaks"])
def test_a_greeting_that_comes_too_late_is_not_said(what: str) -> None:
    scene = Scene()
    if what == "somebody speaks":
        scene.speech_starts()
    else:
        scene.take(ev.ItemCreateRequested(item=user_text("Earlier we spoke of cats.")))
    announce(scene, "Hello, I am Viva.", "greeting")
    announce(scene, "Your tea is ready.")
    if what == "somebody speaks":
        scene.speech_pauses()
        scene.speech_ends()
        scene.hear("Hello?")
        scene.reply_says("Hello there.")
        scene.wait(3.0)
    assert recitals(scene) == ["Your tea is ready."]


# ------------------------------------------------------------------ trouble


def test_a_reply_that_fails_before_it_says_anything_is_followed_by_the_characters_own_words() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    assert scene.last(fx.ReplyDone).reply.status == "failed"
    assert recitals(scene) == ["I cannot think just now."]
    scene.reply_says("I cannot think just now.")
    scene.wait(3.0)
    assert scene.state == "listening"
    assert scene.last(fx.ReplyDone).reply.status == "completed"


def test_the_model_is_not_told_of_the_trouble_it_made() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    scene.reply_says("I cannot think just now.")
    scene.user_says("And now?")
    assert scene.prompt() == [("user", "Hello. And now?")]


def test_words_for_trouble_that_cannot_be_spoken_either_lead_to_nothing_more() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    scene.write("I cannot think just now.")
    scene.stop_writing()
    scene.fail_to_voice()
    scene.wait(200.0)
    assert len(recitals(scene)) == 1
    assert scene.state == "listening"


def test_a_reply_that_stalls_is_trouble_too() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.wait(61.0)
    assert recitals(scene) == ["I cannot think just now."]


@pytest.mark.parametrize("what", ["no words for it", "something was said", "the user speaks", "beside"])
def test_there_may_be_nothing_to_say_about_trouble(what: str) -> None:
    scene = Scene(ConversationSettings() if what == "no words for it" else TROUBLED)
    scene.user_says("Hello.")
    if what == "something was said":
        scene.write("Hello there. I")
        scene.voice(1.0, is_whole=True)
    if what == "the user speaks":
        scene = Scene(ConversationSettings(trouble="No.", interruptible=False))
        scene.user_says("Hello.")
        scene.speech_starts()
    if what == "beside":
        scene.reply_says("Hello.")
        scene.request(ReplyOptions(in_band=False))
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    assert recitals(scene) == []
