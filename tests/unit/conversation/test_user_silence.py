"""The assistant speaks up when the user says nothing for too long after a reply."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
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
    assert scene.prompt()[-2:] == [("assistant", "Hello."), ("user", "(The user is silent.)")]


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


# ------------------------------------------------------------------ nobody there


def stay_silent(scene: Scene, reply: str = "Are you still there?") -> list[fx.Effect]:
    """The user says nothing for as long as may be, and hears what the assistant says to it."""
    effects = scene.wait(6.0) + measure(scene, start_ms=round(scene.now) * 1_000, end_ms=round(scene.now) * 1_000)
    if any(isinstance(effect, fx.ReplyCreated) for effect in effects):
        effects += scene.reply_says(reply, seconds=2.0)
        effects += scene.wait(2.0)
    return effects


def asked_with(scene: Scene) -> str:
    return scene.prompt()[-1][1]


def test_the_assistant_asks_otherwise_the_second_time_and_then_says_goodbye() -> None:
    scene = answered()
    said = []
    for _ in range(3):
        assert scene.all(fx.SessionExpired) == []
        effects = stay_silent(scene)
        said.append(asked_with(scene))
    assert said == ["(The user is silent.)", "(The user is still silent.)", "(The user is gone.)"]
    assert effects[-1] == fx.SessionExpired()
    assert len(scene.all(fx.SessionExpired)) == 1


def test_the_goodbye_is_heard_to_its_end() -> None:
    scene = answered()
    stay_silent(scene)
    stay_silent(scene)
    scene.wait(6.0)
    measure(scene)
    scene.reply_says("Goodbye.", seconds=2.0)
    assert scene.wait(1.9) == []
    assert isinstance(scene.wait(0.2)[-1], fx.SessionExpired)


def test_a_user_who_answers_is_asked_from_the_beginning() -> None:
    scene = answered()
    stay_silent(scene)
    stay_silent(scene)
    scene.user_says("I am here.")
    scene.reply_says("Good.", seconds=2.0)
    scene.wait(2.0)
    stay_silent(scene)
    assert asked_with(scene) == "(The user is silent.)"


def test_a_cough_is_no_answer() -> None:
    scene = answered()
    stay_silent(scene)
    scene.user_says("")
    stay_silent(scene)
    assert asked_with(scene) == "(The user is still silent.)"


def test_a_user_who_answers_the_goodbye_stays() -> None:
    scene = answered()
    stay_silent(scene)
    stay_silent(scene)
    scene.wait(6.0)
    measure(scene)
    scene.user_says("Wait, I am here.")
    scene.reply_says("Good.", seconds=2.0)
    scene.wait(3.0)
    assert scene.all(fx.SessionExpired) == []


def test_a_session_may_end_without_a_word() -> None:
    scene = answered(replace(PATIENT, farewell="", nudges=("(The user is silent.)",)))
    stay_silent(scene)
    effects = stay_silent(scene)
    assert isinstance(effects[-1], fx.SessionExpired | orders.StartTimer)
    assert len(scene.all(fx.SessionExpired)) == 1
    assert len(scene.all(fx.ReplyCreated)) == 2


def test_a_client_that_answers_itself_is_told_of_the_end_too() -> None:
    scene = answered()
    scene.take(ev.SettingsChanged(settings=replace(PATIENT, reply_after_turn=False)))
    for _ in range(3):
        scene.take(ev.SettingsChanged(settings=replace(PATIENT, reply_after_turn=False, idle_seconds=None)))
        scene.take(ev.SettingsChanged(settings=replace(PATIENT, reply_after_turn=False)))
        stay_silent(scene)
    assert len(scene.all(fx.SessionExpired)) == 1
    assert len(scene.all(fx.ReplyCreated)) == 1


def test_a_goodbye_ends_nothing_once_silence_is_allowed() -> None:
    scene = answered()
    stay_silent(scene)
    stay_silent(scene)
    scene.wait(6.0)
    measure(scene)
    scene.take(ev.SettingsChanged(settings=ConversationSettings()))
    scene.reply_says("Goodbye.", seconds=2.0)
    scene.wait(3.0)
    assert scene.all(fx.SessionExpired) == []
