"""What the conversation keeps of a reply that was not heard to its end: no more than was heard."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

REPORTING = ConversationSettings(playout_reports=True)
STORY = "There was a small house. It stood in the woods. Nobody lived there."
SENTENCES = ["There was a small house. ", "It stood in the woods. ", "Nobody lived there."]


def telling(settings: ConversationSettings | None = None) -> Scene:
    """A reply of three sentences of 2 s each, finished and on its way to the listener's ear."""
    scene = Scene(settings)
    scene.user_says("Tell me a story.")
    scene.reply_says(STORY, seconds=6.0)
    return scene


def heard(scene: Scene) -> str | None:
    return scene.item(scene.reply_item_id).content[0].heard


def refusal(effects: list[fx.Effect]) -> str:
    (error,) = effects
    assert isinstance(error, fx.ErrorRaised)
    assert error.event_id == "e1"
    return f"{error.failure.code} {error.param}"


# ------------------------------------------------------------------ by the clock


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0.0, "", id="nothing"),
        pytest.param(1.0, "There was a", id="half a sentence"),
        pytest.param(2.0, SENTENCES[0], id="one sentence"),
        pytest.param(4.0, SENTENCES[0] + SENTENCES[1], id="two sentences"),
        pytest.param(5.995, STORY, id="all but the last breath"),
    ],
)
def test_an_interrupted_reply_keeps_what_was_played(seconds: float, expected: str) -> None:
    scene = telling()
    scene.wait(seconds)
    scene.speech_starts()
    assert heard(scene) == expected
    assert scene.item(scene.reply_item_id).status == "incomplete"


def test_the_next_prompt_holds_only_what_was_heard() -> None:
    scene = telling()
    scene.wait(2.0)
    scene.user_says("Thank you.")
    assert scene.prompt() == [
        ("user", "Tell me a story."),
        ("assistant", "There was a small house."),
        ("user", "Thank you."),
    ]


def test_a_reply_that_was_not_heard_at_all_leaves_the_prompt() -> None:
    scene = telling()
    scene.user_says("Never mind.")
    assert scene.prompt() == [("user", "Tell me a story. Never mind.")]


def test_a_reply_heard_to_its_end_stays_whole() -> None:
    scene = telling()
    scene.wait(6.1)
    scene.user_says("Thank you.")
    assert heard(scene) is None
    assert scene.prompt()[1] == ("assistant", STORY)


def test_a_sentence_whose_speech_was_never_made_is_not_heard() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.speech_starts()
    assert heard(scene) == ""


def test_speech_that_is_still_being_made_when_the_rest_was_played_is_not_heard() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.wait(2.0)
    scene.speech_starts()
    assert heard(scene) == SENTENCES[0]


def test_of_a_sentence_whose_speech_is_still_coming_only_the_beginning_is_heard() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.voice(0.5, is_whole=False)
    scene.wait(2.5)
    scene.speech_starts()
    assert heard(scene) == SENTENCES[0] + "It"


def test_of_a_first_sentence_whose_speech_is_still_coming_an_ordinary_pace_is_assumed() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(0.8, is_whole=False)
    scene.wait(0.8)
    scene.speech_starts()
    assert heard(scene) == "There was a"


def test_a_sentence_that_could_not_be_spoken_is_not_heard() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.fail_to_voice()
    scene.wait(2.0)
    scene.speech_starts()
    assert heard(scene) == SENTENCES[0]


def test_what_has_no_sound_counts_with_what_came_before_it() -> None:
    scene = Scene()
    code = "```\nx = 1\n```"
    scene.user_says("How do I write that?")
    scene.write(f"Like this:\n{code}\nAnd now to something else entirely.\n")
    scene.voice(1.0, clause=0)
    scene.wait(1.0)
    scene.speech_starts()
    assert heard(scene) == f"Like this:\n{code}"


def test_a_client_that_ran_dry_heard_no_more_than_it_had() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.wait(10.0)
    scene.voice(2.0)
    scene.wait(1.0)
    scene.speech_starts()
    assert heard(scene) == SENTENCES[0] + "It stood"


def test_a_second_reply_is_heard_after_the_first() -> None:
    scene = telling()
    scene.request()
    scene.reply_says("Somebody came by. Then they left.", seconds=4.0)
    scene.wait(8.0)
    scene.speech_starts()
    assert heard(scene) == "Somebody came by. "


# ------------------------------------------------------------------ by the client's reports


def test_a_reporting_client_is_believed() -> None:
    scene = telling(REPORTING)
    scene.wait(5.0)
    scene.report(scene.reply_item_id, 2.0)
    scene.interrupts()
    assert heard(scene) == SENTENCES[0]


def test_the_last_report_after_the_interruption_mends_the_position() -> None:
    scene = telling(REPORTING)
    scene.report(scene.reply_item_id, 2.0)
    scene.interrupts()
    assert scene.report(scene.reply_item_id, 4.0, buffered_seconds=0.0) == []
    assert heard(scene) == SENTENCES[0] + SENTENCES[1]
    scene.report(scene.reply_item_id, 0.0)
    assert heard(scene) == SENTENCES[0] + SENTENCES[1], "reports ended with the one that held nothing more"


def test_reports_go_on_mending_until_the_client_holds_nothing() -> None:
    scene = telling(REPORTING)
    scene.interrupts()
    scene.report(scene.reply_item_id, 1.9)
    scene.report(scene.reply_item_id, 2.0, buffered_seconds=0.0)
    assert heard(scene) == SENTENCES[0]


@pytest.mark.parametrize("played_seconds", [-3.0, 1e9])
def test_a_report_beyond_the_reply_counts_as_its_edge(played_seconds: float) -> None:
    scene = telling(REPORTING)
    scene.report(scene.reply_item_id, played_seconds)
    scene.interrupts()
    assert heard(scene) == ("" if played_seconds < 0 else None)


def test_a_report_on_an_unknown_item_changes_nothing() -> None:
    assert telling(REPORTING).report("nobody", 3.0) == []


def test_the_floor_is_free_as_soon_as_the_client_has_played_everything() -> None:
    scene = telling(REPORTING)
    scene.wait(1.0)
    assert scene.state == "speaking"
    effects = scene.report(scene.reply_item_id, 6.0, buffered_seconds=0.0)
    assert names(effects) == ["TurnTimed", "CancelTimer", "TurnStateChanged"]
    assert scene.state == "listening"


def test_a_reply_played_to_its_end_before_it_is_known_to_be_whole_is_over_at_once() -> None:
    scene = Scene(REPORTING)
    scene.user_says("Say yes.")
    scene.write("Yes indeed.")
    scene.stop_writing()
    scene.voice(1.0, is_whole=False)
    scene.report(scene.reply_item_id, 1.0)
    effects = scene.take(ev.ClauseSpoken(response_id=scene.response_id, clause_index=0))
    assert names(effects)[-3:] == ["ReplyDone", "TurnTimed", "TurnStateChanged"]
    assert scene.last(fx.TurnTimed).marks.played is not None
    assert scene.state == "listening"


def test_a_client_that_falls_silent_gets_five_seconds_more() -> None:
    scene = telling(REPORTING)
    scene.report(scene.reply_item_id, 1.0)
    scene.wait(5.0 + 4.9)
    assert scene.state == "speaking"
    scene.wait(0.2)
    assert scene.state == "listening"
    assert heard(scene) is None


def test_a_client_that_never_reports_is_taken_to_have_played() -> None:
    scene = telling()
    scene.wait(5.9)
    assert scene.state == "speaking"
    scene.wait(0.2)
    assert scene.state == "listening"
    assert scene.last(fx.TurnTimed).marks.played == pytest.approx(6_500, abs=1)


# ------------------------------------------------------------------ by truncation


def test_a_client_truncates_a_finished_reply() -> None:
    scene = telling()
    assert scene.truncate(scene.reply_item_id, 2_000) == [
        *[effect for effect in scene.events[-1][2] if isinstance(effect, orders.CancelTimer)],
        fx.ItemTruncated(item_id=scene.reply_item_id, content_index=0, audio_end_ms=2_000),
        fx.TurnStateChanged(state="listening", reason="reply over"),
    ]
    assert heard(scene) == SENTENCES[0]


def test_a_client_truncates_after_an_interruption() -> None:
    scene = telling()
    scene.wait(5.0)
    scene.speech_starts()
    assert names(scene.truncate(scene.reply_item_id, 2_000)) == ["ItemTruncated"]
    assert heard(scene) == SENTENCES[0]


def test_truncating_to_everything_and_to_nothing() -> None:
    scene = telling()
    scene.truncate(scene.reply_item_id, 6_000)
    assert heard(scene) == STORY
    scene.truncate(scene.reply_item_id, 0)
    assert heard(scene) == ""


def test_what_was_truncated_away_does_not_come_back() -> None:
    scene = telling()
    scene.truncate(scene.reply_item_id, 2_000)
    assert refusal(scene.truncate(scene.reply_item_id, 4_000)) == "invalid_value audio_end_ms"
    scene.take(ev.PlayoutReported(item_id=scene.reply_item_id, played_samples=24_000 * 6, buffered_samples=0))
    assert heard(scene) == SENTENCES[0]
    scene.truncate(scene.reply_item_id, 2_000)
    assert heard(scene) == SENTENCES[0]


def test_what_a_client_truncated_while_it_was_made_stays_truncated() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.truncate(scene.reply_item_id, 2_000)
    scene.stop_writing()
    scene.voice(2.0)
    scene.voice(2.0)
    assert scene.last(fx.ReplyDone).reply.status == "completed"
    assert heard(scene) == SENTENCES[0]
    assert scene.state == "listening", "a client that truncates has stopped playing"


def test_a_reply_truncated_before_its_first_sound_is_not_heard() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.truncate(scene.reply_item_id, 0)
    scene.stop_writing()
    for _ in SENTENCES:
        scene.voice(2.0)
    assert heard(scene) == ""
    assert scene.state == "listening"


def test_a_cancel_after_a_truncation_keeps_the_client_s_position() -> None:
    scene = Scene()
    scene.user_says("Tell me a story.")
    scene.write(STORY)
    scene.voice(2.0)
    scene.voice(2.0)
    scene.wait(4.0)
    scene.truncate(scene.reply_item_id, 2_000)
    scene.take(ev.ReplyCancelRequested())
    assert heard(scene) == SENTENCES[0]


@pytest.mark.parametrize("audio_end_ms", [6_001, 100_000, -1])
def test_an_item_cannot_be_truncated_outside_its_audio(audio_end_ms: int) -> None:
    scene = telling()
    assert refusal(scene.truncate(scene.reply_item_id, audio_end_ms)) == "invalid_value audio_end_ms"
    assert heard(scene) is None
    assert scene.state == "speaking"


def test_only_the_audio_of_a_reply_can_be_truncated() -> None:
    scene = telling()
    user_item = scene.machine.items[0].id
    assert refusal(scene.truncate("nobody", 0)) == "item_truncate_invalid_item_id item_id"
    assert refusal(scene.truncate(user_item, 0)) == "invalid_value item_id"
    assert refusal(scene.truncate(scene.reply_item_id, 0, content_index=1)) == "invalid_value item_id"


def test_one_of_two_replies_that_play_can_be_truncated() -> None:
    scene = telling()
    first = scene.reply_item_id
    scene.request()
    scene.reply_says("Somebody came by.", seconds=2.0)
    scene.truncate(first, 2_000)
    assert scene.state == "speaking", "the second goes on playing"
    scene.wait(8.1)
    assert scene.state == "listening"


# ------------------------------------------------------------------ text


def test_a_text_reply_that_is_cancelled_keeps_what_was_shown() -> None:
    scene = Scene(ConversationSettings(modality="text"))
    scene.user_types("Tell me a story.")
    scene.write("There was a small")
    scene.take(ev.ReplyCancelRequested())
    scene.take(ev.ItemCreateRequested(item=user_text("Go on.")))
    scene.request()
    assert scene.prompt()[1] == ("assistant", "There was a small")


def test_a_text_reply_cannot_be_truncated() -> None:
    scene = Scene(ConversationSettings(modality="text"))
    scene.user_types("Hello")
    scene.write("Hello.")
    assert refusal(scene.truncate(scene.reply_item_id, 0)) == "invalid_value item_id"


def test_a_reply_beside_the_conversation_is_no_item_of_it() -> None:
    scene = Scene()
    scene.request(ReplyOptions(in_band=False))
    scene.reply_says("By the way.")
    assert refusal(scene.truncate(scene.reply_item_id, 0)) == "item_truncate_invalid_item_id item_id"
    assert scene.machine.items == ()
