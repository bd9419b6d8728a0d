"""Engines that fail, hang or are missing, and input past its bounds: told at once, and the session goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import Caller, call
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import Hold, ScriptedReplies, Step, saying
from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TextDelta, TtsCapabilities
from vivavoce.engines.roster import EngineRoster
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.vad.fake import FakeVad
from vivavoce.errors import CapacityError, EngineError, InputError, Stage
from vivavoce.session.listening import InputLimits
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import semantic_turns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest

pytestmark = pytest.mark.anyio


def gone() -> EngineError:
    """Return an error, a new one each time: a raised one keeps hold of the session that it was raised in."""
    return EngineError("llm_gone", "The model is gone.", remedy="Start it again.", stage=Stage.LLM, retryable=True)


async def goes_on(caller: Caller) -> None:
    """The next turn is answered."""
    replies = len(caller.all(fx.ReplyDone))
    await caller.asks()
    done = await caller.hears(fx.ReplyDone, replies + 1)
    assert done.reply.status == "completed"


# ------------------------------------------------------------------ failing


@pytest.mark.requirement("engine.failure.001")
async def test_a_recogniser_that_fails_is_told_of() -> None:
    async with call(fake_roster(stt=FakeStt([None, "Hello."]))) as caller:
        await caller.asks()
        failed = await caller.hears(fx.TranscriptionFailed)
        assert (failed.failure.code, failed.failure.stage) == ("engine_failed", "stt")
        assert failed.failure.message
        assert caller.states()[-1] == "listening"
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.001")
async def test_a_recogniser_that_fails_is_told_of_where_no_words_are_wanted() -> None:
    async with call(fake_roster(stt=FakeStt([None, "Hello."])), ConversationSettings()) as caller:
        await caller.asks()
        assert (await caller.hears(fx.ErrorRaised)).failure.code == "engine_failed"
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.001")
async def test_a_model_that_fails_is_told_of() -> None:
    # The first time under the silence, where a failure costs nothing and is not told.
    replies = ScriptedReplies([gone()], [gone()], saying("Hello."))
    async with call(fake_roster(replies=replies)) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.status == "failed"
        assert done.reply.failure is not None
        assert (done.reply.failure.code, done.reply.failure.remedy) == ("llm_gone", "Start it again.")
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.001")
async def test_what_a_model_said_before_it_failed_is_spoken() -> None:
    breaking: list[Step] = [TextDelta(text="Well, the thing is. I"), gone()]
    replies = ScriptedReplies(breaking, breaking, saying("Hello."))
    async with call(fake_roster(replies=replies)) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.status == "failed"
        assert done.reply.output[0].content[0].text == "Well, the thing is. I"
        assert len(caller.audio_of(done.reply.response_id)) > 24_000 * 0.9
        await caller.sees("listening")
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.001")
async def test_a_clause_that_cannot_be_spoken_is_left_out() -> None:
    replies = ScriptedReplies(saying("It is noon. The bomb went off. Good night."), saying("Hello."))
    async with call(fake_roster(replies=replies, tts=FakeTts(failing_on="bomb"))) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.status == "failed"
        assert done.reply.failure is not None
        assert done.reply.failure.stage == "tts"
        assert "".join(chunk.text for chunk in caller.all(fx.OutputAudio)) == done.reply.output[0].content[0].text
        await caller.sees("listening")
        await goes_on(caller)


class FailingEndOfTurn:
    """An end-of-turn model that fails."""

    async def probability(self, audio: object) -> float:
        raise EngineError("end_of_turn_failed", "It broke.", stage=Stage.STT)

    async def aclose(self) -> None:
        """Nothing to free."""


@pytest.mark.requirement("turn.end.003")
async def test_an_end_of_turn_model_that_fails_leaves_words_and_silence() -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about cats."]))
    roster.turn = FailingEndOfTurn()
    async with call(roster, detection=semantic_turns("high")) as caller:
        await goes_on(caller)
        assert caller.all(fx.TurnTimed)[0].marks.turn_confirmed == pytest.approx(160, abs=60)


class FailingReader:
    """A language model that cannot say whether the words are all."""

    async def turn_end_probability(self, words: str, *, conversation_id: str) -> float | None:
        raise EngineError("llm_gone", f"No word about {words!r} in {conversation_id}.", stage=Stage.LLM)


@pytest.mark.requirement("turn.end.003")
async def test_a_turn_reader_that_fails_leaves_the_other_evidence() -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about cats."]))
    roster.turn_reader = FailingReader()
    async with call(roster, detection=semantic_turns("medium")) as caller:
        await goes_on(caller)
        assert caller.all(fx.TurnTimed)[0].marks.turn_confirmed == pytest.approx(160, abs=60)


class Unpunctual:
    """A model that stops without a word."""

    name = "unpunctual"

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        yield TextDelta(text="Hello there.")

    async def aclose(self) -> None:
        """Nothing to free."""


@pytest.mark.requirement("engine.failure.001")
async def test_a_model_that_just_stops_has_said_all_it_would() -> None:
    async with call(fake_roster(replies=Unpunctual())) as caller:
        await goes_on(caller)
        assert caller.last(fx.ReplyDone).reply.output[0].content[0].text == "Hello there."


@pytest.mark.requirement("engine.failure.001")
async def test_a_reply_that_runs_too_far_ahead_of_its_voice_says_so() -> None:
    endless = ScriptedReplies([TextDelta(text="This is one sentence of very many. " * 400)], saying("Hello."))
    async with call(fake_roster(replies=endless, tts=FakeTts(delay_seconds=0.1))) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.failure is not None
        assert done.reply.failure.code == "voice_too_slow"
        assert len(caller.all(fx.OutputAudio)) >= 256
        await caller.speaks(0.5)
        await caller.falls_silent()
        assert (await caller.hears(fx.ReplyDone, 2)).reply.status == "completed"


# ------------------------------------------------------------------ hanging


@pytest.mark.requirement("engine.failure.002")
async def test_a_recogniser_that_hangs_is_given_up() -> None:
    stt = FakeStt(["Hello."], delay_seconds=10_000.0)
    async with call(fake_roster(stt=stt)) as caller:
        await caller.asks()
        stopped = await caller.hears(fx.SpeechStoppedNotice)
        failed = await caller.hears(fx.TranscriptionFailed)
        assert failed.failure.code == "transcription_timed_out"
        assert caller.time_of(failed) - caller.time_of(stopped) == pytest.approx(20.0, abs=0.1)
        assert caller.states()[-1] == "listening"


@pytest.mark.requirement("engine.failure.002")
async def test_a_model_that_hangs_is_given_up() -> None:
    replies = ScriptedReplies([TextDelta(text="Well, "), Hold(anyio.Event())], saying("Hello."))
    async with call(fake_roster(replies=replies)) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.failure is not None
        assert done.reply.failure.code == "reply_stalled"
        assert replies.active == 0
        await goes_on(caller)


class HangingVoice:
    """A voice that makes one sound and then no more."""

    capabilities = TtsCapabilities(name="hanging", sample_rate_hz=24_000, voices={"en": ("x",)})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        if "later" not in request.text:
            async for chunk in FakeTts().synthesize(request):
                yield chunk
            return
        await anyio.sleep_forever()

    async def aclose(self) -> None:
        """Nothing to free."""


@pytest.mark.requirement("engine.failure.002")
async def test_a_voice_that_hangs_is_given_up() -> None:
    replies = ScriptedReplies(saying("See you later. Good night."), saying("Hello."))
    async with call(fake_roster(replies=replies, tts=HangingVoice())) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.failure is not None
        assert done.reply.failure.code == "voice_timed_out"
        assert len(caller.audio_of(done.reply.response_id)) > 0, "the next clause is spoken all the same"
        await caller.sees("listening")
        await goes_on(caller)


# ------------------------------------------------------------------ missing


@pytest.mark.requirement("engine.failure.003")
@pytest.mark.parametrize("missing", ["stt", "llm", "tts"])
async def test_a_missing_engine_fails_the_turn_and_not_the_session(missing: str) -> None:
    roster = EngineRoster()
    roster.vad = FakeVad()
    if missing != "stt":
        roster.add_stt(FakeStt())
    if missing != "tts":
        roster.add_tts(FakeTts())
    if missing != "llm":
        roster.replies = ScriptedReplies(saying("Hello."))
    assert not roster.can_converse
    async with call(roster) as caller:
        await caller.asks()
        if missing == "stt":
            failure: object = (await caller.hears(fx.TranscriptionFailed)).failure
        else:
            failure = (await caller.hears(fx.ReplyDone)).reply.failure
        assert getattr(failure, "code", None) == f"{missing}_unavailable"
        roster.add_stt(FakeStt())
        roster.add_tts(FakeTts())
        roster.replies = ScriptedReplies(saying("Hello."))
        assert roster.can_converse
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.003")
async def test_without_a_voice_activity_detector_turns_can_be_ended_by_hand() -> None:
    roster = fake_roster()
    roster.vad = None
    async with call(roster) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(1.0)
        assert caller.all(fx.SpeechStartedNotice) == []
        caller.session.commit_input(None)
        caller.requests()
        await caller.hears(fx.ReplyDone)
        roster.vad = FakeVad()
        await goes_on(caller)


@pytest.mark.requirement("engine.failure.003")
async def test_an_open_microphone_without_a_detector_fills_nothing() -> None:
    roster = fake_roster()
    roster.vad = None
    async with call(roster, limits=InputLimits(max_bytes=200_000)) as caller:
        await caller.speaks(60.0)
        assert caller.session.listener.buffer.statistics().refused_appends == 0


# ------------------------------------------------------------------ input


@pytest.mark.requirement("limit.input.001")
async def test_a_turn_that_fills_the_buffer_is_answered_and_makes_room() -> None:
    async with call(limits=InputLimits(max_bytes=320_000)) as caller:
        with pytest.raises(CapacityError) as refused:
            await caller.speaks(30.0)
        assert refused.value.code == "input_buffer_full"
        committed = await caller.hears(fx.InputCommitted)
        assert (committed.end_sample - committed.start_sample) / 16_000 == pytest.approx(10.0, abs=0.3)
        await caller.hears(fx.ReplyDone)
        await goes_on(caller)


@pytest.mark.requirement("limit.input.001")
async def test_audio_sent_all_at_once_is_bounded_too() -> None:
    async with call(limits=InputLimits(max_bytes=320_000)) as caller:
        for _ in range(10):
            caller.session.hear(bytes(45_000))
        with pytest.raises(CapacityError):
            caller.session.hear(bytes(45_000))
        await anyio.sleep(1.0)
        await goes_on(caller)


@pytest.mark.requirement("limit.input.001")
async def test_half_a_sample_is_refused_and_the_session_goes_on() -> None:
    async with call() as caller:
        with pytest.raises(InputError):
            caller.session.hear(b"\x00\x00\x00")
        await goes_on(caller)


@pytest.mark.requirement("limit.input.002")
async def test_input_nobody_comes_back_for_is_let_go_of() -> None:
    by_hand = ConversationSettings(detects_turns=False)
    async with call(settings=by_hand, detection=None) as caller:
        await caller.speaks(5.0)
        held = caller.session.listener.buffer.statistics
        await anyio.sleep(28.0)
        assert held().held_bytes == pytest.approx(5 * 32_000, abs=400)
        await anyio.sleep(4.0)
        assert held().held_bytes == 0
        caller.session.commit_input("e1")
        assert caller.last(fx.ErrorRaised).failure.code == "input_audio_buffer_commit_empty"
        await caller.speaks(1.0)
        caller.session.commit_input(None)
        assert len(caller.all(fx.InputCommitted)) == 1


@pytest.mark.requirement("limit.input.002")
async def test_silence_is_not_kept() -> None:
    async with call() as caller:
        await caller.falls_silent(60.0)
        assert caller.session.listener.buffer.statistics().held_bytes <= 3 * 32_000
