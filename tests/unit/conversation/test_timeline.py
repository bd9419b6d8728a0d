from vivavoce.conversation.effects import ReplyDone, ReplySnapshot, TurnMarks, TurnTimed
from vivavoce.conversation.timeline import MAX_TURNS, Timeline


def timed(reply: int, **marks: float) -> TurnTimed:
    return TurnTimed(response_id=f"resp_{reply}", item_id=None, marks=TurnMarks(**marks))


def test_a_reply_timed_again_keeps_its_place_and_its_newest_marks() -> None:
    timeline = Timeline()
    timeline.note([timed(1, first_audio=300.0)])
    timeline.note([timed(2, first_audio=280.0)])
    timeline.note([timed(1, first_audio=300.0, played=2000.0)])
    assert timeline.turns == (timed(1, first_audio=300.0, played=2000.0), timed(2, first_audio=280.0))


def test_other_effects_are_passed_over() -> None:
    snapshot = ReplySnapshot(
        response_id="resp_1", status="completed", modality="text", voice="", max_output_tokens=None
    )
    timeline = Timeline()
    timeline.note([ReplyDone(reply=snapshot)])
    assert timeline.turns == ()


def test_a_long_conversation_is_remembered_by_its_latest_turns() -> None:
    timeline = Timeline()
    for reply in range(MAX_TURNS + 10):
        timeline.note([timed(reply)])
    assert [turn.response_id for turn in timeline.turns] == [f"resp_{reply}" for reply in range(10, MAX_TURNS + 10)]
