"""Settings that change in mid-conversation, and sessions that end at any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

BASE = ConversationSettings()


def change(scene: Scene, settings: ConversationSettings) -> list[fx.Effect]:
    return scene.take(ev.SettingsChanged(settings=settings))


# ------------------------------------------------------------------ settings


def test_a_reply_under_way_keeps_the_settings_it_began_with() -> None:
    scene = Scene(replace(BASE, voice="ada", speed=1.0))
    scene.user_says("Hello?")
    assert change(scene, replace(BASE, voice="bob", speed=1.5, modality="text")) == []
    scene.write("Hello there. How are you?")
    scene.stop_writing()
    assert {(order.voice, order.speed) for order in scene.all(orders.Synthesize)} == {("ada", 1.0)}
    scene.voice(1.0)
    scene.voice(1.0)
    scene.request()
    assert scene.last(fx.ReplyCreated).reply.voice == "bob"
    assert scene.last(fx.ReplyCreated).reply.modality == "text"


def test_new_instructions_count_from_the_next_reply() -> None:
    scene = Scene(replace(BASE, instructions="Old."))
    scene.user_speaks()
    change(scene, replace(BASE, instructions="New."))
    scene.hear("Hello?")
    assert scene.prompt()[0] == ("system", "New.")


def test_turning_detection_off_forgets_the_turn_under_way() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses()
    assert names(change(scene, replace(BASE, detects_turns=False))) == ["CancelTranscription"]
    assert scene.state == "listening"
    assert scene.speech_ends() == []


def test_turning_detection_off_keeps_the_turn_that_is_over() -> None:
    scene = Scene()
    scene.user_speaks()
    assert change(scene, replace(BASE, detects_turns=False)) == []
    scene.hear("Hello?")
    assert scene.prompt() == [("user", "Hello?")]


def test_turning_detection_off_gives_the_floor_back_to_an_uninterrupted_reply() -> None:
    scene = Scene(replace(BASE, interruptible=False))
    scene.user_says("Tell me a story.")
    scene.reply_says("There was a small house.", seconds=9.0)
    scene.speech_starts()
    change(scene, replace(BASE, detects_turns=False))
    assert scene.state == "speaking"


def test_a_turn_ends_by_the_settings_of_its_end() -> None:
    scene = Scene()
    scene.speech_starts()
    change(scene, replace(BASE, reply_after_turn=False))
    scene.speech_ends()
    assert scene.state == "listening"


def test_a_reply_that_became_interruptible_is_interrupted() -> None:
    scene = Scene(replace(BASE, interruptible=False))
    scene.user_says("Tell me a story.")
    scene.write("There was a small house. It stood")
    scene.voice(2.0)
    change(scene, BASE)
    scene.speech_starts()
    assert scene.state == "interrupted"


def test_words_are_told_from_the_moment_they_are_wanted() -> None:
    scene = Scene()
    scene.user_speaks()
    change(scene, replace(BASE, transcripts=True))
    assert "TranscriptionCompleted" in names(scene.hear("Hello?"))


# ------------------------------------------------------------------ the end

Moment = Callable[[Scene], object]


def at_rest(scene: Scene) -> None:
    pass


def listening(scene: Scene) -> None:
    scene.take(ev.InputAudioOpened())


def user_speaking(scene: Scene) -> None:
    scene.speech_starts()


def endpointing(scene: Scene) -> None:
    scene.speech_starts()
    scene.speech_pauses()


def words_found_early(scene: Scene) -> None:
    endpointing(scene)
    scene.hear("Hello")


def words_sought(scene: Scene) -> None:
    scene.user_speaks()


def waiting_for_words(scene: Scene) -> None:
    scene.take(ev.ItemCreateRequested(item=Item(id="mine", content=(ContentPart(kind="input_audio"),))))
    scene.request()


def thinking(scene: Scene) -> None:
    scene.user_says("Hello?")


def speaking(scene: Scene) -> None:
    thinking(scene)
    scene.write("Hello there. How are")
    scene.voice(1.0)


def playing(scene: Scene) -> None:
    thinking(scene)
    scene.reply_says("Hello there.")


def interrupted(scene: Scene) -> None:
    speaking(scene)
    scene.speech_starts()


def several_replies(scene: Scene) -> None:
    speaking(scene)
    scene.request(ReplyOptions(in_band=False))
    scene.call("{", call_id="c", name="f")


MOMENTS = [
    at_rest,
    listening,
    user_speaking,
    endpointing,
    words_found_early,
    words_sought,
    waiting_for_words,
    thinking,
    speaking,
    playing,
    interrupted,
    several_replies,
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_closing_stops_all_work_and_says_nothing_of_it(moment: Moment) -> None:
    scene = Scene()
    moment(scene)
    effects = scene.take(ev.SessionClosed(reason="client_left"))
    assert scene.state == "closed"
    assert scene.running_timers == frozenset()
    assert set(names(effects)) <= {"CancelTimer", "CancelTranscription", "CancelReply", "TurnStateChanged"}
    sought = {(order.item_id, order.attempt) for order in scene.all(orders.Transcribe)}
    given_up = {(order.item_id, order.attempt) for order in scene.all(orders.CancelTranscription)}
    answered = {(event.item_id, event.attempt) for _, event, _ in scene.events if isinstance(event, ev.TranscriptReady)}
    assert sought == given_up | answered
    over = {done.reply.response_id for done in scene.all(fx.ReplyDone)}
    cancelled = {order.response_id for order in scene.all(orders.CancelReply)}
    asked = {order.response_id for order in scene.all(orders.Generate)}
    created = {created.reply.response_id for created in scene.all(fx.ReplyCreated)}
    assert asked | created == over | cancelled


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_follows_the_end(moment: Moment) -> None:
    scene = Scene()
    moment(scene)
    scene.take(ev.SessionClosed())
    for late in (
        ev.SessionClosed(),
        ev.SpeechStarted(start_sample=0),
        ev.ItemCreateRequested(item=user_text("Hello?")),
        ev.ReplyRequested(),
        ev.TimerFired(timer_id="timer_t0001"),
        ev.ReplyCancelRequested(),
        ev.SettingsChanged(settings=BASE),
    ):
        assert scene.take(late) == []
    assert scene.state == "closed"
