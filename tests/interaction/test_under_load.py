"""What a session does for the others: it says for whom it works, and speculates only while there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import call
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.caller import Urgency, current_caller
from vivavoce.engines.fair_gate import GateStatistics
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, Step, saying
from vivavoce.engines.protocols import TextDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.workload import EngineQueue, Workload
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, SpeechChunk, SynthesisRequest, Transcript

pytestmark = pytest.mark.anyio

IDLE = GateStatistics(places=2, busy=0, waiting=0, begun=0, refused=0, expired=0, evicted=0, delay_seconds=0.0)


def seen() -> tuple[str, Urgency]:
    caller = current_caller.get()
    return (caller.session_id, caller.urgency) if caller else ("nobody", Urgency.CONFIRMED)


class WatchfulStt(FakeStt):
    """Notes for whom it hears."""

    callers: list[tuple[str, Urgency]]

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        self.callers = [*getattr(self, "callers", []), seen()]
        return await super().transcribe(audio, language=language, prompt=prompt)


class WatchfulReplies(ScriptedReplies):
    """Notes for whom it writes, piece by piece."""

    callers: list[tuple[str, Urgency]]

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        self.callers = []
        async for delta in super().reply(request):
            self.callers.append(seen())
            yield delta


class WatchfulTts(FakeTts):
    """Notes for whom it speaks."""

    callers: list[tuple[str, Urgency]]

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.callers = [*getattr(self, "callers", []), seen()]
        async for chunk in super().synthesize(request):
            yield chunk


@pytest.mark.requirement("load.caller.001")
async def test_every_engine_knows_for_whom_it_works_and_what_is_done_on_the_chance() -> None:
    script: list[Step] = [TextDelta(text="It is noon. And"), Pause(1.0), TextDelta(text=" warm outside.")]
    stt, replies, tts = WatchfulStt(["What is the time?"]), WatchfulReplies(script), WatchfulTts()
    captioned = ConversationSettings(playout_reports=True)
    async with call(fake_roster(stt=stt, replies=replies, tts=tts), captioned) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone)
    assert set(stt.callers) == {("sess_t", Urgency.BACKGROUND), ("sess_t", Urgency.CONFIRMED)}, "captions, and the turn"
    assert [urgency for _, urgency in replies.callers] == [Urgency.SPECULATIVE, *[Urgency.CONFIRMED] * 2]
    assert tts.callers == [("sess_t", Urgency.SPECULATIVE), ("sess_t", Urgency.CONFIRMED)]


@pytest.mark.requirement("load.speculation.001")
async def test_kept_and_wasted_replies_are_counted() -> None:
    roster = fake_roster(
        stt=FakeStt(["Tell me", "Tell me about cats."]), replies=ScriptedReplies(saying("Cats purr. They sleep."))
    )
    async with call(roster) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.4)
        await caller.asks()
        await caller.hears(fx.ReplyDone)
    counts = roster.workload.speculation_statistics()
    assert (counts.kept, counts.wasted, counts.declined) == (1, 1, 0)
    assert counts.kept_seconds == pytest.approx(0.4, abs=0.1), "from the pause to the end of the turn"
    assert counts.wasted_tokens > 0
    assert counts.wasted_clauses == 1
    assert (roster.workload.turns, roster.workload.replies) == (1, {"completed": 1})
    assert roster.workload.first_audio.total == pytest.approx(caller.all(fx.TurnTimed)[0].marks.first_audio / 1000)  # type: ignore[operator] # there was a sound


@pytest.mark.requirement("load.speculation.002")
async def test_while_work_waits_no_reply_is_begun_before_its_turn_is_sure() -> None:
    replies = ScriptedReplies(saying("It is noon."))
    roster = fake_roster(replies=replies)
    queues = [EngineQueue(job="tts", engine="busy", statistics=replace(IDLE, delay_seconds=1.0))]
    roster.workload = Workload(lambda: tuple(queues))
    async with call(roster) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.4)
        assert replies.requests == []
        await caller.falls_silent(0.4)
        await caller.hears(fx.ReplyDone)
        assert len(replies.requests) == 1
        queues.clear()
        await caller.sees("listening")
        await anyio.sleep(2.0)
        await caller.speaks(1.0)
        await caller.falls_silent(0.4)
        assert len(replies.requests) == 2, "the load is over"
    assert roster.workload.speculation.declined == 1
