"""A reply that another provider takes over, before its first word and after."""

from __future__ import annotations

from contextlib import aclosing

import anyio
import pytest

from tests.unit.engines.provider_scenes import (
    GONE,
    PREEMPTED,
    TOO_LONG,
    UNREACHABLE,
    asking,
    chain,
    provider,
    text_of,
)
from vivavoce.engines.fallback import Member
from vivavoce.engines.fallback_replies import FallbackReplies
from vivavoce.engines.llm.fake import Hold, Pause, ScriptedReplies, calling, saying
from vivavoce.engines.protocols import ReplyEnd, TextDelta, ToolCallDelta
from vivavoce.errors import EngineError, NetworkError, VivavoceError
from vivavoce.resilience.breaker import Circuit
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def test_the_first_provider_answers_as_long_as_it_can() -> None:
    first, second = ScriptedReplies(saying("In Paris."), name="first"), ScriptedReplies(name="second")
    replies, (told, _) = chain(first, second)
    async with aclosing(replies.reply(asking())) as deltas:
        *said, end = [delta async for delta in deltas]
    assert ("".join(delta.text for delta in said if isinstance(delta, TextDelta)), end) == ("In Paris.", ReplyEnd())
    assert second.requests == []
    assert (told.answers, told.failures) == (1, 0)
    assert replies.name == "first"


async def test_an_error_before_the_first_word_is_never_heard_of() -> None:
    first, second = ScriptedReplies([UNREACHABLE], name="first"), ScriptedReplies(saying("In Paris."), name="second")
    replies, (failed, answered) = chain(first, second)
    assert await text_of(replies) == "In Paris."
    assert second.requests == [asking()], "the same question, unchanged"
    assert failed.last_error is UNREACHABLE
    assert (answered.answers, answered.failures) == (1, 0)


async def test_a_first_word_that_does_not_come_in_time_is_not_waited_for() -> None:
    first = ScriptedReplies([Pause(60.0), "Late."], name="first")
    replies, (late, _) = chain(first, ScriptedReplies(saying("In Paris."), name="second"))
    began = anyio.current_time()
    assert await text_of(replies) == "In Paris."
    assert anyio.current_time() - began == pytest.approx(6.0)
    assert late.last_error is not None
    assert late.last_error.code == "llm_first_token_timeout"
    assert first.abandoned == 1, "its generation was stopped"


async def test_the_last_provider_is_waited_for_as_long_as_it_takes() -> None:
    replies, _ = chain(ScriptedReplies([Pause(20.0), "Late."]))
    assert await text_of(replies) == "Late."


async def test_a_dead_first_choice_costs_the_next_turns_nothing() -> None:
    first = ScriptedReplies([Pause(60.0)], name="first")
    replies, _ = chain(first, ScriptedReplies(saying("In Paris."), name="second"))
    await text_of(replies)
    began = anyio.current_time()
    for _ in range(5):
        assert await text_of(replies) == "In Paris."
    assert anyio.current_time() == began
    assert len(first.requests) == 1
    assert replies.name == "second"


async def test_the_first_choice_is_used_again_once_it_looks_well() -> None:
    first = ScriptedReplies([UNREACHABLE], saying("Me again."), name="first")
    replies, (told, _) = chain(first, ScriptedReplies(saying("In Paris."), name="second"))
    assert await text_of(replies) == "In Paris."
    await anyio.sleep(30.0)
    told.looked(None)
    assert await text_of(replies) == "Me again."
    assert told.breaker.circuit is Circuit.CLOSED


async def test_while_one_turn_tries_a_returned_provider_the_others_stay_where_it_is_safe() -> None:
    hold = Hold()
    first = ScriptedReplies([UNREACHABLE], [hold, "Me again."], name="first")
    replies, (told, _) = chain(first, ScriptedReplies(saying("In Paris."), name="second"), first_seconds=None)
    await text_of(replies)
    await anyio.sleep(30.0)
    told.looked(None)
    heard: list[str] = []

    async def ask() -> None:
        heard.append(await text_of(replies))

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await hold.reached.wait()
        assert await text_of(replies) == "In Paris."
        hold.until.set()
    assert heard == ["Me again."]


async def test_whoever_asks_beside_a_trial_for_want_of_others_does_not_end_it() -> None:
    trial, beside = Hold(), Hold()
    first = ScriptedReplies([UNREACHABLE], [trial, "Me again."], [beside, "Never."], name="first")
    replies, (told,) = chain(first, first_seconds=None)
    with pytest.raises(NetworkError):
        await text_of(replies)
    await anyio.sleep(30.0)
    told.looked(None)

    async def ask(scope: anyio.CancelScope) -> None:
        with scope:
            await text_of(replies)

    async with anyio.create_task_group() as group:
        group.start_soon(ask, anyio.CancelScope())
        await trial.reached.wait()
        given_up = anyio.CancelScope()
        group.start_soon(ask, given_up)
        await beside.reached.wait()
        given_up.cancel()
        await anyio.sleep(1.0)
        assert not told.breaker.admits, "the trial is still under way"
        trial.until.set()
    assert told.breaker.circuit is Circuit.CLOSED


async def test_a_reply_that_breaks_off_goes_on_from_where_it_was_and_repeats_nothing() -> None:
    first = ScriptedReplies(["The tower", " stands in", GONE], name="first")
    second = ScriptedReplies(saying("in Paris, by the river."), name="second")
    replies, _ = chain(first, second)
    assert await text_of(replies) == "The tower stands in Paris, by the river."
    *before, said, order = second.requests[0].messages
    assert tuple(before) == asking().messages
    assert (said.role, said.content) == ("assistant", "The tower stands ")
    assert "Continue" in order.content


async def test_a_reply_may_break_off_twice() -> None:
    replies, _ = chain(
        ScriptedReplies(["One", ",", GONE], name="a"),
        ScriptedReplies([" two", ",", GONE], name="b"),
        ScriptedReplies([" three."], name="c"),
    )
    assert await text_of(replies) == "One, two, three."


async def test_a_word_that_broke_off_in_the_middle_is_said_once_and_whole() -> None:
    replies, _ = chain(
        ScriptedReplies(["Then go le", GONE], name="a"), ScriptedReplies(saying("left and stop."), name="b")
    )
    assert await text_of(replies) == "Then go left and stop."


async def test_the_last_word_of_a_reply_is_said_where_another_provider_stands_behind() -> None:
    replies, _ = chain(ScriptedReplies(["In", " Par", "is"], name="a"), ScriptedReplies(name="b"))
    assert await text_of(replies) == "In Paris"


async def test_when_all_fail_the_last_failure_is_told() -> None:
    replies, _ = chain(ScriptedReplies([UNREACHABLE], name="a"), ScriptedReplies([GONE], name="b"))
    with pytest.raises(NetworkError) as told:
        await text_of(replies)
    assert told.value is GONE


async def test_providers_left_out_are_better_than_nothing() -> None:
    first = ScriptedReplies([UNREACHABLE], saying("Me again."), name="first")
    second = ScriptedReplies(saying("In Paris."), [GONE], name="second")
    replies, _ = chain(first, second)
    assert await text_of(replies) == "In Paris."
    assert await text_of(replies) == "Me again."


async def test_work_set_aside_for_more_urgent_work_is_nobody_elses() -> None:
    first, second = ScriptedReplies([PREEMPTED], name="first"), ScriptedReplies(name="second")
    replies, (told, _) = chain(first, second)
    with pytest.raises(EngineError) as given_up:
        await text_of(replies)
    assert given_up.value is PREEMPTED
    assert second.requests == []
    assert told.breaker.admits


async def test_a_question_one_model_cannot_take_goes_to_the_next_and_leaves_the_first_in_its_place() -> None:
    replies, (told, _) = chain(ScriptedReplies([TOO_LONG], name="a"), ScriptedReplies(saying("Yes."), name="b"))
    assert await text_of(replies) == "Yes."
    assert told.breaker.circuit is Circuit.CLOSED


async def test_half_a_tool_call_of_a_broken_reply_is_dropped() -> None:
    half, _, _ = calling("look", '{"place": "Paris"}')
    replies, _ = chain(ScriptedReplies([half, GONE], name="a"), ScriptedReplies(calling("look", "{}"), name="b"))
    async with aclosing(replies.reply(asking())) as deltas:
        calls = [delta async for delta in deltas if isinstance(delta, ToolCallDelta)]
    assert "".join(call.arguments for call in calls) == "{}"


async def test_stopping_a_reply_stops_whoever_makes_it_at_once_and_blames_nobody() -> None:
    first = ScriptedReplies([UNREACHABLE], name="first")
    second = ScriptedReplies(["In", Hold()], name="second")
    replies, (_, told) = chain(first, second)
    async with aclosing(replies.reply(asking())) as deltas:
        await anext(deltas)
    assert second.abandoned == 1
    assert told.breaker.admits
    assert told.failures == 0


async def test_a_reply_given_up_before_its_first_word_leaves_a_trial_to_the_next_turn() -> None:
    first = ScriptedReplies([UNREACHABLE], [Hold()], saying("Me again."), name="first")
    replies, (told, _) = chain(first, ScriptedReplies(saying("In Paris."), name="second"), first_seconds=None)
    await text_of(replies)
    await anyio.sleep(30.0)
    told.looked(None)
    with anyio.move_on_after(1.0):
        await text_of(replies)
    assert told.breaker.admits
    assert await text_of(replies) == "Me again."


async def test_a_provider_that_arrives_late_takes_its_place_in_the_order() -> None:
    replies = FallbackReplies()
    replies.add(Member(ScriptedReplies(name="second"), provider("second", 10)))
    assert replies.name == "second"
    replies.add(Member(ScriptedReplies(name="first"), provider("first", 0)))
    assert replies.name == "first"
    await replies.aclose()


async def test_a_failure_names_the_provider_in_the_record_and_nothing_of_what_was_said() -> None:
    replies, (told, _) = chain(ScriptedReplies([UNREACHABLE], name="a"), ScriptedReplies(name="b"))
    await text_of(replies, asking("the treasure lies under the oak"))
    assert isinstance(told.last_error, VivavoceError)
    assert "treasure" not in str(told.last_error)
