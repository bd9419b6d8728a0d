"""Speech over a reply that may not mean to interrupt it: the reply is held, and goes on, or stops for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

HOLDING = ConversationSettings(playout_reports=True, transcripts=True)
STOCK = ConversationSettings(transcripts=True)
STORY = "There was a small house. It stood in the woods. "
FALSE = ["", " ", "Mm-hm.", "Right.", "Oh, I see."]

Point = Callable[[Scene], object]


def asked(scene: Scene) -> None:
    scene.user_says("Tell me a story.")


def writing(scene: Scene) -> None:
    asked(scene)
    scene.write(STORY + "Nobody")


def speaking(scene: Scene) -> None:
    writing(scene)
    scene.voice(2.0)
    scene.wait(1.0)


def playing(scene: Scene) -> None:
    speaking(scene)
    scene.stop_writing()
    scene.voice(2.0)
    scene.voice(2.0)


def told(settings: ConversationSettings = HOLDING) -> Scene:
    """A scene in which the story is being heard."""
    scene = Scene(settings)
    playing(scene)
    return scene


def held_and_resumed(effects: list[fx.Effect]) -> list[str]:
    return [name for name in names(effects) if name.startswith("Playout") or name in ("CancelReply", "ReplyDone")]


# ------------------------------------------------------------------ held


@pytest.mark.parametrize("point", [speaking, playing])
def test_a_reply_is_held_at_the_first_sound_and_not_cancelled(point: Point) -> None:
    scene = Scene(HOLDING)
    point(scene)
    effects = scene.speech_starts(5_000)
    assert names(effects)[:2] == ["SpeechStartedNotice", "TurnStateChanged"]
    assert held_and_resumed(effects) == ["PlayoutHeld"]
    assert scene.last(fx.PlayoutHeld) == fx.PlayoutHeld(response_id=scene.response_id, item_id=scene.reply_item_id)
    assert scene.state == "interrupted"
    assert scene.last(fx.TurnStateChanged).state == "listening"


def test_the_engines_go_on_while_it_is_held() -> None:
    scene = Scene(HOLDING)
    speaking(scene)
    scene.speech_starts(5_000)
    assert "OutputText" in names(scene.write(" lived there. "))
    assert "OutputAudio" in names(scene.voice(2.0))
    scene.stop_writing()
    assert "ReplyDone" in names(scene.voice(1.0))
    assert scene.wait(0.5) == []
    assert scene.state == "interrupted"


def test_a_reply_that_begins_to_sound_under_the_hold_is_held_behind_its_first_sound() -> None:
    scene = Scene(HOLDING)
    writing(scene)
    assert "PlayoutHeld" not in names(scene.speech_starts(5_000))
    effects = names(scene.voice(2.0))
    assert effects[effects.index("OutputAudio") + 1] == "PlayoutHeld"
    assert "PlayoutHeld" not in names(scene.voice(2.0))
    assert scene.state == "interrupted"


def test_two_replies_that_play_are_both_held_and_both_go_on() -> None:
    scene = told()
    scene.request()
    scene.reply_says("There is more.", seconds=3.0)
    assert names(scene.speech_starts(5_000)).count("PlayoutHeld") == 2
    scene.speech_ends(5_000, 5_400)
    assert names(scene.hear("")).count("PlayoutResumed") == 2


def test_what_was_heard_to_its_end_is_not_held() -> None:
    scene = told()
    scene.wait(20.0)
    assert scene.state == "listening"
    assert "PlayoutHeld" not in names(scene.speech_starts(50_000))


# ------------------------------------------------------------------ false


@pytest.mark.parametrize("point", [speaking, playing])
@pytest.mark.parametrize("words", FALSE)
def test_a_turn_without_words_of_its_own_gives_the_floor_back(point: Point, words: str) -> None:
    scene = Scene(HOLDING)
    point(scene)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    assert scene.state == "interrupted"
    effects = scene.hear(words)
    assert held_and_resumed(effects) == ["PlayoutResumed"]
    assert scene.last(fx.PlayoutResumed) == fx.PlayoutResumed(
        response_id=scene.response_id, item_id=scene.reply_item_id
    )
    assert scene.state == "speaking"
    assert (scene.last(fx.TurnStateChanged).state, scene.last(fx.TurnStateChanged).reason) == (
        "speaking",
        "false interruption",
    )
    assert len(scene.all(fx.ReplyCreated)) == 1


@pytest.mark.parametrize("words", FALSE)
def test_a_question_stands_when_nobody_meant_to_add_to_it(words: str) -> None:
    scene = Scene(HOLDING)
    asked(scene)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear(words)
    assert scene.state == "thinking"
    scene.reply_says(STORY)
    assert scene.state == "speaking"
    assert scene.last(fx.ReplyDone).reply.status == "completed"


def test_a_question_whose_words_are_still_sought_stands_too() -> None:
    scene = Scene(HOLDING)
    scene.user_speaks()
    question = scene.last(orders.Transcribe)
    scene.speech_starts(5_000)
    scene.hear("Tell me a story.", order=question)
    assert scene.all(fx.ReplyCreated) == [], "nobody answers while somebody may be going on"
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert scene.state == "thinking"
    assert scene.prompt() == [("user", "Tell me a story.")]


def test_a_question_stands_before_its_words_are_known() -> None:
    scene = Scene(HOLDING)
    scene.user_speaks()
    question = scene.last(orders.Transcribe)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert scene.state == "thinking"
    scene.hear("Tell me a story.", order=question)
    assert scene.prompt() == [("user", "Tell me a story.")]


def test_the_time_on_hold_does_not_count_as_heard() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.wait(1.0)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Mm-hm.")
    scene.wait(10.0)
    assert scene.state == "listening", "6 s in all, and 5 s of grace"


def test_the_reply_goes_on_from_where_it_was_held() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.wait(1.0)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Mm-hm.")
    scene.wait(0.5)
    scene.interrupts(8_000)
    item = scene.item(scene.reply_item_id)
    assert item.content[0].heard == "There was a small", "1.5 of the first sentence's 2 s"


def test_a_backchannel_stays_in_the_conversation_and_out_of_the_prompt() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Mm-hm.")
    aside = scene.machine.items[-1]
    assert (aside.content[0].text, aside.is_aside) == ("Mm-hm.", True)
    assert scene.last(fx.TranscriptionCompleted).transcript == "Mm-hm."
    scene.wait(20.0)
    scene.user_says("And then?")
    assert [content for _, content in scene.prompt()] == ["Tell me a story.", STORY + "Nobody", "And then?"]


@pytest.mark.parametrize("text", ["I don't know.", "Uh-huh."])
def test_words_that_hardly_anyone_can_have_said_are_none(text: str) -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    effects = scene.hear(text, certainty=0.2)
    assert "PlayoutResumed" in names(effects)
    assert scene.last(fx.TranscriptionCompleted).transcript == ""
    assert scene.machine.items[-1].content[0].text == ""


def test_a_turn_whose_words_cannot_be_found_gives_the_floor_back() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    assert "PlayoutResumed" in names(scene.fail_to_hear())
    assert scene.state == "speaking"


def test_the_reply_goes_on_when_its_words_take_too_long() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    assert "PlayoutResumed" not in names(scene.wait(2.4))
    assert "PlayoutResumed" in names(scene.wait(0.2))
    assert scene.state == "speaking"
    effects = scene.hear("Stop.")
    assert held_and_resumed(effects) == ["PlayoutCleared"]
    assert scene.state == "thinking"
    assert scene.prompt()[-1] == ("user", "Stop.")


def test_words_that_come_too_late_to_matter_change_nothing() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.wait(3.0)
    assert held_and_resumed(scene.hear("Mm-hm.")) == []
    assert scene.state == "speaking"


def test_words_that_come_after_the_reply_are_answered() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.wait(3.0)
    scene.report(scene.reply_item_id, 6.0, buffered_seconds=0.0)
    scene.hear("Stop.")
    assert scene.prompt()[-1] == ("user", "Stop.")
    assert scene.state == "thinking"


def test_clearing_the_input_gives_the_floor_back() -> None:
    scene = told()
    scene.speech_starts(5_000)
    effects = scene.take(ev.InputClearRequested())
    assert "PlayoutResumed" in names(effects)
    assert scene.state == "speaking"


def test_deleting_the_item_gives_the_floor_back() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    effects = scene.take(ev.ItemDeleteRequested(item_id=scene.machine.items[-1].id))
    assert "PlayoutResumed" in names(effects)
    assert scene.state == "speaking"


# ------------------------------------------------------------------ known in a pause


def test_a_backchannel_is_known_in_the_pause_behind_it() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    assert "PlayoutResumed" not in names(scene.hear("Right."))
    assert "PlayoutResumed" not in names(scene.wait(0.25))
    assert "PlayoutResumed" in names(scene.wait(0.1))
    assert scene.state == "speaking"
    scene.speech_ends(5_000, 6_000)
    assert scene.state == "speaking"
    assert scene.machine.items[-1].is_aside
    assert len(scene.all(fx.ReplyCreated)) == 1


def test_who_goes_on_after_a_backchannel_is_listened_to_again() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.take(ev.SpeechResumed())
    assert scene.wait(1.0) == []
    scene.speech_pauses(5_000, 6_400)
    assert held_and_resumed(scene.hear("Right, but why?")) == ["PlayoutCleared"]


def test_who_goes_on_once_the_reply_does_holds_it_again() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.wait(0.4)
    assert "PlayoutHeld" in names(scene.take(ev.SpeechResumed()))
    assert scene.state == "interrupted"
    scene.speech_ends(5_000, 6_400)
    assert held_and_resumed(scene.hear("Right, but why?")) == ["PlayoutCleared"]
    assert scene.state == "thinking"


def test_who_goes_on_once_the_reply_is_over_is_answered() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.wait(0.4)
    scene.report(scene.reply_item_id, 6.0, buffered_seconds=0.0)
    assert scene.state == "listening"
    scene.take(ev.SpeechResumed())
    assert scene.state == "user_speaking"
    scene.speech_ends(5_000, 6_400)
    scene.hear("Right.")
    assert scene.prompt()[-1] == ("user", "Right.")


def test_a_backchannel_that_is_committed_by_hand_is_a_turn() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.wait(0.4)
    effects = scene.commit(5_000, 5_400)
    assert held_and_resumed(effects) == ["PlayoutHeld", "PlayoutCleared"]
    scene.hear("Right.")
    assert scene.prompt()[-1] == ("user", "Right.")


def test_a_backchannel_may_be_thrown_away() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.wait(0.4)
    assert names(scene.take(ev.InputClearRequested())) == ["InputCleared"]
    assert scene.state == "speaking"


def test_coughing_does_not_take_the_floor_however_long_it_lasts() -> None:
    scene = told()
    effects = scene.speech_starts(5_000)
    for cough in range(5):
        effects += scene.wait(0.4)
        effects += scene.speech_pauses(5_000, 5_400 + 800 * cough)
        effects += scene.hear("I hope.", certainty=0.1)
        effects += scene.wait(0.2)
        effects += scene.take(ev.SpeechResumed())
    assert held_and_resumed(effects) == ["PlayoutHeld"]
    scene.speech_ends(5_000, 9_000)
    scene.hear("")
    assert scene.state == "speaking"


# ------------------------------------------------------------------ real


@pytest.mark.parametrize("words", ["Stop.", "No.", "Wait.", "What?", "Yeah, but why?", "停。"])
def test_words_of_ones_own_take_the_floor(words: str) -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_pauses(5_000, 5_400)
    effects = scene.hear(words)
    assert held_and_resumed(effects) == ["PlayoutCleared"]
    assert "Generate" in names(effects), "the answer is begun under the silence"
    scene.speech_ends(5_000, 5_900)
    assert scene.state == "thinking"
    assert scene.prompt()[-1] == ("user", words)


def test_a_reply_under_way_is_cancelled_by_them() -> None:
    scene = Scene(HOLDING)
    speaking(scene)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    assert held_and_resumed(scene.hear("Stop.")) == ["CancelReply", "PlayoutCleared", "ReplyDone"]
    assert scene.last(fx.ReplyDone).reply.reason == "turn_detected"


def test_speech_without_end_takes_the_floor() -> None:
    scene = told()
    scene.speech_starts(5_000)
    assert held_and_resumed(scene.wait(1.1)) == []
    assert held_and_resumed(scene.wait(0.2)) == ["PlayoutCleared"]
    assert scene.state == "interrupted"
    scene.speech_ends(5_000, 8_000)
    scene.hear("Right.")
    assert scene.prompt()[-1] == ("user", "Right.")


def test_captions_take_the_floor() -> None:
    scene = told()
    scene.speech_starts(5_000)
    assert held_and_resumed(scene.caption("", "Right but why is")) == [], "nothing is stable"
    assert held_and_resumed(scene.caption("Right but ", "why")) == [], "too few to tell"
    assert held_and_resumed(scene.caption("Oh I see ", "so")) == []
    assert held_and_resumed(scene.caption("I hope so ", "then", certainty=0.2)) == []
    assert held_and_resumed(scene.caption("Right but why ", "is")) == ["PlayoutCleared"]
    assert held_and_resumed(scene.caption("Right but why is ", "it")) == []


def test_chinese_captions_take_the_floor() -> None:
    scene = told()
    scene.speech_starts(5_000)
    assert held_and_resumed(scene.caption("等一", "下")) == []
    assert held_and_resumed(scene.caption("等一下", "我")) == ["PlayoutCleared"]


def test_captions_of_another_turn_do_not() -> None:
    scene = told()
    scene.speech_starts(5_000)
    assert scene.take(ev.PartialHeard(item_id="other", stable="Stop that ", unstable="now")) == []


def test_what_was_heard_before_the_hold_is_kept() -> None:
    scene = told()
    scene.wait(1.0)
    scene.speech_starts(5_000)
    scene.wait(0.5)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Stop.")
    assert scene.item(scene.reply_item_id).content[0].heard == "There was a small house. "
    assert scene.last(fx.TurnTimed).marks.interrupted == pytest.approx(2_500, abs=1)


def test_the_clients_own_commit_takes_the_floor() -> None:
    scene = told()
    scene.speech_starts(5_000)
    assert held_and_resumed(scene.commit(5_000, 5_400)) == ["PlayoutCleared"]
    scene.hear("Mm-hm.")
    assert scene.prompt()[-1] == ("user", "Mm-hm.")


def test_a_withdrawn_question_is_not_answered() -> None:
    scene = Scene(HOLDING)
    scene.user_speaks()
    question = scene.last(orders.Transcribe)
    scene.interrupts(5_000)
    scene.hear("Tell me a story.", order=question)
    assert scene.all(fx.ReplyCreated) == []
    scene.speech_ends(5_000, 7_000)
    scene.hear("A short one.")
    assert scene.prompt() == [("user", "Tell me a story. A short one.")]


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize(("position_seconds", "is_answer"), [(0.2, False), (1.7, True), (2.4, True), (3.2, False)])
def test_yes_is_an_answer_where_a_question_was_asked(position_seconds: float, is_answer: bool) -> None:
    scene = Scene(HOLDING)
    scene.user_says("I am thirsty.")
    scene.write("Would you like some tea? There is green tea and there is black tea. ")
    scene.voice(2.0)
    scene.stop_writing()
    scene.voice(4.0)
    scene.wait(position_seconds)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    effects = scene.hear("Yes.")
    assert ("PlayoutCleared" in names(effects)) is is_answer
    assert ("PlayoutResumed" in names(effects)) is not is_answer


def test_yes_is_an_answer_once_the_reply_is_over() -> None:
    scene = told()
    scene.report(scene.reply_item_id, 6.0, buffered_seconds=0.0)
    scene.user_says("Right.")
    assert scene.prompt()[-1] == ("user", "Right.")


def test_yes_is_a_turn_when_the_client_stops_the_reply_meanwhile() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.take(ev.ReplyCancelRequested())
    scene.speech_ends(5_000, 5_400)
    scene.hear("Right.")
    assert scene.state == "thinking"
    assert scene.prompt()[-1] == ("user", "Right.")


def test_a_cough_is_none_when_the_client_stops_the_reply_meanwhile() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.take(ev.ReplyCancelRequested())
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert scene.state == "listening"


def test_a_backchannel_in_a_pause_is_a_turn_when_the_client_stops_the_reply_meanwhile() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.take(ev.ReplyCancelRequested())
    scene.speech_pauses(5_000, 5_400)
    scene.hear("Right.")
    scene.wait(0.4)
    assert scene.state == "endpointing"
    scene.speech_ends(5_000, 5_900)
    assert scene.prompt()[-1] == ("user", "Right.")


def test_throwing_the_input_away_leaves_nobody_the_floor_when_the_reply_was_stopped() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.take(ev.ReplyCancelRequested())
    scene.take(ev.InputClearRequested())
    assert scene.state == "listening"


def test_deleting_the_item_leaves_nobody_the_floor_when_the_reply_was_stopped() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.take(ev.ReplyCancelRequested())
    scene.take(ev.ItemDeleteRequested(item_id=scene.machine.items[-1].id))
    assert scene.state == "listening"


@pytest.mark.parametrize(("answers", "state"), [(True, "thinking"), (False, "listening")])
def test_words_that_take_too_long_are_a_turn_when_the_reply_was_stopped(answers: bool, state: str) -> None:
    scene = told(replace(HOLDING, reply_after_turn=answers)) if answers else Scene(HOLDING)
    if not answers:
        playing(scene)
        scene.take(ev.SettingsChanged(settings=replace(HOLDING, reply_after_turn=False)))
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.take(ev.ReplyCancelRequested())
    scene.wait(2.6)
    assert scene.state == state


# ------------------------------------------------------------------ one after the other


def test_two_coughs_are_two_turns_without_words() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    first = scene.last(orders.Transcribe)
    scene.speech_starts(6_000)
    assert scene.state == "interrupted"
    assert "PlayoutResumed" not in names(scene.hear("", order=first))
    scene.speech_ends(6_000, 6_400)
    assert "PlayoutResumed" in names(scene.hear(""))
    assert scene.state == "speaking"


def test_the_second_may_be_known_first() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    first = scene.last(orders.Transcribe)
    scene.speech_starts(6_000)
    scene.speech_ends(6_000, 6_400)
    assert "PlayoutResumed" not in names(scene.hear("Mm-hm."))
    assert "PlayoutResumed" in names(scene.hear("", order=first))
    assert scene.state == "speaking"


def test_the_second_may_be_thrown_away() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.speech_starts(6_000)
    scene.take(ev.InputClearRequested())
    assert scene.state == "interrupted"
    scene.hear("")
    assert scene.state == "speaking"


def test_the_second_waits_for_the_first_also_in_a_pause() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    first = scene.last(orders.Transcribe)
    scene.speech_starts(6_000)
    scene.speech_pauses(6_000, 6_400)
    scene.hear("Mm-hm.")
    assert "PlayoutResumed" not in names(scene.wait(1.0))
    scene.speech_ends(6_000, 6_400)
    assert "PlayoutResumed" in names(scene.hear("", order=first))


def test_words_of_the_first_take_the_floor_for_the_second() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    first = scene.last(orders.Transcribe)
    scene.speech_starts(6_000)
    assert "PlayoutCleared" in names(scene.hear("Stop.", order=first))
    assert scene.state == "interrupted"
    scene.speech_ends(6_000, 7_000)
    assert scene.state == "thinking"
    scene.hear("Tell me another.")
    assert scene.prompt()[-1] == ("user", "Stop. Tell me another.")


def test_words_of_the_second_take_it_too() -> None:
    scene = told()
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    first = scene.last(orders.Transcribe)
    scene.speech_starts(6_000)
    scene.speech_ends(6_000, 7_000)
    assert "PlayoutCleared" in names(scene.hear("Stop."))
    assert scene.state == "thinking"
    scene.hear("Mm-hm.", order=first)
    assert len(scene.all(fx.ReplyCreated)) == 2


# ------------------------------------------------------------------ clients that cannot hold


@pytest.mark.parametrize("words", FALSE)
def test_a_stock_client_hears_the_rest_when_nobody_meant_to_interrupt(words: str) -> None:
    scene = told(STOCK)
    scene.wait(1.5)
    assert held_and_resumed(scene.speech_starts(5_000)) == ["PlayoutCleared"]
    scene.speech_ends(5_000, 5_400)
    effects = scene.hear(words)
    assert scene.last(orders.Generate).recital == "stood in the woods. Nobody"
    assert "ReplyCreated" in names(effects)
    assert scene.state == "thinking"
    scene.reply_says(scene.last(orders.Generate).recital)
    assert scene.state == "speaking"
    scene.wait(10.0)
    scene.user_says("And then?")
    assert [content for _, content in scene.prompt()] == [
        "Tell me a story.",
        "There was a small house. It stood in the woods. Nobody",
        "And then?",
    ]


def test_the_rest_is_what_the_client_says_it_is() -> None:
    scene = told(STOCK)
    scene.wait(1.5)
    scene.speech_starts(5_000)
    scene.truncate(scene.reply_item_id, 2_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert scene.last(orders.Generate).recital == "It stood in the woods. Nobody"


def test_the_rest_of_a_reply_under_way_is_what_was_written() -> None:
    scene = Scene(STOCK)
    speaking(scene)
    scene.wait(1.0)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Right.")
    assert scene.last(orders.Generate).recital == "It stood in the woods. Nobody"


@pytest.mark.parametrize("point", [asked, writing])
def test_a_reply_of_which_nothing_was_heard_is_asked_for_again(point: Point) -> None:
    scene = Scene(STOCK)
    point(scene)
    first = scene.last(orders.Generate)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    again = scene.last(orders.Generate)
    assert replace(again, response_id="") == replace(first, response_id="")
    assert scene.state == "thinking"


def test_a_reply_is_asked_for_again_as_it_was() -> None:
    scene = Scene(STOCK)
    options = ReplyOptions(instructions="Be brief.", max_output_tokens=40, metadata=(("a", "b"),))
    scene.request(options)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert scene.last(orders.Generate).messages[0].content == "Be brief."
    assert scene.last(orders.Generate).max_output_tokens == 40
    assert scene.last(fx.ReplyCreated).reply.metadata == (("a", "b"),)


def test_a_reply_with_a_tool_call_is_not_asked_for_twice() -> None:
    scene = Scene(STOCK)
    asked(scene)
    scene.call("{}", call_id="c", name="look")
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert len(scene.all(fx.ReplyCreated)) == 1
    assert scene.state == "listening"


def test_a_reply_heard_to_its_last_word_has_no_rest_and_yes_answers_it() -> None:
    scene = told(STOCK)
    scene.wait(4.999)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Right.")
    assert scene.prompt()[-1] == ("user", "Right.")
    assert scene.last(orders.Generate).recital == ""


def test_the_rest_of_a_deleted_item_is_not_said() -> None:
    scene = told(STOCK)
    scene.wait(1.5)
    scene.speech_starts(5_000)
    scene.take(ev.ItemDeleteRequested(item_id=scene.reply_item_id))
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert len(scene.all(fx.ReplyCreated)) == 1
    assert scene.state == "listening"


def test_a_client_that_answers_itself_says_the_rest_itself() -> None:
    scene = Scene(replace(STOCK, reply_after_turn=False))
    asked(scene)
    scene.request()
    scene.reply_says(STORY, seconds=6.0)
    scene.wait(1.0)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert len(scene.all(fx.ReplyCreated)) == 1
    assert scene.state == "listening"


def test_the_rest_is_not_said_beside_a_reply_that_the_client_asked_for() -> None:
    scene = told(STOCK)
    scene.wait(1.5)
    scene.speech_starts(5_000)
    scene.request()
    scene.speech_ends(5_000, 5_400)
    scene.hear("")
    assert len(scene.all(fx.ReplyCreated)) == 2
    assert scene.last(orders.Generate).recital == ""
    assert scene.state == "thinking"


def test_a_stock_client_is_interrupted_by_words_as_ever() -> None:
    scene = told(STOCK)
    scene.wait(1.5)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 5_400)
    scene.hear("Stop.")
    assert scene.prompt()[-1] == ("user", "Stop.")
    assert scene.last(orders.Generate).recital == ""
    assert scene.state == "thinking"


def test_a_reply_that_may_not_be_interrupted_is_not_held() -> None:
    scene = told(replace(HOLDING, interruptible=False))
    assert "PlayoutHeld" not in names(scene.speech_starts(5_000))
    assert scene.state == "user_speaking"
