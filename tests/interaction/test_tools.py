"""Tools that the server runs, in whole sessions: by voice, slow, interrupted, approved, and at the session's end."""

from __future__ import annotations

import anyio
import pytest

from tests.interaction.caller import call
from tests.interaction.workshop import Workshop
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ConversationSettings, Tool
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, Step, calling, saying
from vivavoce.engines.protocols import TextDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import EngineError, Stage
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio

CLOCK = Tool(name="clock", server_label="vivavoce")
SHOP = Tool(name="buy_tea", server_label="shop", needs_approval=True)
TOOLED = ConversationSettings(tools=(CLOCK, SHOP), transcripts=True, working=("One moment.",))


def spoken(done: fx.ReplyDone) -> str | None:
    """Return what a reply said; None for one that only called a tool."""
    return next((item.content[0].text for item in done.reply.output if item.content), None)


@pytest.mark.requirement("turn.tool.002")
async def test_a_question_by_voice_is_answered_with_what_a_tool_has_found() -> None:
    replies = ScriptedReplies(calling("clock", '{"in": "UTC"}'), saying("It is noon."))
    roster = fake_roster(stt=FakeStt(["What time is it?"]), replies=replies)
    mind = Workshop(roster, seconds=0.2)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone, 2)
        await caller.sees("listening")
        assert caller.states() == ["listening", "processing", "speaking", "listening"]
    ((_, order),) = mind.begun
    assert (order.name, order.arguments, order.server_label) == ("clock", '{"in": "UTC"}', "vivavoce")
    assert spoken(done) == "It is noon."
    assert [message.role for message in replies.requests[-1].messages] == ["user", "assistant", "tool"]
    assert replies.requests[-1].messages[-1].content == "It is noon."


@pytest.mark.requirement("turn.tool.002")
async def test_a_tool_that_fails_is_told_to_the_model_in_plain_words() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("I cannot tell."))
    roster = fake_roster(replies=replies)
    async with call(roster, TOOLED, mind=Workshop(roster, fails=True)) as caller:
        caller.types("What time is it?")
        await caller.hears(fx.ReplyDone, 2)
    assert replies.requests[-1].messages[-1].content == "The clock is broken."
    assert caller.last(fx.ToolCallEnded).has_failed


@pytest.mark.requirement("turn.tool.002")
async def test_without_anyone_to_run_it_a_tool_is_answered_with_that() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("I cannot tell."))
    async with call(fake_roster(replies=replies), TOOLED) as caller:
        caller.types("What time is it?")
        await caller.hears(fx.ReplyDone, 2)
    item = next(item for item in caller.session.machine.items if item.kind == "mcp_call")
    assert item.error_code == "tool_not_available"


@pytest.mark.requirement("turn.tool.003")
async def test_a_slow_tool_is_spoken_of_after_700_ms_and_then_the_answer_follows() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("It is noon."))
    roster = fake_roster(replies=replies)
    mind = Workshop(roster, seconds=4.0)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.asks()
        first = await caller.hears(fx.OutputAudio)
        ((begun_at, _),) = mind.begun
        assert caller.time_of(first) - begun_at == pytest.approx(0.7, abs=0.05)
        await caller.hears(fx.ReplyDone, 3)
    assert [spoken(done) for done in caller.all(fx.ReplyDone)[1:]] == ["One moment.", "It is noon."]
    assert len(replies.requests) == 2, "no model was asked for the line"


@pytest.mark.requirement("turn.tool.003")
async def test_a_reply_that_said_so_itself_needs_no_line() -> None:
    script = [TextDelta(text="Let me look. "), *calling("clock", "{}")]
    roster = fake_roster(replies=ScriptedReplies(script, saying("It is noon.")))
    async with call(roster, TOOLED, mind=Workshop(roster, seconds=3.0)) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
    assert [spoken(done) for done in caller.all(fx.ReplyDone)] == ["Let me look. ", "It is noon."]


@pytest.mark.requirement("turn.tool.004")
async def test_a_barge_in_during_a_tool_cancels_the_speech_and_keeps_the_outcome() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("I am well, and it is noon."))
    roster = fake_roster(stt=FakeStt(["What time is it?", "And how are you today?"]), replies=replies)
    mind = Workshop(roster, seconds=2.0)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.asks()
        await caller.hears(fx.OutputAudio)
        await caller.asks(2.0)
        await caller.hears(fx.ReplyDone, 3)
    assert caller.all(fx.PlayoutCleared) != []
    assert mind.cancelled == 0
    assert [message.content for message in replies.requests[-1].messages if message.role == "tool"] == ["It is noon."]
    assert len(replies.requests) == 2


@pytest.mark.requirement("turn.tool.004")
async def test_an_outcome_that_comes_after_the_next_answer_is_told_when_the_floor_is_free() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("I am well."), saying("By the way, it is noon."))
    roster = fake_roster(stt=FakeStt(["What time is it?", "And how are you today?"]), replies=replies)
    async with call(roster, TOOLED, mind=Workshop(roster, seconds=12.0)) as caller:
        await caller.asks()
        await caller.asks(2.0)
        await caller.sees("speaking")
        await caller.falls_silent(15.0)
        assert [spoken(done) for done in caller.all(fx.ReplyDone)][-1] == "By the way, it is noon."
    told = [message.content for request in replies.requests for message in request.messages if message.role == "tool"]
    assert told == [TOOLED.still_working, "It is noon."]


@pytest.mark.requirement("turn.tool.005")
async def test_no_tool_is_run_for_a_turn_that_goes_on() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("It is noon."))
    roster = fake_roster(stt=FakeStt(["What time", "What time is it in Rome?"]), replies=replies)
    mind = Workshop(roster)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.4)
        assert len(replies.requests) == 1, "the reply was begun under the silence"
        assert mind.begun == []
        await caller.asks()
        await caller.hears(fx.ReplyDone)
    assert mind.begun == []


@pytest.mark.requirement("turn.tool.005")
@pytest.mark.parametrize("ending", ["the client leaves", "the item is deleted"])
async def test_a_tool_that_hangs_is_stopped_with_whoever_wanted_it(ending: str) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("clock", "{}")))
    mind = Workshop(roster, seconds=1_000.0)
    async with call(roster, TOOLED, mind=mind) as caller:
        caller.types("What time is it?")
        started = await caller.hears(fx.ToolCallStarted)
        await anyio.sleep(0.1)
        if ending == "the item is deleted":
            caller.session.dispatch(ev.ItemDeleteRequested(item_id=started.item_id))
            await anyio.sleep(0.1)
            assert mind.cancelled == 1
    assert mind.cancelled == 1


@pytest.mark.requirement("turn.tool.005")
async def test_a_tool_is_stopped_by_a_client_that_cancels_while_nothing_else_is_at_work() -> None:
    replies = ScriptedReplies(calling("clock", "{}"), saying("It is noon."))
    roster = fake_roster(replies=replies)
    mind = Workshop(roster, seconds=1_000.0)
    async with call(roster, TOOLED, mind=mind) as caller:
        caller.types("What time is it?")
        await caller.hears(fx.ToolCallStarted)
        await anyio.sleep(0.1)
        caller.session.dispatch(ev.ReplyCancelRequested())
        await anyio.sleep(30.0)
        assert mind.cancelled == 1
        assert caller.all(fx.ErrorRaised) == []
    assert len(replies.requests) == 1, "no reply follows by itself"


@pytest.mark.requirement("turn.tool.002")
async def test_a_tool_that_nobody_offered_never_reaches_those_who_run_tools() -> None:
    replies = ScriptedReplies(calling("launch_rocket", "{}"), saying("I cannot do that."))
    roster = fake_roster(replies=replies)
    mind = Workshop(roster)
    async with call(roster, TOOLED, mind=mind) as caller:
        caller.types("Launch it.")
        await caller.hears(fx.ReplyDone, 2)
    assert mind.begun == []
    assert replies.requests[-1].messages[-1].content == (
        "There is no tool 'launch_rocket'. The tools are: clock, buy_tea."
    )


@pytest.mark.requirement("turn.tool.006")
@pytest.mark.parametrize("how", ["by item", "by voice", "by text"])
async def test_a_tool_that_needs_approval_waits_for_the_users_yes(how: str) -> None:
    replies = ScriptedReplies(calling("buy_tea", "{}"), saying("Bought."))
    roster = fake_roster(stt=FakeStt(["I want tea.", "Yes, please."]), replies=replies)
    mind = Workshop(roster)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
        await caller.sees("listening")
        assert spoken(caller.last(fx.ReplyDone)) == "May I use buy tea?"
        assert mind.begun == []
        request = next(item for item in caller.session.machine.items if item.kind == "mcp_approval_request")
        if how == "by item":
            caller.sends(
                Item(id="", kind="mcp_approval_response", approval_request_id=request.id, approves=True, output="")
            )
        elif how == "by voice":
            await caller.asks()
        else:
            caller.types("Yes.")
        await caller.hears(fx.ReplyDone, 3)
    assert [order.name for _, order in mind.begun] == ["buy_tea"]
    assert spoken(caller.last(fx.ReplyDone)) == "Bought."


@pytest.mark.requirement("turn.tool.006")
async def test_a_spoken_no_is_told_to_the_model_and_nothing_is_run() -> None:
    replies = ScriptedReplies(calling("buy_tea", "{}"), saying("As you like."))
    roster = fake_roster(stt=FakeStt(["I want tea.", "No, thanks."]), replies=replies)
    mind = Workshop(roster)
    async with call(roster, TOOLED, mind=mind) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
        await caller.sees("listening")
        await caller.asks()
        await caller.hears(fx.ReplyDone, 3)
    assert mind.begun == []
    assert replies.requests[-1].messages[-1].content == TOOLED.refused


@pytest.mark.requirement("turn.unasked.001")
async def test_a_timer_rings_by_voice_once_the_floor_is_free() -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("Well, let me tell you of cats.")))
    async with call(roster, TOOLED) as caller:
        await caller.asks()
        await caller.hears(fx.OutputAudio)
        caller.session.dispatch(ev.AnnouncementDue(text="Your tea is ready.", kind="timer"))
        done = await caller.hears(fx.ReplyDone, 2)
        assert spoken(done) == "Your tea is ready."
        played = caller.all(fx.TurnTimed)[1]
        assert played.marks.played is not None
        assert caller.time_of(caller.all(fx.ReplyCreated)[1]) >= caller.time_of(played)


@pytest.mark.requirement("turn.unasked.001")
async def test_a_greeting_is_heard_first() -> None:
    async with call(fake_roster(), TOOLED) as caller:
        caller.session.dispatch(ev.AnnouncementDue(text="Hello, I am Viva.", kind="greeting"))
        done = await caller.hears(fx.ReplyDone)
    assert spoken(done) == "Hello, I am Viva."
    assert abs(caller.audio_of(done.reply.response_id)).max() > 0.1


@pytest.mark.requirement("turn.unasked.002")
async def test_without_a_model_the_assistant_says_so_by_voice_and_the_reply_has_failed() -> None:
    error = EngineError("engine_failed", "It broke.", stage=Stage.LLM)
    settings = ConversationSettings(trouble="I cannot think just now.")
    async with call(fake_roster(replies=ScriptedReplies([error])), settings) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
        await caller.sees("listening")
        await caller.falls_silent(5.0)
    first, second = caller.all(fx.ReplyDone)
    assert (first.reply.status, second.reply.status) == ("failed", "completed")
    assert spoken(second) == "I cannot think just now."


@pytest.mark.requirement("turn.face.001")
async def test_a_cue_comes_with_the_words_it_goes_with_and_is_never_heard() -> None:
    script: list[Step] = [
        TextDelta(text="[jo"),
        TextDelta(text="y] Lovely! "),
        Pause(0.5),
        TextDelta(text="[thinking] Let me see."),
    ]
    settings = ConversationSettings(expressions=("joy", "thinking"))
    async with call(fake_roster(replies=ScriptedReplies(script)), settings) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
    kinds = [told.news for told in caller.told if isinstance(told.news, fx.ExpressionCue | fx.OutputAudio)]
    assert [type(news).__name__ for news in kinds] == ["ExpressionCue", "OutputAudio", "ExpressionCue", "OutputAudio"]
    first, _, second, audio = kinds
    assert isinstance(first, fx.ExpressionCue)
    assert isinstance(second, fx.ExpressionCue)
    assert isinstance(audio, fx.OutputAudio)
    assert (first.expression, first.first_sample) == ("joy", 0)
    assert (second.expression, second.first_sample) == ("thinking", audio.first_sample)
    assert spoken(done) == "Lovely! Let me see."
