"""The prompt of the next reply is read while the user still speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import call
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.llm.takeover import Takeover
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import EngineError, Stage
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyRequest

pytestmark = pytest.mark.anyio

GROWING = ["What is.", "What is the", "What is the time", "What is the time now?"]
SETTINGS = ConversationSettings(instructions="Be brief.", transcripts=True)


class ReadingReplies(ScriptedReplies):
    """Scripted replies of an engine that can read ahead.

    Attributes:
        read: the prompts, each as its roles and words, in the order in which their reading began.
        whole: how many were read to their end.
        is_willing: whether it can read ahead now.
    """

    def __init__(self, *, seconds: float = 0.0) -> None:
        super().__init__(["Hello", " there."])
        self._seconds = seconds
        self.read: list[list[tuple[str, str]]] = []
        self.whole = 0
        self.is_willing = True
        self.is_broken = False

    @property
    def can_read_ahead(self) -> bool:
        return self.is_willing

    async def read_ahead(self, request: ReplyRequest) -> None:
        self.read.append([(message.role, message.content) for message in request.messages])
        if self.is_broken:
            raise EngineError("llm_restarting", "It is away.", stage=Stage.LLM)
        await anyio.sleep(self._seconds)
        self.whole += 1


def last_words(engine: ReadingReplies) -> list[str]:
    """Return the last message of each prompt, where it is the user's."""
    return [content for role, content in (prompt[-1] for prompt in engine.read) if role == "user"]


@pytest.mark.requirement("turn.ahead.001")
async def test_all_words_but_the_newest_are_read_while_the_user_speaks() -> None:
    engine = ReadingReplies()
    async with call(fake_roster(replies=Takeover(engine), stt=FakeStt(GROWING)), SETTINGS) as caller:
        await caller.asks(1.3)
        assert engine.read[0] == [("system", "Be brief.")]
        assert last_words(engine) == ["What", "What is", "What is the", "What is the time"]
        assert engine.requests[-1].messages[-1].content == "What is the time now?"
        assert caller.all(fx.PartialTranscript) == [], "a stock client is not told"


@pytest.mark.requirement("turn.ahead.001")
async def test_the_last_reply_is_part_of_what_is_read() -> None:
    engine = ReadingReplies()
    async with call(fake_roster(replies=engine, stt=FakeStt(["One two."])), SETTINGS) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone)
        await caller.falls_silent(3.0)
        engine.read.clear()
        await caller.speaks(0.2)
        assert engine.read == [[("system", "Be brief."), ("user", "One two."), ("assistant", "Hello there.")]]


@pytest.mark.requirement("turn.ahead.001")
async def test_the_newest_words_are_read_when_the_engine_is_slower_than_the_speaker() -> None:
    engine = ReadingReplies(seconds=0.7)
    async with call(fake_roster(replies=engine, stt=FakeStt(GROWING)), SETTINGS) as caller:
        await caller.speaks(3.0)
        assert last_words(engine) == ["What is", "What is the time"]


@pytest.mark.requirement("turn.ahead.002")
async def test_reading_ends_when_the_reply_is_wanted_and_goes_on_with_the_user() -> None:
    engine = ReadingReplies(seconds=60.0)
    async with call(fake_roster(replies=engine, stt=FakeStt(["One two three."])), SETTINGS) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.2)
        assert (len(engine.requests), engine.whole) == (1, 0)
        begun = len(engine.read)
        await caller.speaks(1.0)
        assert len(engine.read) == begun + 1


@pytest.mark.requirement("turn.ahead.002")
@pytest.mark.parametrize("reason", ["an engine elsewhere", "an engine that is not ready", "others that wait"])
async def test_words_that_nobody_reads_are_not_sought(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stt, engine = FakeStt(["One two three."]), ReadingReplies()
    engine.is_willing = reason != "an engine that is not ready"
    roster = fake_roster(replies=ScriptedReplies() if reason == "an engine elsewhere" else engine, stt=stt)
    if reason == "others that wait":
        monkeypatch.setattr(roster.workload, "queue_delay_seconds", lambda _now: 0.2)
    async with call(roster, SETTINGS) as caller:
        await caller.speaks(3.0)
        assert (stt.heard_samples, engine.read) == ([], [])


@pytest.mark.requirement("turn.ahead.002")
async def test_a_reading_that_fails_does_not_harm_the_turn() -> None:
    engine = ReadingReplies()
    engine.is_broken = True
    async with call(fake_roster(replies=engine, stt=FakeStt(["One two three."])), SETTINGS) as caller:
        await caller.asks(2.0)
        await caller.hears(fx.ReplyDone)
        assert engine.read
        assert caller.all(fx.ErrorRaised) == []


@pytest.mark.requirement("turn.ahead.002")
async def test_words_are_not_sought_while_the_user_is_silent() -> None:
    stt = FakeStt(["One two three."])
    async with call(fake_roster(replies=ReadingReplies(), stt=stt), SETTINGS) as caller:
        await caller.speaks(0.5)
        await caller.falls_silent(0.2)
        heard = len(stt.heard_samples)
        await caller.falls_silent(0.28)
        assert caller.all(fx.SpeechStoppedNotice) == []
        assert len(stt.heard_samples) == heard
