"""Speech over a reply: the reply stops, at whatever point it was, and the speaker has the floor.

With a client that cannot keep a reply on hold it stops at the first sound; see `test_false_interruptions` for one that
can, and for what happens when nobody meant to interrupt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

STEADFAST = ConversationSettings(interruptible=False)
MUTE = ConversationSettings(reply_after_turn=False)

Point = Callable[[Scene], object]


def words_sought(scene: Scene) -> None:
    scene.user_speaks()


def asked(scene: Scene) -> None:
    scene.user_says("Tell me a story.")


def writing(scene: Scene) -> None:
    asked(scene)
    scene.write("There was a small house. It stood")


def speaking(scene: Scene) -> None:
    writing(scene)
    scene.voice(2.0)


def written(scene: Scene) -> None:
    speaking(scene)
    scene.stop_writing()


def playing(scene: Scene) -> None:
    written(scene)
    scene.voice(2.0)


POINTS = [words_sought, asked, writing, speaking, written, playing]


# ------------------------------------------------------------------ in every state


@pytest.mark.parametrize("point", POINTS)
def test_speech_interrupts_at_any_point(point: Point) -> None:
    scene = Scene()
    point(scene)
    assert scene.state in ("thinking", "speaking")
    scene.speech_starts(5_000)
    assert scene.state == "interrupted"
    assert not scene.is_replying


@pytest.mark.parametrize("point", POINTS)
def test_only_what_is_said_next_is_answered(point: Point) -> None:
    scene = Scene()
    point(scene)
    earlier = len(scene.all(orders.Generate))
    question = scene.last(orders.Transcribe)
    scene.speech_starts(5_000)
    scene.hear("Tell me a story.", order=question)
    assert len(scene.all(orders.Generate)) == earlier
    scene.speech_ends(5_000, 7_000)
    scene.hear("A short one.")
    assert len(scene.all(orders.Generate)) == earlier + 1
    assert scene.prompt()[-1][1].endswith("A short one.")
    assert scene.state == "thinking"


@pytest.mark.parametrize("point", [asked, writing, speaking, written])
def test_an_interrupted_reply_is_closed_in_order(point: Point) -> None:
    scene = Scene()
    point(scene)
    effects = scene.speech_starts(5_000)
    told = names(effects)
    assert told[0] == "SpeechStartedNotice"
    assert told.index("CancelReply") < told.index("ReplyDone")
    assert told.count("OutputItemDone") == told.count("ContentPartDone") == len(scene.all(fx.OutputItemAdded))
    reply = scene.last(fx.ReplyDone).reply
    assert (reply.status, reply.reason) == ("cancelled", "turn_detected")
    assert all(item.status == "incomplete" for item in reply.output)


@pytest.mark.parametrize("point", [speaking, written, playing])
def test_the_client_is_told_to_drop_what_it_has(point: Point) -> None:
    scene = Scene()
    point(scene)
    effects = scene.speech_starts(5_000)
    assert fx.PlayoutCleared(response_id=scene.response_id, item_id=scene.reply_item_id) in effects
    assert scene.last(fx.TurnTimed).marks.interrupted is not None


@pytest.mark.parametrize("point", [words_sought, asked, writing])
def test_there_is_nothing_to_drop_before_the_first_sound(point: Point) -> None:
    scene = Scene()
    point(scene)
    assert "PlayoutCleared" not in names(scene.speech_starts(5_000))


def test_a_reply_that_only_plays_is_not_cancelled_any_more() -> None:
    scene = Scene()
    playing(scene)
    assert names(scene.speech_starts(5_000)) == [
        "SpeechStartedNotice",
        "TurnStateChanged",
        "PlayoutCleared",
        "TurnTimed",
        "CancelTimer",
        "StartTimer",
    ]


@pytest.mark.parametrize("point", [asked, writing, speaking, written])
def test_nothing_of_an_interrupted_reply_follows(point: Point) -> None:
    scene = Scene()
    point(scene)
    response_id = scene.response_id
    scene.speech_starts(5_000)
    for late in (
        ev.ReplyTextArrived(response_id=response_id, text=" More. And more."),
        ev.ReplyToolCallArrived(response_id=response_id, index=0, call_id="c", name="f", arguments="{}"),
        ev.SpeechSynthesized(response_id=response_id, clause_index=0, chunk_id=99, samples=100),
        ev.ClauseSpoken(response_id=response_id, clause_index=0),
        ev.ReplyEnded(response_id=response_id),
    ):
        assert scene.take(late) == []


@pytest.mark.parametrize("paused", [False, True])
def test_the_interrupting_turn_ends_like_any_other(paused: bool) -> None:
    scene = Scene()
    speaking(scene)
    scene.speech_starts(5_000)
    if paused:
        scene.speech_pauses(5_000, 6_000)
        assert scene.state == "endpointing"
        scene.take(ev.SpeechResumed())
        assert scene.state == "user_speaking"
    scene.speech_ends(5_000, 7_000)
    assert scene.state == "interrupted"
    scene.hear("A short one.")
    assert scene.state == "thinking"


def test_two_replies_that_play_are_both_stopped() -> None:
    scene = Scene()
    playing(scene)
    scene.request()
    scene.reply_says("There is more.", seconds=3.0)
    cleared = [effect for effect in scene.speech_starts(5_000) if isinstance(effect, fx.PlayoutCleared)]
    assert len({effect.response_id for effect in cleared}) == 2


def test_a_reply_beside_the_conversation_goes_on() -> None:
    scene = Scene()
    scene.request(ReplyOptions(in_band=False, modality="text"))
    beside = scene.response_id
    speaking(scene)
    scene.speech_starts(5_000)
    assert "OutputText" in names(scene.write("Still here.", response_id=beside))


# ------------------------------------------------------------------ by the client


def test_the_client_cancels_the_reply() -> None:
    scene = Scene()
    speaking(scene)
    effects = scene.take(ev.ReplyCancelRequested())
    assert [name for name in names(effects) if name in ("CancelReply", "PlayoutCleared", "ReplyDone")] == [
        "CancelReply",
        "PlayoutCleared",
        "ReplyDone",
    ]
    assert scene.last(fx.ReplyDone).reply.reason == "client_cancelled"
    assert scene.state == "listening"
    assert scene.running_timers == frozenset()


def test_the_client_cancels_the_reply_that_it_names() -> None:
    scene = Scene()
    scene.request(ReplyOptions(in_band=False))
    beside = scene.response_id
    speaking(scene)
    scene.take(ev.ReplyCancelRequested(response_id=beside))
    assert scene.last(fx.ReplyDone).reply.response_id == beside
    assert scene.state == "speaking"


@pytest.mark.parametrize("point", [lambda scene: None, words_sought, playing])
def test_there_is_nothing_to_cancel_unless_a_reply_is_made(point: Point) -> None:
    scene = Scene()
    point(scene)
    state = scene.state
    (error,) = scene.take(ev.ReplyCancelRequested(event_id="e1"))
    assert isinstance(error, fx.ErrorRaised)
    assert (error.failure.code, error.event_id) == ("response_cancel_not_active", "e1")
    assert error.failure.message.startswith("Cancellation failed: no active response found")
    assert scene.state == state


def test_a_reply_that_is_over_cannot_be_cancelled() -> None:
    scene = Scene()
    playing(scene)
    (error,) = scene.take(ev.ReplyCancelRequested(response_id=scene.response_id))
    assert isinstance(error, fx.ErrorRaised)
    assert error.param == "response_id"


# ------------------------------------------------------------------ replies that may not be interrupted


def test_a_reply_that_may_not_be_interrupted_goes_on() -> None:
    scene = Scene(STEADFAST)
    writing(scene)
    assert names(scene.speech_starts(5_000)) == ["SpeechStartedNotice", "TurnStateChanged"]
    assert scene.state == "user_speaking"
    assert "OutputAudio" in names(scene.voice(2.0))
    scene.stop_writing()
    scene.voice(2.0)
    assert scene.state == "user_speaking"


def test_what_is_said_over_it_is_answered_after_it() -> None:
    scene = Scene(STEADFAST)
    writing(scene)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 7_000)
    scene.hear("And then?")
    assert len(scene.all(fx.ReplyCreated)) == 1
    scene.stop_writing()
    scene.voice(1.0)
    assert len(scene.all(fx.ReplyCreated)) == 1
    scene.voice(1.0)
    assert len(scene.all(fx.ReplyCreated)) == 2
    assert scene.state == "thinking"


def test_speech_before_the_answer_adds_to_the_question() -> None:
    scene = Scene(STEADFAST)
    scene.user_speaks()
    first = scene.last(orders.Transcribe)
    scene.speech_starts(5_000)
    scene.hear("Tell me a story.", order=first)
    assert scene.state == "user_speaking"
    assert scene.prompt() == [("user", "Tell me a story.")]
    scene.speech_ends(5_000, 7_000)
    scene.hear("A short one.")
    scene.stop_writing()
    assert scene.prompt() == [("user", "Tell me a story. A short one.")]


@pytest.mark.parametrize("said", ["", None])
def test_the_floor_goes_back_to_the_reply_when_the_turn_asks_for_nothing(said: str | None) -> None:
    scene = Scene(STEADFAST)
    speaking(scene)
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 7_000)
    assert scene.state == "thinking"
    scene.hear(said) if said is not None else scene.fail_to_hear()
    assert scene.state == "speaking"
    assert scene.last(fx.TurnStateChanged).state == "speaking"


def test_the_floor_goes_back_to_a_reply_that_has_not_begun_to_speak() -> None:
    scene = Scene(ConversationSettings(interruptible=False, reply_after_turn=False))
    scene.user_types("Hello?")
    scene.speech_starts(5_000)
    scene.speech_ends(5_000, 7_000)
    assert scene.state == "thinking"
    scene.reply_says("Hello.")
    assert scene.state == "speaking"


def test_the_floor_goes_back_to_a_reply_even_when_another_answer_is_owed_after_it() -> None:
    scene = Scene(replace(STEADFAST, modality="text"))
    scene.user_types("Tell me a story.")
    scene.write("There was")
    scene.user_says("A short one.")
    scene.speech_starts(5_000)
    scene.take(ev.InputClearRequested())
    assert scene.state == "speaking"
    scene.write(" a small house.")
    scene.stop_writing()
    assert len(scene.all(fx.ReplyCreated)) == 2
    assert scene.state == "thinking"


def test_the_floor_goes_back_to_a_reply_that_plays() -> None:
    scene = Scene(ConversationSettings(interruptible=False, reply_after_turn=False))
    scene.user_types("Hello?")
    scene.reply_says("Hello. Nice to see you.", seconds=5.0)
    scene.speech_starts(5_000)
    scene.take(ev.InputClearRequested())
    assert scene.state == "speaking"
    scene.wait(5.1)
    assert scene.state == "listening"


# ------------------------------------------------------------------ turns that ask for nothing


def test_a_turn_is_not_answered_where_the_client_answers_itself() -> None:
    scene = Scene(MUTE)
    scene.user_says("Hello.")
    assert scene.state == "listening"
    assert scene.all(fx.ReplyCreated) == []


def test_speech_still_interrupts_where_the_client_answers_itself() -> None:
    scene = Scene(MUTE)
    scene.user_says("Tell me a story.")
    scene.request()
    scene.write("There was a small house. It stood")
    scene.voice(2.0)
    scene.speech_starts(5_000)
    assert scene.last(fx.ReplyDone).reply.status == "cancelled"
    scene.speech_ends(5_000, 7_000)
    scene.hear("A short one.")
    assert scene.state == "listening"


# ------------------------------------------------------------------ one reply at a time


def test_a_second_reply_is_refused_while_one_is_made() -> None:
    scene = Scene()
    asked(scene)
    first = scene.response_id
    (error,) = scene.request(event_id="e1")
    assert isinstance(error, fx.ErrorRaised)
    assert error.failure.code == "conversation_already_has_active_response"
    assert first in error.failure.message
    assert error.event_id == "e1"
    assert scene.response_id == first


def test_a_second_reply_may_be_asked_for_while_the_first_plays() -> None:
    scene = Scene()
    playing(scene)
    assert names(scene.request())[0] == "ReplyCreated"
    assert scene.state == "thinking"


def test_a_turn_that_the_client_has_answered_is_not_answered_twice() -> None:
    scene = Scene()
    scene.user_speaks()
    scene.request()
    scene.hear("What is the time?")
    scene.reply_says("It is noon.")
    assert len(scene.all(fx.ReplyCreated)) == 1
    assert scene.prompt() == [("user", "What is the time?")]


def test_a_failed_reply_leaves_the_floor_to_one_that_plays() -> None:
    scene = Scene()
    playing(scene)
    scene.request()
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=ev.Failure(code="x", stage="llm", message="x")))
    assert scene.state == "speaking"
    scene.wait(10.0)
    assert scene.state == "listening"
