"""A session with tools, memory and expressions, recorded to a folder and replayed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import call
from tests.interaction.workshop import Workshop
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.recording import replay
from vivavoce.conversation.settings import ConversationSettings, Tool
from vivavoce.engines.llm.fake import ScriptedReplies, Step, saying
from vivavoce.engines.protocols import MemoriesUsed, ReplyEnd, ToolCallDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.session.recorder import SessionRecorder
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def no_blocking_calls() -> None:
    """Recording writes files in the event loop: it runs only when asked for, a line at a time."""


@pytest.mark.requirement("record.replay.001")
async def test_a_session_with_tools_replays_exactly(tmp_path: Path) -> None:
    script: list[Step] = [
        MemoriesUsed(memories=(("m1", "Ada likes tea."),)),
        ToolCallDelta(index=0, call_id="a", name="clock", arguments="{}"),
        ToolCallDelta(index=1, call_id="b", name="buy_tea", arguments="{}"),
        ReplyEnd(finish_reason="tool_calls"),
    ]
    clock = Tool(name="clock", server_label="vivavoce")
    shop = Tool(name="buy_tea", server_label="shop", needs_approval=True)
    settings = ConversationSettings(tools=(clock, shop), expressions=("joy",), working=("One moment.",))
    roster = fake_roster(replies=ScriptedReplies(script, saying("[joy] It is noon.")), stt=FakeStt(["Tea?", "Yes."]))
    recorder = SessionRecorder(tmp_path, "sess_t", settings)
    async with call(roster, settings, mind=Workshop(roster, seconds=1.0), recorder=recorder) as caller:
        caller.session.dispatch(ev.ToolServerAsked(server_label="shop"))
        caller.session.dispatch(ev.ToolServerListed(server_label="shop", listing="[]"))
        await caller.asks()
        await caller.hears(fx.ReplyDone, 3)
        await caller.sees("listening")
        await caller.asks()
        await caller.hears(fx.ReplyDone, 4)
    assert caller.last(fx.MemoriesUsed).memories == (("m1", "Ada likes tea."),)
    summary = replay((tmp_path / "sess_t.jsonl").read_bytes().splitlines())
    assert summary.mismatches == ()
    assert summary.events > 20


@pytest.mark.requirement("record.replay.001")
async def test_a_session_whose_tools_were_unknown_alike_failed_and_stopped_replays_exactly(tmp_path: Path) -> None:
    calls = [
        ToolCallDelta(index=index, call_id=str(index), name=name, arguments="{}")
        for index, name in enumerate(["clock", "clock", "rocket"])
    ]
    script: list[Step] = [*calls, ReplyEnd(finish_reason="tool_calls")]
    again: list[Step] = [calls[0], ReplyEnd(finish_reason="tool_calls")]
    settings = ConversationSettings(
        tools=(Tool(name="clock", server_label="vivavoce"),), trouble="Oh.", tool_failed="That did not work."
    )
    roster = fake_roster(replies=ScriptedReplies(script, saying(""), again))
    mind = Workshop(roster, seconds=0.5, fails=True)
    recorder = SessionRecorder(tmp_path, "sess_t", settings)
    async with call(roster, settings, mind=mind, recorder=recorder) as caller:
        caller.types("What time is it?")
        await caller.hears(fx.ReplyDone, 3)
        caller.types("And now?")
        await caller.hears(fx.ReplyDone, 4)
        await anyio.sleep(0.1)
        caller.session.dispatch(ev.ReplyCancelRequested())
        await anyio.sleep(5.0)
    assert len(mind.begun) == 2
    codes = [item.error_code for item in caller.session.machine.items if item.kind == "mcp_call"]
    assert codes == ["tool_failed", "tool_failed", "tool_not_found", "tool_cancelled"]
    said = [item.content[0].text for done in caller.all(fx.ReplyDone) for item in done.reply.output if item.content]
    assert said == ["That did not work."]
    summary = replay((tmp_path / "sess_t.jsonl").read_bytes().splitlines())
    assert summary.mismatches == ()
