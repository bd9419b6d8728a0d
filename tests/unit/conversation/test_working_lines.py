"""What is said while a tool takes long."""

from __future__ import annotations

import pytest

from tests.unit.conversation.tool_scene import CLOCK, answers, asking, calls, recitals
from vivavoce.conversation import effects as fx
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings


def test_a_quick_tool_is_not_spoken_of() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.6)
    answers(scene, "Noon.")
    scene.wait(20.0)
    assert recitals(scene) == []


def test_a_slow_tool_does_not_leave_silence() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.7)
    assert recitals(scene) == ["One moment."]
    scene.reply_says("One moment.", seconds=1.0)
    scene.wait(2.0)
    assert scene.state == "thinking"
    answers(scene, "Noon.")
    assert [role for role, _ in scene.prompt()] == ["user", "assistant", "tool"], "the line says nothing to the model"
    assert scene.last(fx.ReplyCreated).reply.response_id != scene.last(fx.ReplyDone).reply.response_id


def test_an_outcome_that_comes_while_the_line_sounds_follows_it() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.7)
    scene.write("One moment.")
    answers(scene, "Noon.")
    assert len(scene.all(fx.ReplyCreated)) == 2
    scene.stop_writing()
    scene.voice(1.0)
    assert len(scene.all(fx.ReplyCreated)) == 3
    assert scene.all(fx.PlayoutCleared) == []


def test_a_reply_that_said_so_itself_needs_no_other_line_soon() -> None:
    scene = asking()
    calls(scene, "clock", said="Let me look.")
    assert scene.state == "speaking"
    scene.wait(3.0)
    assert scene.state == "thinking"
    assert recitals(scene) == []
    scene.wait(6.0)
    assert recitals(scene) == ["One moment."]


def test_a_very_slow_tool_is_spoken_of_again_but_not_for_ever() -> None:
    scene = asking()
    calls(scene, "clock")
    for _ in range(20):
        scene.wait(4.0)
        if scene.is_replying:
            scene.reply_says(scene.last(orders.Generate).recital, seconds=1.0)
    assert recitals(scene) == ["One moment.", "Nearly there.", "One moment."]


def test_the_next_tool_in_a_row_is_not_spoken_of_at_once() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.7)
    scene.reply_says("One moment.", seconds=1.0)
    answers(scene, "Noon.")
    calls(scene, "maps")
    scene.wait(3.0)
    assert len(recitals(scene)) == 1
    scene.wait(6.0)
    assert len(recitals(scene)) == 2


def test_the_line_waits_while_somebody_speaks() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.speech_starts()
    scene.wait(1.0)
    assert recitals(scene) == []


def test_the_line_is_stopped_by_an_interruption_and_the_outcome_kept() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(0.7)
    scene.reply_says("One moment.")
    scene.interrupts()
    assert scene.last(fx.PlayoutCleared).item_id
    answers(scene, "Noon.")
    scene.speech_pauses()
    scene.speech_ends()
    scene.hear("Hurry up.")
    assert ("tool", "Noon.") in scene.prompt()


@pytest.mark.parametrize(
    "settings",
    [
        ConversationSettings(tools=(CLOCK,), working=()),
        ConversationSettings(tools=(CLOCK,), modality="text"),
    ],
    ids=["no lines", "nothing is heard"],
)
def test_there_may_be_no_line(settings: ConversationSettings) -> None:
    scene = asking(settings)
    calls(scene, "clock")
    scene.wait(30.0)
    assert recitals(scene) == []


def test_the_user_is_not_asked_whether_they_are_there_while_a_tool_works() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK,), working=(), idle_seconds=5.0))
    calls(scene, "clock", said="Let me look.")
    scene.wait(60.0)
    assert scene.all(orders.MeasureSilence) == []
