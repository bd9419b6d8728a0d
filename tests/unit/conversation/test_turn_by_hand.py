"""Turns that the client ends itself, and typed ones."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

BY_HAND = ConversationSettings(detects_turns=False, reply_after_turn=False, interruptible=False, transcripts=True)


# ------------------------------------------------------------------ by hand


def test_a_turn_is_committed_transcribed_and_answered_on_request() -> None:
    scene = Scene(BY_HAND)
    scene.take(ev.InputAudioOpened())
    assert names(scene.commit()) == [
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "Transcribe",
        "StartTimer",
        "ReleaseInput",
    ]
    assert scene.state == "listening"
    assert names(scene.hear("Hello.")) == ["CancelTimer", "TranscriptionCompleted"]
    assert names(scene.request()) == ["ReplyCreated", "TurnStateChanged", "StartTimer", "Generate"]
    assert scene.prompt() == [("user", "Hello.")]


def test_a_request_before_the_words_are_known_waits_for_them() -> None:
    scene = Scene(BY_HAND)
    scene.commit()
    assert names(scene.request()) == ["ReplyCreated", "TurnStateChanged", "StartTimer"]
    assert names(scene.hear("Hello.")) == ["CancelTimer", "TranscriptionCompleted", "Generate"]
    assert scene.prompt() == [("user", "Hello.")]


def test_a_request_waits_for_all_words_that_are_missing() -> None:
    scene = Scene(BY_HAND)
    scene.commit(0, 1_000)
    first = scene.last(orders.Transcribe)
    scene.commit(1_000, 2_000)
    scene.request()
    assert "Generate" not in names(scene.hear("Two."))
    assert "Generate" in names(scene.hear("One.", order=first))
    assert scene.prompt() == [("user", "One. Two.")]


def test_a_request_does_not_wait_for_words_that_never_come() -> None:
    scene = Scene(BY_HAND)
    scene.commit()
    scene.request()
    assert names(scene.fail_to_hear()) == ["CancelTimer", "TranscriptionFailed", "Generate"]
    assert scene.prompt() == []


@pytest.mark.parametrize(("start_ms", "end_ms"), [(0, 0), (0, 99), (5_000, 5_050), (100, 0)])
def test_too_little_audio_cannot_be_committed(start_ms: int, end_ms: int) -> None:
    scene = Scene(BY_HAND)
    (error,) = scene.commit(start_ms, end_ms, event_id="e1")
    assert isinstance(error, fx.ErrorRaised)
    assert (error.failure.code, error.event_id) == ("input_audio_buffer_commit_empty", "e1")
    assert scene.machine.items == ()


def test_a_hundred_milliseconds_can_be_committed() -> None:
    assert names(Scene(BY_HAND).commit(0, 100))[0] == "InputCommitted"


def test_audio_can_be_committed_before_any_was_announced() -> None:
    scene = Scene(BY_HAND)
    scene.commit()
    assert scene.state == "idle"


def test_a_commit_over_a_reply_does_not_stop_it() -> None:
    scene = Scene(BY_HAND)
    scene.user_types("Tell me a story.")
    scene.reply_says("Once upon a time.", seconds=5.0)
    scene.commit()
    assert scene.state == "speaking"
    scene.request()
    assert scene.state == "thinking"


def test_clearing_is_answered_even_when_nobody_speaks() -> None:
    assert Scene(BY_HAND).take(ev.InputClearRequested(event_id="e1")) == [fx.InputCleared()]


# ------------------------------------------------------------------ by hand in mid-speech


def test_a_commit_ends_the_turn_that_the_server_hears() -> None:
    scene = Scene()
    scene.speech_starts()
    turn_item = scene.last(fx.SpeechStartedNotice).item_id
    scene.commit(0, 2_000)
    assert scene.last(fx.InputCommitted).item_id == turn_item
    assert scene.state == "thinking"
    scene.hear("Hello.")
    assert scene.prompt() == [("user", "Hello.")]


def test_a_commit_in_a_pause_has_all_of_it_transcribed() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses(end_ms=1_000)
    early = scene.last(orders.Transcribe)
    effects = scene.commit(0, 2_000)
    assert orders.CancelTranscription(item_id=early.item_id, attempt=early.attempt) in effects
    assert scene.last(orders.Transcribe).end_sample == 32_000
    assert scene.hear("Stale.", order=early) == []


def test_a_commit_in_a_pause_drops_words_of_less_audio() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses(end_ms=1_000)
    scene.hear("Half a")
    assert "CancelTranscription" not in names(scene.commit(0, 2_000))
    scene.hear("Half a sentence.")
    assert scene.prompt() == [("user", "Half a sentence.")]


def test_clearing_forgets_the_turn_under_way() -> None:
    scene = Scene()
    scene.speech_starts()
    scene.speech_pauses()
    order = scene.last(orders.Transcribe)
    assert scene.take(ev.InputClearRequested()) == [
        orders.CancelTranscription(item_id=order.item_id, attempt=1),
        fx.InputCleared(),
    ]
    assert scene.state == "listening"
    assert scene.hear("Forgotten.", order=order) == []
    assert scene.speech_ends() == []
    assert scene.machine.items == ()


# ------------------------------------------------------------------ typed


def test_a_typed_turn_is_answered_at_once() -> None:
    scene = Scene()
    scene.user_types("Hello?")
    assert scene.state == "thinking"
    assert scene.prompt() == [("user", "Hello?")]
    scene.reply_says("Hello.")
    scene.wait(2.1)
    assert scene.state == "listening"


def test_a_text_reply_needs_no_voice() -> None:
    scene = Scene(ConversationSettings(modality="text"))
    scene.user_types("Hello?")
    scene.write("Hello")
    assert scene.state == "speaking"
    scene.write(" there.")
    assert names(scene.stop_writing()) == [
        "CancelTimer",
        "OutputTextDone",
        "ContentPartDone",
        "OutputItemDone",
        "ItemDone",
        "TurnTimed",
        "ReplyDone",
        "TurnStateChanged",
    ]
    assert not {"Synthesize", "OutputAudio"} & set(names(scene.log))
    assert {effect.part for effect in scene.all(fx.OutputText)} == {"output_text"}
    assert scene.state == "listening"


def test_one_reply_can_be_asked_for_in_another_way() -> None:
    tools_off = ReplyOptions(
        instructions="Be brief.",
        modality="text",
        voice="ada",
        tools=(),
        tool_choice="none",
        max_output_tokens=10,
        metadata=(("key", "value"),),
    )
    scene = Scene(ConversationSettings(instructions="Be long.", max_output_tokens=99))
    scene.take(ev.ItemCreateRequested(item=user_text("Hello?")))
    scene.request(tools_off)
    created = scene.last(fx.ReplyCreated).reply
    assert (created.modality, created.voice, created.max_output_tokens) == ("text", "ada", 10)
    assert created.metadata == (("key", "value"),)
    order = scene.last(orders.Generate)
    assert order.messages[0] == orders.PromptMessage(role="system", content="Be brief.")
    assert (order.tool_choice, order.max_output_tokens) == ("none", 10)
    scene.stop_writing()
    scene.request()
    order = scene.last(orders.Generate)
    assert (order.messages[0].content, order.max_output_tokens) == ("Be long.", 99)


def test_a_reply_can_be_given_its_own_items_to_answer() -> None:
    scene = Scene()
    scene.take(ev.ItemCreateRequested(item=user_text("About cats.", "cats")))
    scene.take(ev.ItemCreateRequested(item=user_text("About dogs.", "dogs")))
    chosen = (Item(id="cats", kind="reference"), user_text("Sum it up."))
    scene.request(ReplyOptions(input_items=chosen))
    assert scene.prompt() == [("user", "About cats. Sum it up.")]


def test_a_reply_can_be_given_nothing_to_answer() -> None:
    scene = Scene(ConversationSettings(instructions="Greet."))
    scene.take(ev.ItemCreateRequested(item=user_text("Hello?")))
    scene.request(ReplyOptions(input_items=()))
    assert scene.prompt() == [("system", "Greet.")]


def test_a_reply_to_an_unknown_item_is_refused() -> None:
    scene = Scene()
    (error,) = scene.request(ReplyOptions(input_items=(Item(id="nobody", kind="reference"),)), event_id="e1")
    assert isinstance(error, fx.ErrorRaised)
    assert (error.failure.code, error.event_id) == ("item_not_found", "e1")
    assert not scene.is_replying


def test_a_chosen_item_that_was_deleted_meanwhile_is_left_out() -> None:
    scene = Scene(BY_HAND)
    scene.take(ev.ItemCreateRequested(item=user_text("About cats.", "cats")))
    scene.commit()
    scene.request(ReplyOptions(input_items=(Item(id="cats", kind="reference"), user_text("Sum it up."))))
    scene.take(ev.ItemDeleteRequested(item_id="cats"))
    scene.hear("Hello.")
    assert scene.prompt() == [("user", "Sum it up.")]


# ------------------------------------------------------------------ items with audio


def spoken_item(item_id: str = "mine", text: str | None = None) -> Item:
    return Item(id=item_id, content=(ContentPart(kind="input_audio", text=text),))


def test_an_item_with_audio_is_transcribed() -> None:
    scene = Scene(BY_HAND)
    effects = scene.take(ev.ItemCreateRequested(item=spoken_item()))
    assert names(effects) == ["ItemAdded", "ItemDone", "Transcribe", "StartTimer"]
    order = scene.last(orders.Transcribe)
    assert (order.item_id, order.start_sample, order.end_sample) == ("mine", 0, 0)
    scene.hear("Hello.")
    assert scene.item("mine").content[0].text == "Hello."


def test_an_item_with_audio_and_its_words_is_taken_at_its_word() -> None:
    scene = Scene(BY_HAND)
    effects = scene.take(ev.ItemCreateRequested(item=spoken_item(text="Hello.")))
    assert names(effects) == ["ItemAdded", "ItemDone"]


def test_a_request_waits_for_the_words_of_an_item_with_audio() -> None:
    scene = Scene(BY_HAND)
    scene.take(ev.ItemCreateRequested(item=spoken_item()))
    scene.request()
    assert scene.all(orders.Generate) == []
    scene.hear("Hello.")
    assert scene.prompt() == [("user", "Hello.")]


def test_an_item_with_audio_is_not_answered_unasked() -> None:
    scene = Scene()
    scene.take(ev.ItemCreateRequested(item=spoken_item()))
    scene.hear("Hello.")
    assert scene.all(fx.ReplyCreated) == []


def test_only_the_audio_of_a_mixed_item_gets_the_words() -> None:
    scene = Scene(BY_HAND)
    text = ContentPart(kind="input_text", text="Listen:")
    known = ContentPart(kind="input_audio", text="One.")
    unknown = ContentPart(kind="input_audio")
    scene.take(ev.ItemCreateRequested(item=Item(id="mine", content=(text, known, unknown))))
    scene.hear("Two.")
    assert [part.text for part in scene.item("mine").content] == ["Listen:", "One.", "Two."]


def test_several_parts_of_audio_are_heard_as_one() -> None:
    scene = Scene(BY_HAND)
    parts = (ContentPart(kind="input_audio", audio_ms=2_500), ContentPart(kind="input_audio"))
    scene.take(ev.ItemCreateRequested(item=Item(id="mine", content=parts)))
    scene.hear("One. Two.")
    assert [part.text for part in scene.item("mine").content] == ["One. Two.", ""]
    scene.request()
    assert scene.prompt() == [("user", "One. Two.")]


def test_the_length_of_an_item_s_audio_is_told_with_its_words() -> None:
    scene = Scene(BY_HAND)
    part = ContentPart(kind="input_audio", audio_ms=2_500)
    scene.take(ev.ItemCreateRequested(item=Item(id="mine", content=(part,))))
    scene.hear("Hello.")
    assert scene.last(fx.TranscriptionCompleted).audio_seconds == 2.5


def test_items_with_audio_are_refused_while_many_wait_for_their_words() -> None:
    scene = Scene(BY_HAND)
    for number in range(8):
        scene.take(ev.ItemCreateRequested(item=spoken_item(f"item{number}")))
    (error,) = scene.take(ev.ItemCreateRequested(item=spoken_item("more"), event_id="e1"))
    assert isinstance(error, fx.ErrorRaised)
    assert (error.failure.code, error.event_id) == ("too_many_transcriptions", "e1")
    known = spoken_item("known", text="Hello.")
    assert names(scene.take(ev.ItemCreateRequested(item=known))) == ["ItemAdded", "ItemDone"]
    scene.hear("One.")
    assert "Transcribe" in names(scene.take(ev.ItemCreateRequested(item=spoken_item("more"))))
