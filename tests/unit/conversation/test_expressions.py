"""Cues for the face: never read, never heard, never remembered, and told with the words they go with."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.core import REPLY_SAMPLE_RATE_HZ
from vivavoce.conversation.settings import ConversationSettings

FACE = ConversationSettings(expressions=("joy", "sadness"))
READ = ConversationSettings(expressions=("joy",), modality="text")


def cues(scene: Scene) -> list[tuple[str, int]]:
    return [(cue.expression, cue.first_sample) for cue in scene.all(fx.ExpressionCue)]


def text_of(scene: Scene) -> str:
    return "".join(news.delta for news in scene.all(fx.OutputText))


def test_a_cue_is_told_just_before_the_words_it_goes_with() -> None:
    scene = Scene(FACE)
    scene.user_says("Hello.")
    scene.write("[joy] How nice to see you! [sadness] But I must go now.")
    scene.stop_writing()
    assert cues(scene) == [], "nothing has been heard"
    scene.voice(1.0)
    assert cues(scene) == [("joy", 0)]
    while scene.unvoiced():
        scene.voice(1.0)
    (_, second) = cues(scene)
    assert second[0] == "sadness"
    log = scene.log
    place = next(index for index, news in enumerate(log) if isinstance(news, fx.ExpressionCue) and news.first_sample)
    follows = log[place + 1]
    assert isinstance(follows, fx.OutputAudio)
    assert follows.first_sample == second[1]
    assert follows.text.startswith("But")


@pytest.mark.parametrize("pieces", [["[joy] Hi. [", "jo", "y] You."], ["[", "j", "oy", "]", " Hi. ", "[joy] You."]])
def test_a_cue_reaches_neither_reader_nor_listener_nor_model_however_it_is_cut(pieces: list[str]) -> None:
    scene = Scene(FACE)
    scene.user_says("Hello.")
    for piece in pieces:
        scene.write(piece)
    scene.stop_writing()
    while scene.unvoiced():
        scene.voice(0.5)
    assert text_of(scene) == "Hi. You."
    assert scene.last(fx.OutputTextDone).text == "Hi. You."
    assert scene.last(fx.ReplyDone).reply.output[0].content[0].text == "Hi. You."
    assert scene.machine.items[-1].content[0].text == "Hi. You."
    assert all("joy" not in order.text for order in scene.all(orders.Synthesize))
    assert [cue for cue, _ in cues(scene)] == ["joy", "joy"]
    scene.wait(3.0)
    scene.user_says("Again.")
    assert scene.prompt()[1] == ("assistant", "Hi. You.")


def test_a_cue_under_the_hold_is_neither_spoken_nor_told_before_the_turn_is_sure() -> None:
    scene = Scene(FACE)
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("Hello.")
    early = scene.last(orders.Generate).response_id
    scene.take(ev.ReplyTextArrived(response_id=early, text="[joy] Hi there, you. [jo"))
    scene.take(ev.ReplyEnded(response_id=early))
    assert [order.text for order in scene.all(orders.Synthesize)] == ["Hi there,"]
    assert cues(scene) == []
    scene.speech_ends()
    while scene.unvoiced():
        scene.voice(0.5)
    assert cues(scene) == [("joy", 0)]
    assert text_of(scene) == "Hi there, you. [jo"
    assert len({order.clause_index for order in scene.all(orders.Synthesize)}) == len(scene.all(orders.Synthesize))


def test_a_short_reply_under_the_hold_is_spoken_ahead_without_its_cue() -> None:
    scene = Scene(FACE)
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("Hello.")
    early = scene.last(orders.Generate).response_id
    scene.take(ev.ReplyTextArrived(response_id=early, text="Hi [joy]"))
    scene.take(ev.ReplyMemoriesUsed(response_id=early, memories=()))
    scene.take(ev.ReplyEnded(response_id=early))
    assert [order.text for order in scene.all(orders.Synthesize)] == ["Hi"]


def test_a_cue_behind_the_last_word_comes_when_all_is_said() -> None:
    scene = Scene(FACE)
    scene.user_says("Hello.")
    scene.write("Bye. [joy]")
    scene.stop_writing()
    scene.voice(2.0)
    assert cues(scene) == [("joy", 2 * REPLY_SAMPLE_RATE_HZ)]


def test_a_cue_of_words_that_were_cut_off_is_not_told() -> None:
    scene = Scene(FACE)
    scene.user_says("Hello.")
    scene.write("Well, let me think about that. [joy] You are right.")
    scene.interrupts()
    assert cues(scene) == []


def test_a_written_reply_tells_its_cues_with_its_text() -> None:
    scene = Scene(READ)
    scene.user_says("Hello.")
    scene.write("Well. [joy] You are right. [joy]")
    assert cues(scene) == [("joy", 0)]
    scene.stop_writing()
    assert cues(scene) == [("joy", 0), ("joy", 0)]
    assert text_of(scene) == "Well. You are right."


def test_a_reply_of_nothing_but_a_cue_says_nothing() -> None:
    scene = Scene(FACE)
    scene.user_says("Hello.")
    scene.write("[joy]")
    scene.stop_writing()
    assert scene.last(fx.ReplyDone).reply.output == ()
    assert scene.state == "listening"


def test_without_a_face_brackets_are_what_they_are() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    scene.write("Press [joy] now.")
    assert text_of(scene) == "Press [joy] now."


def test_a_greeting_has_its_cues_too() -> None:
    scene = Scene(FACE)
    scene.take(ev.AnnouncementDue(text="[joy] Hello!", kind="greeting"))
    scene.reply_says(scene.last(orders.Generate).recital)
    assert text_of(scene) == "Hello!"
    assert cues(scene) == [("joy", 0)]


def test_what_a_reply_rests_on_is_held_back_with_the_reply() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("Hello.")
    early = scene.last(orders.Generate).response_id
    scene.take(ev.ReplyMemoriesUsed(response_id=early, memories=(("m1", "Ada likes tea."),)))
    scene.take(ev.ReplyTextArrived(response_id=early, text="Tea?"))
    assert scene.all(fx.MemoriesUsed) == []
    scene.speech_ends()
    assert scene.last(fx.MemoriesUsed).response_id == early
    assert scene.last(fx.OutputText).delta == "Tea?"


def test_what_a_reply_rests_on_is_told_before_its_words() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    scene.take(ev.ReplyMemoriesUsed(response_id=scene.response_id, memories=(("m1", "Ada likes tea."),)))
    assert scene.last(fx.MemoriesUsed).memories == (("m1", "Ada likes tea."),)
