"""The reply that is begun under the silence: told when the turn is over, dropped without a trace when it is not."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.conversation.scene import FAULT, Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings


def paused_after(words: str, scene: Scene | None = None) -> Scene:
    """Return a scene in which the user has paused and the words so far are known."""
    scene = scene or Scene()
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear(words)
    return scene


def begun(scene: Scene) -> str:
    """Return the id of the reply that was begun."""
    return scene.last(orders.Generate).response_id


def test_the_engine_is_asked_as_soon_as_the_words_of_a_pause_are_known() -> None:
    scene = paused_after("What time is it?")
    assert scene.prompt() == [("user", "What time is it?")]
    assert scene.all(fx.ReplyCreated) == []
    assert scene.machine.items == ()


def spoken_ahead(scene: Scene, text: str = "It is noon. ") -> str:
    """Write a reply under the silence, have its first clause spoken, and return its id."""
    response_id = begun(scene)
    scene.write(text, response_id=response_id)
    scene.write("Lunch is ready. Come", response_id=response_id)
    scene.take(ev.SpeechSynthesized(response_id=response_id, clause_index=0, chunk_id=1, samples=24_000))
    scene.take(ev.ClauseSpoken(response_id=response_id, clause_index=0))
    return response_id


def test_nothing_of_it_is_told_before_the_turn_is_over() -> None:
    scene = paused_after("What time is it?")
    told = len(scene.log)
    spoken_ahead(scene)
    assert names(scene.log[told:]) == ["Synthesize"]
    assert scene.machine.items == ()


def test_only_the_first_clause_is_spoken_ahead() -> None:
    scene = paused_after("What time is it?")
    spoken_ahead(scene)
    assert [order.text for order in scene.all(orders.Synthesize)] == ["It is noon."]


def test_speech_made_under_the_silence_is_sent_the_moment_the_turn_is_over() -> None:
    scene = paused_after("What time is it?")
    response_id = spoken_ahead(scene)
    effects = scene.speech_ends()
    sent = [effect for effect in effects if isinstance(effect, fx.OutputAudio)]
    assert [(audio.response_id, audio.chunk_id, audio.text) for audio in sent] == [(response_id, 1, "It is noon. ")]
    assert [order.text for order in scene.all(orders.Synthesize)] == ["It is noon.", "Lunch is ready."]


def test_a_reply_whole_before_the_turn_is_over_has_its_only_clause_spoken_ahead() -> None:
    scene = paused_after("What time is it?")
    response_id = begun(scene)
    scene.write("Noon", response_id=response_id)
    assert [order.text for order in scene.all(orders.Synthesize)] == []
    scene.take(ev.ReplyEnded(response_id=response_id))
    assert [order.text for order in scene.all(orders.Synthesize)] == ["Noon"]
    scene.take(ev.SpeechSynthesized(response_id=response_id, clause_index=0, chunk_id=1, samples=24_000))
    scene.take(ev.ClauseSpoken(response_id=response_id, clause_index=0))
    assert "ReplyDone" in names(scene.speech_ends())


def test_a_first_clause_with_nothing_to_say_aloud_is_not_spoken_ahead() -> None:
    scene = paused_after("Show me code.")
    response_id = begun(scene)
    scene.write("```\nx = 1\n```\n", response_id=response_id)
    scene.write("There. ", response_id=response_id)
    assert scene.all(orders.Synthesize) == []


def test_a_reply_in_text_is_not_spoken_ahead() -> None:
    scene = paused_after("What time is it?", Scene(ConversationSettings(modality="text")))
    scene.write("It is noon. ", response_id=begun(scene))
    scene.write("Yes. ", response_id=begun(scene))
    assert scene.all(orders.Synthesize) == []


def test_a_voice_that_fails_under_the_silence_is_tried_anew() -> None:
    scene = paused_after("What time is it?")
    first = begun(scene)
    scene.write("It is noon. ", response_id=first)
    scene.write("Yes. ", response_id=first)
    fault = ev.SynthesisFailed(response_id=first, clause_index=0, failure=FAULT)
    assert scene.take(fault) == [orders.CancelReply(response_id=first)]
    scene.speech_ends()
    assert len(scene.all(orders.Generate)) == 2


def test_the_words_language_is_the_replys_when_the_session_leaves_it_open() -> None:
    scene = paused_after("What time is it?", Scene(ConversationSettings(language="auto")))
    scene.speech_ends()
    assert len(scene.all(orders.Generate)) == 1


def test_what_was_written_meanwhile_is_told_and_spoken_at_the_end_of_the_turn() -> None:
    scene = paused_after("What time is it?")
    scene.write("It is noon. ", response_id=begun(scene))
    scene.write("Lunch is ready.", response_id=begun(scene))
    effects = scene.speech_ends()
    assert [effect.delta for effect in effects if isinstance(effect, fx.OutputText)] == ["It is noon. Lunch is ready."]
    assert [order.text for order in scene.all(orders.Synthesize)] == ["It is noon."]
    assert len(scene.all(orders.Generate)) == 1


def test_a_reply_that_was_whole_before_the_turn_was_over_is_spoken_to_its_end() -> None:
    scene = paused_after("What time is it?")
    response_id = begun(scene)
    scene.write("It is noon.", response_id=response_id)
    scene.take(ev.ReplyEnded(response_id=response_id))
    scene.speech_ends()
    scene.take(ev.SpeechSynthesized(response_id=response_id, clause_index=0, chunk_id=1, samples=24_000))
    effects = scene.take(ev.ClauseSpoken(response_id=response_id, clause_index=0))
    assert "ReplyDone" in names(effects)
    assert scene.last(fx.ReplyDone).reply.status == "completed"


def test_when_the_speaker_goes_on_the_work_is_stopped_and_nothing_is_remembered() -> None:
    scene = paused_after("What time")
    first = begun(scene)
    scene.write("Noon.", response_id=first)
    assert scene.take(ev.SpeechResumed()) == [orders.CancelReply(response_id=first)]
    assert scene.write(" Really.", response_id=first) == []
    scene.speech_pauses(end_ms=2_000)
    scene.hear("What time is it in Rome?")
    scene.speech_ends(end_ms=2_500)
    assert scene.prompt() == [("user", "What time is it in Rome?")]
    assert scene.response_id != first


def test_settings_changed_during_the_silence_ask_the_engine_anew() -> None:
    scene = paused_after("What time is it?")
    first = begun(scene)
    scene.take(ev.SettingsChanged(settings=ConversationSettings(instructions="Speak like a pirate.")))
    effects = scene.speech_ends()
    assert orders.CancelReply(response_id=first) in effects
    assert scene.prompt() == [("system", "Speak like a pirate."), ("user", "What time is it?")]


def test_another_voice_chosen_during_the_silence_is_the_one_that_speaks() -> None:
    scene = paused_after("What time is it?")
    scene.take(ev.SettingsChanged(settings=replace(ConversationSettings(), voice="emma")))
    scene.speech_ends()
    scene.write("It is noon. ", response_id=scene.response_id)
    scene.write("Yes.", response_id=scene.response_id)
    assert scene.last(orders.Synthesize).voice == "emma"


def test_an_item_added_during_the_silence_is_part_of_the_question() -> None:
    scene = paused_after("What time is it?")
    scene.take(ev.ItemCreateRequested(item=user_text("I am in Rome.")))
    scene.speech_ends()
    assert scene.prompt() == [("user", "I am in Rome. What time is it?")]


def test_an_early_failure_is_forgotten_and_the_engine_asked_again() -> None:
    scene = paused_after("What time is it?")
    first = begun(scene)
    assert scene.take(ev.ReplyFailed(response_id=first, failure=FAULT)) == [orders.CancelReply(response_id=first)]
    scene.speech_ends()
    assert scene.response_id != first
    assert len(scene.all(orders.Generate)) == 2


def test_a_reply_without_end_is_not_held_for_ever() -> None:
    scene = paused_after("Tell me everything.")
    first = begun(scene)
    for _ in range(3_000):
        scene.write("and ", response_id=first)
    assert scene.all(orders.CancelReply) == [orders.CancelReply(response_id=first)]


def test_a_reply_that_the_client_asks_for_itself_takes_the_place_of_the_one_begun() -> None:
    scene = paused_after("What time is it?")
    first = begun(scene)
    effects = scene.request()
    assert orders.CancelReply(response_id=first) in effects
    assert scene.response_id != first


def test_a_client_that_answers_turns_itself_has_none_begun() -> None:
    scene = paused_after("What time is it?", Scene(ConversationSettings(reply_after_turn=False)))
    assert scene.all(orders.Generate) == []


def test_no_reply_is_begun_beside_one_that_may_not_be_interrupted() -> None:
    scene = Scene(ConversationSettings(interruptible=False))
    scene.user_types("Tell me a story.")
    asked = len(scene.all(orders.Generate))
    paused_after("Stop.", scene)
    assert len(scene.all(orders.Generate)) == asked


def test_throwing_the_audio_away_stops_the_work() -> None:
    scene = paused_after("What time is it?")
    assert orders.CancelReply(response_id=begun(scene)) in scene.take(ev.InputClearRequested())


def test_each_step_is_timed_when_it_happened_also_under_the_silence() -> None:
    scene = paused_after("What time is it?")
    scene.now += 0.1
    spoken_ahead(scene)
    scene.now += 0.2
    scene.speech_ends()
    scene.take(ev.ReplyCancelRequested())
    marks = scene.last(fx.TurnTimed).marks
    assert marks.transcript is not None
    assert marks.first_token is not None
    assert marks.turn_confirmed is not None
    assert marks.transcript < marks.first_token <= (marks.first_clause or 0) < marks.turn_confirmed
    assert marks.first_audio == marks.turn_confirmed
