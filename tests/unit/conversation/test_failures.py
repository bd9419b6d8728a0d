"""What breaks is told once, in plain words, and the conversation goes on."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import FAULT, VOICE_FAULT, Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings

CAPTIONED = ConversationSettings(transcripts=True)


def fail(scene: Scene) -> list[fx.Effect]:
    return scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))


def status(scene: Scene) -> tuple[str, ev.Failure | None]:
    reply = scene.last(fx.ReplyDone).reply
    return reply.status, reply.failure


def goes_on(scene: Scene) -> bool:
    scene.wait(20.0)
    scene.user_says("And now?")
    scene.reply_says("All is well.")
    return scene.state == "speaking" and scene.last(fx.ReplyDone).reply.status == "completed"


# ------------------------------------------------------------------ the recogniser


@pytest.mark.parametrize(
    ("settings", "told"), [(CAPTIONED, "TranscriptionFailed"), (ConversationSettings(), "ErrorRaised")]
)
def test_a_failed_transcription_is_told_and_not_answered(settings: ConversationSettings, told: str) -> None:
    scene = Scene(settings)
    scene.user_speaks()
    assert names(scene.fail_to_hear()) == ["CancelTimer", told, "TurnStateChanged"]
    assert scene.all(fx.ReplyCreated) == []
    assert scene.state == "listening"
    assert goes_on(scene)


def test_a_transcription_that_fails_in_a_pause_is_told_when_the_turn_is_over() -> None:
    scene = Scene(CAPTIONED)
    scene.speech_starts()
    scene.speech_pauses()
    assert scene.fail_to_hear() == []
    assert "TranscriptionFailed" in names(scene.speech_ends())
    assert scene.state == "listening"


def test_a_transcription_that_failed_before_the_speaker_went_on_is_forgotten() -> None:
    scene = Scene(CAPTIONED)
    scene.speech_starts()
    scene.speech_pauses()
    scene.fail_to_hear()
    assert scene.take(ev.SpeechResumed()) == []
    scene.speech_ends()
    scene.hear("Hello.")
    assert scene.all(fx.TranscriptionFailed) == []
    assert scene.prompt() == [("user", "Hello.")]


def test_a_transcript_that_does_not_come_is_given_up_after_twenty_seconds() -> None:
    scene = Scene(CAPTIONED)
    scene.user_speaks()
    order = scene.last(orders.Transcribe)
    assert scene.wait(19.9) == []
    assert names(scene.wait(0.2)) == ["CancelTranscription", "TranscriptionFailed", "TurnStateChanged"]
    assert scene.last(fx.TranscriptionFailed).failure.code == "transcription_timed_out"
    assert scene.hear("Too late.", order=order) == []
    assert goes_on(scene)


def test_the_words_of_an_item_with_audio_are_given_up_too() -> None:
    scene = Scene(CAPTIONED)
    item = Item(id="mine", content=(ContentPart(kind="input_audio"),))
    scene.take(ev.ItemCreateRequested(item=item))
    scene.request()
    assert "Generate" in names(scene.wait(20.1))
    assert scene.last(fx.TranscriptionFailed).item_id == "mine"


# ------------------------------------------------------------------ the model


def test_a_reply_that_fails_before_its_first_word_is_failed_and_empty() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert names(fail(scene)) == ["CancelTimer", "TurnTimed", "ReplyDone", "TurnStateChanged"]
    assert status(scene) == ("failed", FAULT)
    assert goes_on(scene)


def test_what_was_written_before_the_failure_is_spoken() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How are")
    scene.voice(1.0)
    fail(scene)
    assert scene.last(orders.Synthesize).text == "How are"
    assert scene.is_replying
    scene.voice(1.0)
    assert status(scene) == ("failed", FAULT)
    assert scene.last(fx.ReplyDone).reply.output[0].content[0].text == "Hello there. How are"
    assert scene.state == "speaking"
    scene.wait(2.1)
    assert scene.state == "listening"


def test_a_reply_that_fails_is_failed_even_when_its_model_was_cut_short() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there.")
    scene.stop_writing("length")
    scene.fail_to_voice()
    assert status(scene) == ("failed", VOICE_FAULT)


def test_what_comes_after_the_end_of_a_reply_s_words_is_dropped() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there.")
    scene.stop_writing()
    assert scene.write(" Too late.") == []
    assert fail(scene) == []
    scene.voice(1.0)
    assert status(scene) == ("completed", None)


# ------------------------------------------------------------------ the voice


def test_a_clause_that_cannot_be_spoken_does_not_stop_the_others() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How are you?")
    scene.stop_writing()
    scene.fail_to_voice()
    assert scene.voice(1.0)[1] == fx.OutputAudio(
        response_id=scene.response_id,
        item_id=scene.reply_item_id,
        output_index=0,
        chunk_id=1,
        first_sample=0,
        samples=24_000,
        text="Hello there. How are you?",
    )
    assert status(scene) == ("failed", VOICE_FAULT)
    assert goes_on(scene)


def test_a_reply_without_any_voice_is_failed_and_its_text_stands() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there.")
    scene.stop_writing()
    scene.fail_to_voice()
    assert status(scene) == ("failed", VOICE_FAULT)
    assert scene.item(scene.reply_item_id).content[0].text == "Hello there."
    assert scene.state == "listening"


def test_the_first_fault_is_the_one_that_is_told() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How are you?")
    first = ev.Failure(code="llm_gone", stage="llm", message="Gone.")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=first))
    scene.fail_to_voice()
    scene.fail_to_voice()
    assert status(scene) == ("failed", first)


def test_speech_for_a_clause_that_nobody_waits_for_is_dropped() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How are you")
    scene.voice(1.0)
    assert scene.voice(1.0, clause=0) == []
    assert scene.voice(1.0, clause=77) == []


# ------------------------------------------------------------------ nothing at all


def test_a_reply_in_which_nothing_happens_for_a_minute_has_failed() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert scene.wait(59.9) == []
    assert names(scene.wait(0.2)) == ["CancelReply", "TurnTimed", "ReplyDone", "TurnStateChanged"]
    code = scene.last(fx.ReplyDone).reply.failure
    assert code is not None
    assert code.code == "reply_stalled"
    assert goes_on(scene)


def test_whatever_happens_in_a_reply_gives_it_another_minute() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.wait(30.0)
    scene.write("Well,")
    assert names(scene.wait(59.0)) == ["StartTimer"]
    assert "ReplyDone" in names(scene.wait(2.0))


def test_a_reply_that_stalls_is_still_heard_to_where_it_came() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How are")
    scene.voice(90.0)
    scene.wait(61.0)
    assert status(scene)[0] == "failed"
    assert scene.state == "speaking"
    scene.wait(30.0)
    assert scene.state == "listening"


def test_the_minute_begins_when_the_model_is_asked() -> None:
    scene = Scene(ConversationSettings(detects_turns=False))
    scene.commit()
    scene.request()
    scene.wait(15.0)
    scene.hear("Hello?")
    assert "ReplyDone" not in names(scene.wait(50.0))
    assert "ReplyDone" in names(scene.wait(11.0))


@pytest.mark.parametrize("start", [1015.5406721697874, 992.4137857033421, 0.1])
def test_a_stalled_reply_is_given_up_however_its_seconds_are_rounded(start: float) -> None:
    scene = Scene()
    scene.now = start
    scene.user_says("Hello?")
    scene.now = start + 22.598079493
    scene.write("Well,")
    scene.wait(100.0)
    assert len(scene.all(orders.StartTimer)) < 5
    assert status(scene)[0] == "failed"


def test_a_timer_that_nobody_set_is_ignored() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    for timer_id in ("", "timer_stall:resp_x_t0001", "playout", "stall:resp_t0003"):
        assert scene.take(ev.TimerFired(timer_id=timer_id)) == []


# ------------------------------------------------------------------ items deleted meanwhile


def test_a_turn_deleted_before_its_words_are_known_is_not_answered() -> None:
    scene = Scene(CAPTIONED)
    scene.user_speaks()
    order = scene.last(orders.Transcribe)
    effects = scene.take(ev.ItemDeleteRequested(item_id=order.item_id))
    assert names(effects) == ["ItemDeleted", "CancelTranscription", "CancelTimer", "TurnStateChanged"]
    assert scene.hear("Hello?", order=order) == []
    assert scene.state == "listening"


def test_a_turn_deleted_while_another_reply_is_made_is_not_answered() -> None:
    scene = Scene(ConversationSettings(interruptible=False))
    scene.user_says("One?")
    scene.user_says("Two?")
    second = scene.machine.items[-1].id
    scene.take(ev.ItemDeleteRequested(item_id=second))
    scene.stop_writing()
    assert len(scene.all(fx.ReplyCreated)) == 1
    assert scene.state == "listening"


def test_a_reply_does_not_wait_for_the_words_of_a_deleted_item() -> None:
    scene = Scene(ConversationSettings(detects_turns=False))
    scene.commit()
    scene.request()
    item_id = scene.last(orders.Transcribe).item_id
    assert "Generate" in names(scene.take(ev.ItemDeleteRequested(item_id=item_id)))


def test_deleting_an_item_whose_words_are_known_changes_nothing_else() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert names(scene.take(ev.ItemDeleteRequested(item_id=scene.machine.items[0].id))) == ["ItemDeleted"]
    scene.reply_says("Hello.")
    assert status(scene) == ("completed", None)


def test_a_reply_whose_item_is_deleted_is_told_to_its_end_and_leaves_no_trace() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. How")
    scene.take(ev.ItemDeleteRequested(item_id=scene.reply_item_id))
    scene.stop_writing()
    scene.voice(1.0)
    scene.voice(1.0)
    assert status(scene) == ("completed", None)
    assert scene.last(fx.ReplyDone).reply.output[0].id == scene.reply_item_id
    assert scene.reply_item_id not in {done.item.id for done in scene.all(fx.ItemDone)}, "it was deleted before"
    assert len(scene.machine.items) == 1
    scene.speech_starts()
    assert len(scene.machine.items) == 1


def test_an_item_created_anew_does_not_get_the_words_of_the_old_one() -> None:
    scene = Scene(CAPTIONED)
    item = Item(id="mine", content=(ContentPart(kind="input_audio"),))
    scene.take(ev.ItemCreateRequested(item=item))
    old = scene.last(orders.Transcribe)
    scene.take(ev.ItemDeleteRequested(item_id="mine"))
    scene.take(ev.ItemCreateRequested(item=item))
    assert scene.hear("Old words.", order=old) == []
    scene.hear("New words.")
    assert scene.item("mine").content[0].text == "New words."
