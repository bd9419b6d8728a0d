"""The assistant speaks up when the user says nothing for too long after a reply."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart
from vivavoce.conversation.settings import ConversationSettings

PATIENT = ConversationSettings(idle_seconds=6.0)


def answered(settings: ConversationSettings = PATIENT) -> Scene:
    """A user who asked, and has just heard the last of a reply of 2 s."""
    scene = Scene(settings)
    scene.user_says("Hello?")
    scene.reply_says("Hello.", seconds=2.0)
    scene.wait(2.0)
    assert scene.state == "listening"
    return scene


def measure(scene: Scene, start_ms: int = 9_000, end_ms: int = 10_000) -> list[fx.Effect]:
    return scene.take(ev.SilenceMeasured(start_sample=start_ms * 16, end_sample=end_ms * 16))


def test_silence_after_a_reply_becomes_a_turn_that_is_answered() -> None:
    scene = answered()
    assert scene.wait(5.9) == []
    assert names(scene.wait(0.2)) == ["MeasureSilence"]
    effects = measure(scene)
    assert names(effects) == [
        "InputTimedOut",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "ReleaseInput",
        "ReplyCreated",
        "TurnStateChanged",
        "StartTimer",
        "Generate",
    ]
    timed_out = effects[0]
    silent = scene.machine.items[-1]
    assert timed_out == fx.InputTimedOut(item_id=silent.id, audio_start_ms=4_000, audio_end_ms=10_000)
    assert silent.content == (ContentPart(kind="input_audio", text="", audio_ms=1_000),)
    assert scene.prompt()[-2:] == [("assistant", "Hello."), ("user", "(The user says nothing.)")]


def test_the_wait_begins_anew_after_each_reply() -> None:
    scene = answered()
    scene.wait(6.0)
    measure(scene)
    scene.reply_says("Are you still there?", seconds=2.0)
    assert "MeasureSilence" not in names(scene.wait(7.9))
    assert "MeasureSilence" in names(scene.wait(0.2))


def test_a_user_who_speaks_is_not_asked_to() -> None:
    scene = answered()
    scene.wait(5.0)
    scene.speech_starts()
    assert scene.wait(10.0) == []
    assert measure(scene) == []


def test_speech_that_starts_while_the_silence_is_measured_wins() -> None:
    scene = answered()
    scene.wait(6.0)
    scene.speech_starts()
    assert measure(scene) == []


def test_a_cough_begins_the_wait_anew() -> None:
    scene = answered()
    scene.wait(5.0)
    scene.user_says("")
    assert scene.state == "listening"
    assert scene.wait(5.9) == []
    assert names(scene.wait(0.2)) == ["MeasureSilence"]


@pytest.mark.parametrize("settings", [ConversationSettings(), ConversationSettings(idle_seconds=None)])
def test_nobody_is_hurried_who_did_not_ask_for_it(settings: ConversationSettings) -> None:
    scene = answered(settings)
    assert scene.wait(1_000.0) == []


def test_nothing_is_said_before_the_first_reply() -> None:
    scene = Scene(PATIENT)
    scene.take(ev.InputAudioOpened())
    assert scene.wait(1_000.0) == []


def test_the_wait_follows_the_settings() -> None:
    scene = answered()
    scene.wait(3.0)
    scene.take(ev.SettingsChanged(settings=replace(PATIENT, idle_seconds=5.0)))
    assert scene.wait(4.9) == []
    assert names(scene.wait(0.2)) == ["MeasureSilence"]
    scene.take(ev.SettingsChanged(settings=ConversationSettings()))
    assert measure(scene) == []
    assert scene.running_timers == frozenset()


def test_a_client_that_answers_itself_is_told_of_the_silence_and_no_more() -> None:
    scene = answered()
    scene.take(ev.SettingsChanged(settings=replace(PATIENT, reply_after_turn=False)))
    scene.wait(6.0)
    assert names(measure(scene)) == ["InputTimedOut", "InputCommitted", "ItemAdded", "ItemDone", "ReleaseInput"]


def test_the_wait_ends_with_the_session() -> None:
    scene = answered()
    scene.take(ev.SessionClosed())
    assert scene.running_timers == frozenset()
