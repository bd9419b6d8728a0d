"""A conversation by voice with server turn detection, in the order that the Realtime protocol gives."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings

CAPTIONED = ConversationSettings(transcripts=True)


def test_a_whole_turn_in_the_order_of_the_protocol() -> None:
    scene = Scene(CAPTIONED)
    scene.take(ev.InputAudioOpened())
    scene.user_says("What is the time?")
    scene.reply_says("It is noon.")
    scene.wait(2.1)
    work = {"StartTimer", "CancelTimer", "Transcribe", "ReleaseInput", "Generate", "Synthesize"}
    assert [name for name in names(scene.log) if name not in work] == [
        "TurnStateChanged",
        "SpeechStartedNotice",
        "SpeechStoppedNotice",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "TurnStateChanged",
        "TranscriptionCompleted",
        "ReplyCreated",
        "OutputItemAdded",
        "ItemAdded",
        "ContentPartAdded",
        "OutputText",
        "TurnStateChanged",
        "OutputAudio",
        "OutputAudioDone",
        "OutputTextDone",
        "ContentPartDone",
        "OutputItemDone",
        "ItemDone",
        "TurnTimed",
        "ReplyDone",
        "TurnTimed",
        "TurnStateChanged",
    ]
    assert [effect.state for effect in scene.all(fx.TurnStateChanged)] == [
        "listening",
        "processing",
        "speaking",
        "listening",
    ]


def test_audio_that_comes_during_a_typed_turn_does_not_move_the_floor() -> None:
    scene = Scene()
    scene.user_types("Hello?")
    assert scene.take(ev.InputAudioOpened()) == []
    assert scene.state == "thinking"


def test_one_id_runs_through_the_user_s_turn() -> None:
    scene = Scene(CAPTIONED)
    scene.user_says("Hello.")
    item_id = scene.machine.items[0].id
    assert scene.all(fx.SpeechStartedNotice) == [fx.SpeechStartedNotice(item_id=item_id, audio_start_ms=0)]
    assert scene.all(fx.SpeechStoppedNotice) == [fx.SpeechStoppedNotice(item_id=item_id, audio_end_ms=1_500)]
    assert scene.all(fx.InputCommitted) == [
        fx.InputCommitted(item_id=item_id, previous_item_id=None, start_sample=0, end_sample=24_000)
    ]
    assert scene.all(fx.TranscriptionCompleted) == [
        fx.TranscriptionCompleted(item_id=item_id, transcript="Hello.", audio_seconds=1.5, language="en")
    ]
    assert scene.all(orders.ReleaseInput) == [orders.ReleaseInput(before_sample=24_000)]


def test_the_user_s_item_has_no_words_until_they_are_known() -> None:
    scene = Scene()
    scene.user_speaks()
    assert scene.last(fx.ItemDone).item == Item(
        id=scene.machine.items[0].id, content=(ContentPart(kind="input_audio", text=None, audio_ms=1_500),)
    )
    scene.hear("Hello.")
    assert scene.machine.items[0].content[0].text == "Hello."


def test_each_item_follows_the_one_before() -> None:
    scene = Scene()
    for question in ("One?", "Two?"):
        scene.user_says(question)
        scene.reply_says("An answer.")
        scene.wait(3.0)
    ids = [item.id for item in scene.machine.items]
    added = [(effect.item.id, effect.previous_item_id) for effect in scene.all(fx.ItemAdded)]
    assert added == list(zip(ids, [None, *ids[:-1]], strict=True))
    assert [(effect.item.id, effect.previous_item_id) for effect in scene.all(fx.ItemDone)] == added


def test_the_reply_is_told_whole_at_its_end() -> None:
    scene = Scene(ConversationSettings(voice="ada", max_output_tokens=50))
    scene.user_says("Hello?")
    scene.reply_says("Hello. How are you today?", seconds=3.0)
    message = Item(
        id=scene.reply_item_id,
        role="assistant",
        content=(ContentPart(kind="output_audio", text="Hello. How are you today?", audio_ms=3_000),),
    )
    assert scene.last(fx.ReplyDone).reply == fx.ReplySnapshot(
        response_id=scene.response_id,
        status="completed",
        modality="audio",
        voice="ada",
        max_output_tokens=50,
        output=(message,),
        usage=ev.Usage(input_tokens=7, output_tokens=5, cached_tokens=3),
    )
    assert scene.last(fx.OutputItemDone).item == scene.last(fx.ItemDone).item == message
    assert scene.item(message.id) == message


def test_text_and_speech_come_with_their_places() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there. ")
    scene.write("How are you?")
    scene.stop_writing()
    scene.voice(1.0, is_whole=False)
    scene.voice(0.5)
    scene.voice(2.0)
    assert "".join(effect.delta for effect in scene.all(fx.OutputText)) == "Hello there. How are you?"
    assert [(chunk.chunk_id, chunk.first_sample, chunk.samples, chunk.text) for chunk in scene.all(fx.OutputAudio)] == [
        (1, 0, 24_000, "Hello there. "),
        (2, 24_000, 12_000, ""),
        (3, 36_000, 48_000, "How are you?"),
    ]


def test_the_voice_starts_while_the_model_still_writes() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert scene.write("Hello there. And")[-1] == orders.Synthesize(
        response_id=scene.response_id, clause_index=0, text="Hello there.", language="en", voice="", speed=1.0
    )
    scene.voice(1.0)
    assert scene.state == "speaking"
    scene.write(" that was")
    scene.stop_writing()
    assert scene.last(orders.Synthesize).text == "And that was"


def test_empty_text_is_no_text() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert scene.write("") == []


def test_a_reply_of_nothing_is_complete_and_silent() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    assert names(scene.stop_writing()) == ["CancelTimer", "TurnTimed", "ReplyDone", "TurnStateChanged"]
    assert scene.last(fx.ReplyDone).reply.output == ()
    assert scene.state == "listening"


def test_a_reply_with_nothing_to_say_aloud_is_shown_and_over() -> None:
    scene = Scene()
    scene.user_says("Write code.")
    scene.write("```\nx = 1\n```")
    scene.stop_writing()
    assert scene.all(orders.Synthesize) == []
    assert scene.last(fx.ReplyDone).reply.status == "completed"
    assert scene.state == "listening"


@pytest.mark.parametrize(
    ("finish_reason", "reason"), [("length", "max_output_tokens"), ("content_filter", "content_filter")]
)
def test_a_reply_cut_off_by_its_engine_is_incomplete(finish_reason: str, reason: str) -> None:
    scene = Scene()
    scene.user_says("Tell me everything.")
    scene.write("In the beginning")
    scene.stop_writing(finish_reason)
    scene.voice(1.0)
    reply = scene.last(fx.ReplyDone).reply
    assert (reply.status, reply.reason, reply.output[0].status) == ("incomplete", reason, "incomplete")
    assert scene.state == "speaking", "what was said is still being heard"


# ------------------------------------------------------------------ pauses


def test_the_words_are_sought_in_the_first_pause_and_not_again_at_the_end() -> None:
    scene = Scene()
    scene.user_speaks()
    (order,) = scene.all(orders.Transcribe)
    assert (order.start_sample, order.end_sample, order.language) == (0, 16_000, "en")


def test_words_found_during_the_silence_are_told_only_when_the_turn_is_over() -> None:
    scene = Scene(CAPTIONED)
    scene.speech_starts()
    scene.speech_pauses()
    assert names(scene.hear("Hello.")) == ["Generate"]
    assert names(scene.speech_ends()) == [
        "SpeechStoppedNotice",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "TurnStateChanged",
        "TranscriptionCompleted",
        "ReleaseInput",
        "ReplyCreated",
        "StartTimer",
    ]


def test_whoever_goes_on_speaking_is_heard_anew() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses(end_ms=1_000)
    first = scene.last(orders.Transcribe)
    assert scene.take(ev.SpeechResumed()) == [orders.CancelTranscription(item_id=first.item_id, attempt=1)]
    scene.speech_pauses(end_ms=2_000)
    assert scene.last(orders.Transcribe).attempt == 2
    assert scene.hear("Half a", order=first) == []
    scene.speech_ends(end_ms=2_500)
    assert scene.hear("Half a", order=first) == []
    scene.hear("Half a sentence.")
    assert scene.prompt() == [("user", "Half a sentence.")]


def test_words_found_before_the_speaker_went_on_are_dropped_with_the_reply_that_was_begun() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("Half a")
    begun = scene.last(orders.Generate).response_id
    assert scene.take(ev.SpeechResumed()) == [orders.CancelReply(response_id=begun)]
    scene.speech_ends()
    assert scene.last(orders.Transcribe).attempt == 2


def test_a_turn_that_ends_without_a_pause_is_transcribed_at_its_end() -> None:
    scene = Scene()
    scene.speech_starts()
    effects = scene.speech_ends(end_ms=1_200)
    (order,) = [effect for effect in effects if isinstance(effect, orders.Transcribe)]
    assert (order.start_sample, order.end_sample) == (0, 19_200)


def test_a_turn_without_words_is_not_answered() -> None:
    scene = Scene()
    scene.user_speaks()
    assert scene.state == "thinking"
    scene.hear("  ")
    assert scene.state == "listening"
    assert scene.all(fx.ReplyCreated) == []


def test_the_words_are_kept_from_clients_that_did_not_ask_for_them() -> None:
    scene = Scene()
    scene.user_says("Hello.")
    assert scene.all(fx.TranscriptionCompleted) == []


def test_signals_that_do_not_fit_the_moment_are_ignored() -> None:
    scene = Scene()
    assert scene.speech_pauses() == []
    assert scene.take(ev.SpeechResumed()) == []
    assert scene.speech_ends() == []
    scene.speech_starts()
    assert scene.speech_starts() == []
    assert scene.take(ev.SpeechResumed()) == []
    scene.speech_pauses()
    assert scene.speech_pauses() == []


# ------------------------------------------------------------------ captions


def test_captions_are_passed_on_while_their_turn_lasts() -> None:
    scene = Scene()
    scene.speech_starts()
    item_id = scene.last(fx.SpeechStartedNotice).item_id
    heard = ev.PartialHeard(item_id=item_id, stable="What is ", unstable="the")
    assert scene.take(heard) == [fx.PartialTranscript(item_id=item_id, stable="What is ", unstable="the")]
    assert scene.take(ev.PartialHeard(item_id="another", stable="", unstable="x")) == []
    scene.speech_ends()
    assert scene.take(heard) == []


# ------------------------------------------------------------------ time


def test_every_step_is_timed_from_the_end_of_the_speech() -> None:
    scene = Scene()
    scene.user_speaks()
    scene.wait(0.1)
    scene.hear("Hello?")
    scene.wait(0.1)
    scene.write("Hello there.")
    scene.stop_writing()
    scene.wait(0.1)
    scene.voice(1.0)
    turn_item = scene.machine.items[0].id
    assert scene.last(fx.TurnTimed) == fx.TurnTimed(
        response_id=scene.response_id,
        item_id=turn_item,
        marks=fx.TurnMarks(
            turn_confirmed=500.0, transcript=600.0, first_token=700.0, first_clause=700.0, first_audio=800.0
        ),
    )
    scene.wait(1.1)
    assert scene.last(fx.TurnTimed).marks.played == 1_800.0


def test_a_clock_that_goes_back_is_not_followed() -> None:
    scene = Scene()
    scene.user_speaks()
    scene.now -= 50.0
    scene.hear("Hello?")
    scene.reply_says("Hello.")
    assert scene.last(fx.TurnTimed).marks.first_audio == 500.0


# ------------------------------------------------------------------ languages


def test_the_language_spoken_is_the_language_answered() -> None:
    scene = Scene(ConversationSettings(language="auto"))
    scene.user_speaks()
    assert scene.last(orders.Transcribe).language == "auto"
    scene.hear("你好。", language="zh")
    scene.reply_says("你好！很高兴见到你。")
    assert {order.language for order in scene.all(orders.Synthesize)} == {"zh"}


def test_a_language_that_was_chosen_stays() -> None:
    scene = Scene(ConversationSettings(language="en"))
    scene.user_speaks()
    scene.hear("你好。", language="zh")
    scene.reply_says("Hello.")
    assert scene.last(orders.Synthesize).language == "en"


def test_other_settings_do_not_forget_the_language_that_was_heard() -> None:
    scene = Scene(ConversationSettings(language="auto"))
    scene.user_speaks()
    scene.hear("你好。", language="zh")
    scene.take(ev.SettingsChanged(settings=ConversationSettings(language="auto", instructions="Be brief.")))
    scene.reply_says("你好。")
    scene.request()
    scene.reply_says("再见。")
    assert scene.last(orders.Synthesize).language == "zh"


def test_a_language_chosen_later_counts_from_the_next_reply() -> None:
    scene = Scene()
    scene.take(ev.SettingsChanged(settings=ConversationSettings(language="de")))
    scene.user_speaks()
    assert scene.last(orders.Transcribe).language == "de"
    scene.hear("Guten Tag.", language="de")
    scene.reply_says("Guten Tag.")
    assert scene.last(orders.Synthesize).language == "de"
