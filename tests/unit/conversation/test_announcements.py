"""What the assistant says of its own accord: greetings, timers, notices, and that no model answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation.scene import FAULT, Scene, user_text
from tests.unit.conversation.tool_scene import recitals
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.announcements import MAX_WAITING
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool
from vivavoce.conversation.tool_calls import MAX_ROUNDS

TROUBLED = ConversationSettings(trouble="I cannot think just now.")
TOOLED = replace(TROUBLED, tools=(Tool(name="clock", server_label="vivavoce"),), tool_failed="That did not work.")


def announce(scene: Scene, text: str, kind: ev.AnnouncementKind = "timer") -> list[fx.Effect]:
    return scene.take(ev.AnnouncementDue(text=text, kind=kind))


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
        if scene.is_replying:
            scene.reply_says(scene.last(orders.Generate).recital, seconds=1.0)
        scene.wait(2.0)
    assert recitals(scene) == ["Number 0.", *(f"Number {number}." for number in range(2, MAX_WAITING + 2))]


def test_an_announcement_waits_for_a_tool_that_is_owed() -> None:
    scene = Scene(ConversationSettings(tools=(Tool(name="clock", server_label="v"),), working=()))
    scene.user_says("What time is it?")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    announce(scene, "Your tea is ready.")
    assert recitals(scene) == []
    scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="Noon."))
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


def test_an_answer_without_a_voice_stands_to_be_read_and_is_not_called_trouble() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.write("Good day to you.")
    scene.stop_writing()
    scene.fail_to_voice()
    scene.wait(200.0)
    assert scene.last(fx.ReplyDone).reply.status == "failed"
    assert recitals(scene) == []
    assert scene.state == "listening"


def test_a_reply_that_stalls_is_trouble_too() -> None:
    scene = Scene(TROUBLED)
    scene.user_says("Hello.")
    scene.wait(61.0)
    assert recitals(scene) == ["I cannot think just now."]


def after_a_tool(*, error_code: str, settings: ConversationSettings = TOOLED) -> Scene:
    """A tool was called, and has answered."""
    scene = Scene(settings)
    scene.user_says("What time is it?")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="Noon.", error_code=error_code))
    return scene


def end_in_vain(scene: Scene, how: str) -> None:
    """The newest reply ends, and nothing of it was heard."""
    if how == "it fails":
        scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
        return
    if how == "it cannot be spoken":
        scene.write("It did not work.")
    if how == "it calls what it may not":
        scene.call("{}", name="clock")
    scene.stop_writing("length" if how == "it is cut off" else "stop")
    if how == "it cannot be spoken":
        scene.fail_to_voice()


@pytest.mark.parametrize("how", ["it fails", "it says nothing", "it is cut off", "it cannot be spoken"])
def test_a_failed_tool_of_which_no_model_tells_is_told_in_the_characters_own_words(how: str) -> None:
    scene = after_a_tool(error_code="tool_failed")
    end_in_vain(scene, how)
    assert recitals(scene) == ["That did not work."]
    scene.reply_says("That did not work.")
    scene.wait(30.0)
    assert scene.state == "listening"
    assert len(recitals(scene)) == 1


def test_a_model_that_answers_a_failure_with_calls_it_may_not_make_leaves_no_silence() -> None:
    scene = after_a_tool(error_code="tool_failed", settings=replace(TOOLED, tool_choice="required"))
    for number in range(1, MAX_ROUNDS):
        scene.call(f'{{"in": {number}}}', name="clock")
        scene.stop_writing("tool_calls")
        scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="No.", error_code="tool_failed"))
    assert scene.last(orders.Generate).tool_choice == "none"
    end_in_vain(scene, "it calls what it may not")
    assert recitals(scene) == ["That did not work."]


def test_a_failed_tool_of_which_the_model_tells_needs_no_other_words() -> None:
    scene = after_a_tool(error_code="tool_failed")
    scene.reply_says("I could not find out.")
    scene.wait(3.0)
    assert recitals(scene) == []


def test_a_reply_that_goes_on_with_another_call_after_a_failure_is_not_in_vain() -> None:
    scene = after_a_tool(error_code="tool_failed")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    assert recitals(scene) == []
    scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="Noon.", error_code=""))
    end_in_vain(scene, "it fails")
    assert recitals(scene) == ["I cannot think just now."], "the tool has worked in the end"


def test_without_words_for_a_failed_tool_those_for_trouble_are_said() -> None:
    scene = after_a_tool(error_code="tool_failed", settings=replace(TOOLED, tool_failed=""))
    end_in_vain(scene, "it fails")
    assert recitals(scene) == ["I cannot think just now."]


def test_a_tool_that_has_worked_is_not_blamed() -> None:
    scene = after_a_tool(error_code="")
    end_in_vain(scene, "it fails")
    assert recitals(scene) == ["I cannot think just now."]
    quiet = after_a_tool(error_code="")
    end_in_vain(quiet, "it says nothing")
    assert recitals(quiet) == []


def test_the_users_next_turn_is_not_answered_with_an_old_failure() -> None:
    scene = after_a_tool(error_code="tool_failed")
    scene.reply_says("I could not find out.")
    scene.wait(3.0)
    scene.user_says("Never mind.")
    end_in_vain(scene, "it fails")
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
