"""Where several share one conversation, everyone's words begin with who said them."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.conversation.scene import Scene
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings

SHARED = ConversationSettings(transcripts=True, speaker="Ann")


def test_the_model_and_the_viewers_are_told_who_spoke() -> None:
    scene = Scene(SHARED)
    scene.user_says("What is the time?")
    assert scene.last(fx.TranscriptionCompleted).transcript == "Ann: What is the time?"
    assert scene.prompt()[-1] == ("user", "Ann: What is the time?")


def test_words_are_those_of_who_held_the_microphone_when_they_began() -> None:
    scene = Scene(SHARED)
    scene.speech_starts()
    scene.speech_ends()
    scene.take(ev.SettingsChanged(settings=replace(SHARED, speaker="Bob")))
    scene.hear("It is me.")
    assert scene.last(fx.TranscriptionCompleted).transcript == "Ann: It is me."


def test_a_reply_begun_under_the_pause_is_the_one_that_is_wanted() -> None:
    scene = Scene(SHARED)
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("What is the time?")
    asked = scene.all(orders.Generate)
    assert asked[-1].messages[-1].content == "Ann: What is the time?"
    scene.speech_ends()
    assert scene.all(orders.Generate) == asked


def test_silence_is_nobodys() -> None:
    scene = Scene(SHARED)
    scene.user_says("")
    assert scene.last(fx.TranscriptionCompleted).transcript == ""


def test_what_is_read_ahead_begins_as_the_prompt_will() -> None:
    scene = Scene(SHARED)
    assert scene.machine.prompt_ahead("What is").messages[-1].content == "Ann: What is"
