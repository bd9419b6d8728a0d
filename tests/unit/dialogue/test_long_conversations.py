"""Conversations that no longer fit the model: nothing said is lost, and no prompt is too long."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.dialogue.dialogue_scene import ANN, CountingReplies, chat_engine, prompt, said, user, viva, words_in
from vivavoce.dialogue.chat_engine import ChatEngineSettings
from vivavoce.dialogue.token_budget import BudgetSettings
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, ReplyRequest

if TYPE_CHECKING:
    from vivavoce.engines.llm.fake import Step

pytestmark = pytest.mark.anyio

SUMMARY = "The user is called Ann, has a boat called Marina and likes long walks by the sea."
CONTEXT = 800
LIMIT = 600


class Chatty(CountingReplies):
    """Says forty words, and sums up when it is asked to."""

    def __init__(self, *, sums_up: bool = True) -> None:
        super().__init__(context=CONTEXT)
        self.sums_up = sums_up

    def _next_script(self, request: ReplyRequest) -> tuple[Step, ...]:
        if request.messages[-1].content.startswith("(Stop for"):
            return (SUMMARY,) if self.sums_up else (Hold(),)
        words = words_in(request)
        assert words <= LIMIT, f"a prompt of {words} words"
        return ("word " * 40, ReplyEnd(input_tokens=words, output_tokens=40))


async def converse(replies: CountingReplies, turns: int) -> list[ChatMessage]:
    """Hold a conversation whose first words are "My boat is called Marina." and return its messages."""
    messages: list[ChatMessage] = []
    async with chat_engine(replies) as engine:
        for turn in range(turns):
            words = "My boat is called Marina." if turn == 0 else f"Turn {turn}: " + "talk " * 20
            messages.append(user(words.strip()))
            await said(engine, *messages)
            messages.append(viva(("word " * 40).strip()))
            await settled()
    return messages


async def settled() -> None:
    """Let what goes on in the background do what it can; anyio's own waiting takes a tenth of a second each time."""
    for _ in range(200):
        await anyio.lowlevel.checkpoint()


def asked(replies: ScriptedReplies) -> list[str]:
    """Return the prompts of turns, without those that ask for a summary."""
    return [prompt(one) for one in replies.requests if not one.messages[-1].content.startswith("(Stop for")]


async def test_a_long_conversation_is_summed_up_and_its_first_words_are_still_known() -> None:
    replies = Chatty()
    await converse(replies, 60)
    last = asked(replies)[-1]
    assert "user: My boat is called" in last, "the user's own words"
    assert SUMMARY in last


async def test_a_summary_that_only_repeats_the_instructions_is_none() -> None:
    class Parrot(Chatty):
        def _next_script(self, request: ReplyRequest) -> tuple[Step, ...]:
            if request.messages[-1].content.startswith("(Stop for"):
                return (request.messages[0].content,)
            return super()._next_script(request)

    replies = Parrot()
    await converse(replies, 30)
    last = asked(replies)[-1]
    assert last.count("You are Viva.") == 1
    assert "My boat is called" in last


async def test_the_summary_is_asked_for_behind_the_prompt_that_was_read() -> None:
    replies = Chatty()
    await converse(replies, 12)
    number = next(n for n, one in enumerate(replies.requests) if one.messages[-1].content.startswith("(Stop for"))
    before, asking = replies.requests[number - 1], replies.requests[number]
    assert asking.messages[: len(before.messages)] == before.messages
    assert asking.conversation_id == before.conversation_id
    assert words_in(before) < LIMIT, "long before there is no room"


async def test_the_shorter_prompt_is_read_at_once() -> None:
    replies = Chatty()
    await converse(replies, 12)
    assert any(SUMMARY in prompt(request) for request in replies.read)


async def test_where_nobody_can_sum_up_a_digest_keeps_everything_said() -> None:
    replies = Chatty(sums_up=False)
    messages = await converse(replies, 12)
    last = asked(replies)[-1]
    for message in messages[:-1]:
        assert message.content[:8] in last


async def test_a_digest_that_grows_too_long_keeps_the_first_words_and_the_last() -> None:
    replies = Chatty(sums_up=False)
    await converse(replies, 80)
    last = asked(replies)[-1]
    assert "My boat is called" in last
    assert "Turn 78" in last
    assert "Turn 40" not in last


async def test_a_turn_ends_the_writing_of_a_summary() -> None:
    replies = Chatty(sums_up=False)
    await converse(replies, 20)
    assert replies.abandoned > 0
    assert replies.active == 0


async def test_a_prompt_begins_alike_between_two_summaries() -> None:
    replies = Chatty()
    await converse(replies, 60)
    prompts = asked(replies)
    new = sum(not after.startswith(before) for before, after in pairwise(prompts))
    assert new <= len(replies.requests) - len(prompts)


async def test_far_from_the_limit_nobody_counts() -> None:
    replies = CountingReplies(("Fine.",))
    async with chat_engine(replies) as engine:
        for _ in range(3):
            await said(engine, user("Hi."))
    assert replies.counts == 0


async def test_one_message_that_is_too_long_by_itself_is_cut_in_the_middle() -> None:
    replies = CountingReplies(("Fine.",), context=CONTEXT)
    async with chat_engine(replies) as engine:
        await said(engine, user("begin " + "word " * 3_000 + "end"))
    last = replies.requests[0].messages[-1].content
    assert words_in(replies.requests[0]) <= LIMIT
    assert last.startswith("begin")
    assert last.endswith("end")


async def test_without_a_tokenizer_the_sizes_that_were_reported_are_learned_from() -> None:
    """Each word costs three tokens, far more than it looks."""

    class Dear(ScriptedReplies):
        most = 0

        def _next_script(self, request: ReplyRequest) -> tuple[Step, ...]:
            tokens = 3 * words_in(request)
            self.most = max(self.most, tokens)
            return ("word " * 10, ReplyEnd(input_tokens=tokens, output_tokens=30))

    replies = Dear()
    messages: list[ChatMessage] = []
    budget = ChatEngineSettings(budget=BudgetSettings(context_tokens=2_000))
    async with chat_engine(replies, settings=budget) as engine:
        for turn in range(60):
            messages += [user(f"Turn {turn} " + "talk " * 20)]
            await said(engine, *messages)
            messages += [viva("word " * 10)]
            await anyio.wait_all_tasks_blocked()
    assert 1_000 < replies.most <= 2_000


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=30), st.integers(300, 2_000))
async def test_no_prompt_is_ever_longer_than_the_model_takes(lengths: list[int], context: int) -> None:
    replies = CountingReplies(("Fine.",), context=context)
    messages: list[ChatMessage] = []
    async with chat_engine(replies) as engine:
        for length in lengths:
            messages += [user("w " * length)]
            await said(engine, *messages, options=ANN)
            messages += [viva("Fine.")]
    limit = context - min(512, context // 4)
    assert max(map(words_in, replies.requests[:1])) <= limit
    assert all(words_in(request) <= limit for request in replies.requests if "(Stop for" not in prompt(request))
