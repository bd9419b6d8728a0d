"""Tools at work while the user speaks, and calls that the client deletes or stops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names
from tests.unit.conversation.tool_scene import CLOCK, TOOLED, answers, asking, calls, recitals
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings

# ------------------------------------------------------------------ the user


def test_an_interruption_keeps_the_outcome_and_the_next_reply_knows_it() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.interrupts()
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 1, "the user has the floor"
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("And where am I?")
    assert len(scene.all(orders.Generate)) == 2
    assert [content for role, content in scene.prompt() if role in ("tool", "user")] == [
        "What time is it?",
        "Noon.",
        "And where am I?",
    ]
    scene.reply_says("It is noon. I do not know where you are.")
    scene.wait(5.0)
    assert len(scene.all(orders.Generate)) == 2, "it has been told"
    assert scene.all(orders.CancelTool) == []


def test_a_cough_over_a_tool_leaves_the_answer_owed() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.speech_starts()
    scene.speech_pauses()
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 1
    scene.hear("")
    scene.wait(0.5)
    assert scene.state == "thinking"
    assert scene.prompt()[-1] == ("tool", "Noon.")


def test_a_cough_before_the_outcome_gives_the_floor_back_to_the_tool() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.user_says("")
    assert scene.state == "thinking"
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 2


def test_a_turn_that_is_thrown_away_gives_the_floor_back_to_the_tool() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK,), interruptible=False))
    calls(scene, "clock")
    scene.speech_starts()
    scene.take(ev.InputClearRequested())
    assert scene.state == "thinking"
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 2


def test_a_question_meanwhile_is_answered_without_the_outcome_which_is_told_later() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.interrupts()
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("How are you?")
    assert ("tool", TOOLED.still_working) in scene.prompt()
    scene.reply_says("Fine.")
    scene.wait(3.0)
    assert scene.state == "listening"
    answers(scene, "Noon.")
    assert scene.state == "thinking"
    assert ("tool", "Noon.") in scene.prompt()
    scene.reply_says("By the way, it is noon.")
    scene.wait(3.0)
    assert scene.state == "listening"


def test_a_late_outcome_waits_while_the_user_speaks() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.interrupts()
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("How are you?")
    scene.reply_says("Fine.")
    scene.wait(3.0)
    scene.speech_starts()
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 2
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("And the time?")
    assert ("tool", "Noon.") in scene.prompt()
    scene.reply_says("Noon.")
    scene.wait(5.0)
    assert len(scene.all(orders.Generate)) == 3


def test_a_reply_that_was_taken_back_before_its_calls_were_made_is_asked_for_anew() -> None:
    scene = asking()
    scene.write("Let me look.")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    assert scene.all(orders.RunTool) == [], "its words are still being spoken"
    scene.user_says("")
    assert scene.state == "thinking"
    assert len(scene.all(orders.Generate)) == 2
    assert not scene.last(orders.Generate).recital
    calls(scene, "clock")
    assert len(scene.all(orders.RunTool)) == 1


def test_a_deleted_call_is_stopped_and_nothing_comes_of_it() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    first, second = scene.all(orders.RunTool)
    scene.take(ev.ItemDeleteRequested(item_id=first.item_id))
    assert scene.last(orders.CancelTool).call_id == first.call_id
    assert scene.state == "thinking"
    scene.take(ev.ItemDeleteRequested(item_id=second.item_id))
    assert scene.state == "listening"
    assert answers(scene, "Noon.") == []


def test_what_came_of_one_call_is_told_though_the_other_is_deleted() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    _, second = scene.all(orders.RunTool)
    answers(scene, "Noon.", run=0)
    scene.take(ev.ItemDeleteRequested(item_id=second.item_id))
    assert [order.call_id for order in scene.all(orders.CancelTool)] == [second.call_id]
    assert scene.prompt()[-1] == ("tool", "Noon.")
    scene.reply_says("It is noon.")
    scene.wait(10.0)
    assert recitals(scene) == []
    assert scene.state == "listening"


def test_a_call_deleted_before_it_was_whole_is_not_run() -> None:
    scene = asking()
    scene.call("{}", name="clock")
    scene.take(ev.ItemDeleteRequested(item_id=scene.last(fx.ItemAdded).item.id))
    scene.stop_writing("tool_calls")
    assert scene.all(orders.RunTool) == []
    assert scene.state == "listening"


def test_the_end_of_the_session_stops_every_tool() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    scene.take(ev.SessionClosed())
    assert {order.call_id for order in scene.all(orders.CancelTool)} == {
        order.call_id for order in scene.all(orders.RunTool)
    }
    assert scene.running_timers == frozenset()


# ------------------------------------------------------------------ the client stops them


def cancel(scene: Scene, response_id: str | None = None) -> list[fx.Effect]:
    return scene.take(ev.ReplyCancelRequested(response_id=response_id))


def test_a_client_that_cancels_while_only_tools_are_at_work_stops_them_and_no_reply_follows() -> None:
    scene = asking()
    calls(scene, "clock", "maps", "maps")
    effects = cancel(scene)
    assert [name for name in names(effects) if "Timer" not in name] == [
        "CancelTool",
        "ToolCallEnded",
        "ItemDone",
        "CancelTool",
        "ToolCallEnded",
        "ItemDone",
        "ToolCallEnded",
        "ItemDone",
        "TurnStateChanged",
    ]
    items = [item for item in scene.machine.items if item.kind == "mcp_call"]
    assert [(item.status, item.error_code) for item in items] == [("completed", "tool_cancelled")] * 3
    assert (scene.state, scene.running_timers) == ("listening", frozenset())
    assert answers(scene, "Noon.") == []
    scene.wait(30.0)
    assert len(scene.all(orders.Generate)) == 1
    scene.user_says("And the time?")
    assert scene.prompt()[2] == ("tool", "The call was stopped before it had come to anything.")


def test_what_had_come_of_other_calls_is_kept_and_told_when_it_is_asked_for() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    answers(scene, "Noon.", run=0)
    cancel(scene)
    assert len(scene.all(orders.Generate)) == 1
    scene.request()
    assert next(content for role, content in scene.prompt() if role == "tool") == "Noon."
    assert len(scene.all(orders.Generate)) == 2, "a request after a stop is one for a reply"


def test_a_cancelled_call_may_be_made_again() -> None:
    scene = asking()
    calls(scene, "clock")
    cancel(scene)
    scene.user_says("Look again.")
    calls(scene, "clock")
    assert len(scene.all(orders.RunTool)) == 2


def test_a_client_that_cancels_the_line_that_fills_the_silence_stops_the_tool_too() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.7)
    cancel(scene)
    assert scene.last(fx.ReplyDone).reply.status == "cancelled"
    assert len(scene.all(orders.CancelTool)) == 1
    assert scene.state == "listening"


@pytest.mark.parametrize("reports", [True, False])
def test_words_before_a_call_that_still_sound_fall_silent_where_the_client_tells_what_it_plays(reports: bool) -> None:
    scene = asking(replace(TOOLED, playout_reports=reports))
    calls(scene, "clock", said="Let me look.")
    cancel(scene)
    assert len(scene.all(orders.CancelTool)) == 1
    assert len(scene.all(fx.PlayoutCleared)) == reports
    assert scene.all(fx.ErrorRaised) == []


@pytest.mark.parametrize("what", ["a reply is named", "somebody speaks", "nothing is at work", "the tool is late"])
def test_a_cancel_that_is_not_meant_for_tools_stops_none(what: str) -> None:
    scene = asking()
    if what != "nothing is at work":
        calls(scene, "clock")
    if what == "nothing is at work":
        scene.reply_says("Noon.")
        scene.wait(3.0)
    if what in ("somebody speaks", "the tool is late"):
        scene.interrupts()
    if what == "the tool is late":
        scene.speech_pauses()
        scene.speech_ends()
        scene.hear("How are you?")
        scene.reply_says("Fine.")
        scene.wait(3.0)
    cancel(scene, scene.response_id if what == "a reply is named" else None)
    assert scene.all(orders.CancelTool) == []
    assert scene.last(fx.ErrorRaised).failure.code == "response_cancel_not_active"


def test_a_reply_that_is_being_made_is_cancelled_and_a_late_tool_works_on() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.interrupts()
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("How are you?")
    cancel(scene)
    assert scene.last(fx.ReplyDone).reply.status == "cancelled"
    assert scene.all(orders.CancelTool) == []
