"""One engine takes over from another while replies are under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.llm.fake import Hold, ScriptedReplies, Step
from vivavoce.engines.llm.takeover import Takeover
from vivavoce.engines.protocols import ChatMessage, ReplyDelta, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

pytestmark = pytest.mark.anyio

REQUEST = ReplyRequest(messages=(ChatMessage(role="user", content="hello"),))
WORDS_A_REPLY = 3


def named(name: str) -> ScriptedReplies:
    """Return an engine whose every word is its own name."""
    return ScriptedReplies([TextDelta(text=name)] * WORDS_A_REPLY, name=name)


async def settled() -> None:
    """Let every task that can go on go on; nothing here waits for more than other tasks."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


async def words_of(engine: Takeover) -> list[str]:
    return [delta.text async for delta in engine.reply(REQUEST) if isinstance(delta, TextDelta)]


async def test_the_next_reply_comes_from_the_new_engine_and_the_idle_old_one_is_closed() -> None:
    small, large = named("small"), named("large")
    takeover = Takeover(small)
    assert await words_of(takeover) == ["small"] * WORDS_A_REPLY
    await takeover.replace(large)
    assert (small.closes, takeover.name) == (1, "large")
    assert await words_of(takeover) == ["large"] * WORDS_A_REPLY
    await takeover.aclose()
    assert (small.closes, large.closes) == (1, 1)


async def test_a_reply_under_way_finishes_on_the_old_engine_which_is_closed_only_then() -> None:
    hold = anyio.Event()
    script: list[Step] = [TextDelta(text="one"), Hold(hold), TextDelta(text="two")]
    small, large = ScriptedReplies(script, name="small"), named("large")
    takeover = Takeover(small)
    reply = takeover.reply(REQUEST)
    assert await anext(reply) == TextDelta(text="one")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(takeover.replace, large)
        await settled()
        assert (takeover.name, small.closes) == ("large", 0)
        hold.set()
        assert [delta async for delta in reply] == [TextDelta(text="two"), ReplyEnd()]
    assert small.closes == 1


async def test_an_old_engine_stays_until_the_last_of_its_replies_has_ended() -> None:
    small = named("small")
    takeover = Takeover(small)
    first, second = takeover.reply(REQUEST), takeover.reply(REQUEST)
    await anext(first)
    await anext(second)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(takeover.replace, named("large"))
        await first.aclose()
        await settled()
        assert small.closes == 0
        assert [delta async for delta in second][-1] == ReplyEnd()
    assert small.closes == 1


async def test_an_abandoned_reply_lets_the_old_engine_go() -> None:
    small = named("small")
    takeover = Takeover(small)
    reply = takeover.reply(REQUEST)
    await anext(reply)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(takeover.replace, named("large"))
        await settled()
        assert small.closes == 0
        await reply.aclose()
        assert (small.abandoned, small.active) == (1, 0)
    assert small.closes == 1


async def test_an_old_engine_whose_replies_never_end_is_closed_all_the_same() -> None:
    small = ScriptedReplies([TextDelta(text="one"), Hold(anyio.Event())])
    takeover = Takeover(small)
    reply = takeover.reply(REQUEST)
    await anext(reply)
    await takeover.replace(named("large"), drain_seconds=0.01)
    assert small.closes == 1
    await reply.aclose()


async def test_closing_while_an_exchange_waits_closes_each_engine_once() -> None:
    small, large = named("small"), named("large")
    takeover = Takeover(small)
    reply = takeover.reply(REQUEST)
    await anext(reply)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(takeover.replace, large)
        await settled()
        await takeover.aclose()
        await reply.aclose()
    assert (small.closes, large.closes) == (1, 1)


async def test_an_engine_that_fails_is_still_let_go() -> None:
    broken = ScriptedReplies([EngineError("llm_server_error", "It failed.")])
    takeover = Takeover(broken)
    with pytest.raises(EngineError, match="It failed"):
        await words_of(takeover)
    with anyio.fail_after(WAIT_SECONDS):
        await takeover.replace(named("large"))
    assert broken.closes == 1


async def test_after_closing_there_are_no_replies_and_a_late_engine_is_closed() -> None:
    takeover = Takeover(named("small"))
    await takeover.aclose()
    with pytest.raises(EngineError) as caught:
        await words_of(takeover)
    assert caught.value.code == "llm_gone"
    late = named("late")
    await takeover.replace(late)
    assert late.closes == 1


async def test_a_cancelled_exchange_leaves_the_old_engine_to_the_closing() -> None:
    small, large = named("small"), named("large")
    takeover = Takeover(small)
    reply = takeover.reply(REQUEST)
    await anext(reply)
    with anyio.move_on_after(0.01):
        await takeover.replace(large)
    assert (takeover.name, small.closes) == ("large", 0)
    await takeover.aclose()
    assert (small.closes, large.closes) == (1, 1)
    await reply.aclose()


class Rehearsal:
    """Plays one order of events and checks the promises after each."""

    def __init__(self) -> None:
        self.engines = [named("engine 0")]
        self.takeover = Takeover(self.engines[0])
        self.replies: list[tuple[str, AsyncGenerator[ReplyDelta, None]]] = []

    def check(self) -> None:
        current = self.engines[-1]
        assert self.takeover.name == current.name
        for engine in self.engines[:-1]:
            assert engine.closes == (0 if engine.active else 1)
        assert current.closes == 0

    async def step(self, number: int) -> None:
        name, reply = self.replies[number % len(self.replies)]
        delta = await anext(reply, None)
        assert delta is None or isinstance(delta, ReplyEnd) or delta == TextDelta(text=name)

    async def play(self, events: list[tuple[str, int]]) -> None:
        async with anyio.create_task_group() as tasks:
            for event, number in events:
                if event == "begin":
                    self.replies.append((self.engines[-1].name, self.takeover.reply(REQUEST)))
                    await self.step(len(self.replies) - 1)
                elif event == "replace":
                    self.engines.append(named(f"engine {len(self.engines)}"))
                    tasks.start_soon(self.takeover.replace, self.engines[-1])
                elif self.replies and event == "step":
                    await self.step(number)
                elif self.replies:
                    await self.replies[number % len(self.replies)][1].aclose()
                await settled()
                self.check()
            for _, reply in self.replies:
                await reply.aclose()
        await self.takeover.aclose()
        assert [engine.closes for engine in self.engines] == [1] * len(self.engines)


EVENTS = st.tuples(st.sampled_from(["begin", "step", "abandon", "replace"]), st.integers(0, 7))


@given(st.lists(EVENTS, max_size=25))
def test_in_any_order_each_reply_has_one_engine_and_each_engine_one_end(events: list[tuple[str, int]]) -> None:
    async def rehearse() -> None:
        await Rehearsal().play(events)

    anyio.run(rehearse)
