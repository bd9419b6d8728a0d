"""The scripted engine keeps the promises of a real one."""

from __future__ import annotations

import anyio
import pytest

from vivavoce.engines.llm.fake import Hold, Pause, ScriptedReplies, Step, calling, saying
from vivavoce.engines.protocols import (
    ChatMessage,
    ReplyDelta,
    ReplyEnd,
    ReplyEngine,
    ReplyRequest,
    TextDelta,
    ToolCallDelta,
)
from vivavoce.errors import EngineError

pytestmark = pytest.mark.anyio

REQUEST = ReplyRequest(messages=(ChatMessage(role="user", content="How are you?"),))


async def replied(engine: ReplyEngine) -> list[ReplyDelta]:
    return [delta async for delta in engine.reply(REQUEST)]


async def test_scripts_are_played_in_order_and_the_last_one_again() -> None:
    engine = ScriptedReplies(saying("One two."), [TextDelta(text="x"), ReplyEnd(finish_reason="length")])
    assert await replied(engine) == [TextDelta(text="One"), TextDelta(text=" two."), ReplyEnd()]
    for _ in range(2):
        assert await replied(engine) == [TextDelta(text="x"), ReplyEnd(finish_reason="length")]
    assert engine.requests == [REQUEST] * 3


async def test_without_a_script_it_echoes() -> None:
    deltas = await replied(ScriptedReplies())
    assert "".join(delta.text for delta in deltas if isinstance(delta, TextDelta)) == "How are you?"


async def test_it_calls_tools_in_pieces() -> None:
    first, second, end = await replied(ScriptedReplies(calling("clock", '{"zone": "UTC"}')))
    assert isinstance(first, ToolCallDelta)
    assert isinstance(second, ToolCallDelta)
    assert (first.name, first.arguments + second.arguments) == ("clock", '{"zone": "UTC"}')
    assert end == ReplyEnd(finish_reason="tool_calls")


async def test_it_fails_where_the_script_says() -> None:
    script: list[Step] = [TextDelta(text="one"), EngineError("llm_crashed", "Gone.")]
    engine = ScriptedReplies(script)
    deltas = engine.reply(REQUEST)
    assert await anext(deltas) == TextDelta(text="one")
    with pytest.raises(EngineError, match="Gone"):
        await anext(deltas)
    assert (engine.active, engine.abandoned) == (0, 0)


async def test_it_waits_for_events_and_pauses_and_counts_the_abandoned() -> None:
    hold = anyio.Event()
    engine = ScriptedReplies([Pause(0.001), TextDelta(text="one"), Hold(hold)])
    deltas = engine.reply(REQUEST)
    assert await anext(deltas) == TextDelta(text="one")
    assert engine.active == 1
    with anyio.move_on_after(0.01) as scope:
        await anext(deltas)
    assert scope.cancelled_caught
    assert (engine.active, engine.abandoned) == (0, 1)


async def test_words_may_be_paced() -> None:
    assert saying("a b", every=0.2) == (Pause(0.2), TextDelta(text="a"), Pause(0.2), TextDelta(text=" b"))


async def test_a_closed_engine_answers_no_more() -> None:
    engine = ScriptedReplies()
    await engine.aclose()
    with pytest.raises(EngineError):
        await replied(engine)
