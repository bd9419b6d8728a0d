"""The user speaks over a reply: it stops, nothing of it follows, and only what was heard is remembered."""

from __future__ import annotations

import anyio
import numpy as np
import pytest

from tests.interaction.caller import Caller, call
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, saying
from vivavoce.engines.protocols import TextDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio

LONG = "There was a small house. It stood in the woods. Nobody lived there. " * 10
OF_A_REPLY = (fx.OutputText, fx.OutputAudio, fx.OutputItemAdded, fx.ContentPartAdded, fx.FunctionCallArguments)


def storyteller() -> ScriptedReplies:
    """Tells a long story slowly, and answers briefly from then on."""
    return ScriptedReplies(saying(LONG, every=0.05), saying("As you like."))


async def interrupted(caller: Caller) -> fx.ReplyDone:
    """Ask for the story, listen for two seconds, and speak over it."""
    await caller.asks()
    await caller.sees("speaking")
    await caller.falls_silent(2.0)
    await caller.speaks(0.5)
    return await caller.hears(fx.ReplyDone)


@pytest.mark.requirement("turn.bargein.001")
async def test_nothing_of_an_interrupted_reply_follows() -> None:
    async with call(fake_roster(replies=storyteller())) as caller:
        done = await interrupted(caller)
        assert (done.reply.status, done.reply.reason) == ("cancelled", "turn_detected")
        await caller.falls_silent()
        await caller.hears(fx.ReplyDone, 2)
        await caller.falls_silent(5.0)
        late = [
            news
            for news in caller.since(done)
            if isinstance(news, OF_A_REPLY) and news.response_id == done.reply.response_id
        ]
        assert late == []


@pytest.mark.requirement("turn.bargein.001")
async def test_what_plays_after_it_was_made_is_stopped_too() -> None:
    at_once = ScriptedReplies(saying("A long answer that was made in no time at all."), saying("As you like."))
    async with call(fake_roster(replies=at_once)) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.status == "completed"
        await caller.speaks(0.5)
        cleared = await caller.hears(fx.PlayoutCleared)
        assert cleared.response_id == done.reply.response_id
        assert caller.session.machine.items[-1].status == "incomplete"


@pytest.mark.requirement("turn.bargein.002")
async def test_the_client_is_told_to_stop_within_200_ms_of_the_speech() -> None:
    async with call(fake_roster(replies=storyteller())) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
        began = anyio.current_time()
        await caller.speaks(0.5)
        cleared = await caller.hears(fx.PlayoutCleared)
        assert caller.time_of(cleared) - began <= 0.2


@pytest.mark.requirement("turn.bargein.003")
async def test_the_model_is_told_only_what_was_heard() -> None:
    replies = storyteller()
    async with call(fake_roster(replies=replies, stt=FakeStt(["Tell me a story.", "Stop."]))) as caller:
        done = await interrupted(caller)
        await caller.falls_silent()
        await caller.hears(fx.ReplyDone, 2)
        heard = next(item for item in caller.session.machine.items if item.id == done.reply.output[0].id)
    written = done.reply.output[0].content[0].text or ""
    kept = heard.content[0].heard or ""
    assert written.startswith(kept)
    # Two seconds were heard, and a tenth more until the speech was certain; 50 ms a character.
    assert 35 <= len(kept) <= 48
    assert len(written) > len(kept)
    assert [message.content for message in replies.requests[-1].messages] == ["Tell me a story.", kept.strip(), "Stop."]


@pytest.mark.requirement("turn.bargein.003")
async def test_a_client_that_reports_its_playout_is_believed() -> None:
    settings = ConversationSettings(playout_reports=True)
    async with call(fake_roster(replies=storyteller()), settings) as caller:
        done = await interrupted(caller)
        item_id = done.reply.output[0].id
        first = "There was a small house. "
        # The voice hums 50 ms a character of what is said; the last space is not.
        caller.session.dispatch(
            ev.PlayoutReported(item_id=item_id, played_samples=(len(first) - 1) * 1_200, buffered_samples=0)
        )
        item = next(item for item in caller.session.machine.items if item.id == item_id)
        assert item.content[0].heard == first


@pytest.mark.requirement("turn.bargein.004")
async def test_the_engines_of_an_interrupted_reply_stop_at_once() -> None:
    replies = storyteller()
    tts = FakeTts(delay_seconds=0.3)
    async with call(fake_roster(replies=replies, tts=tts)) as caller:
        await interrupted(caller)
        spoken = len(tts.spoken)
        await anyio.lowlevel.checkpoint()
        assert (replies.active, replies.abandoned) == (0, 1)
        await anyio.sleep(1.0)
        assert len(tts.spoken) == spoken


@pytest.mark.requirement("turn.bargein.004")
async def test_a_reply_is_stopped_before_its_first_word() -> None:
    replies = ScriptedReplies([Pause(30.0), TextDelta(text="Too late.")], saying("As you like."))
    async with call(fake_roster(replies=replies)) as caller:
        await caller.asks()
        await caller.asks()
        done = await caller.hears(fx.ReplyDone, 2)
        assert [reply.reply.status for reply in caller.all(fx.ReplyDone)] == ["cancelled", "completed"]
        assert done.reply.output[0].content[0].text == "As you like."
        assert replies.active == 0


@pytest.mark.requirement("turn.bargein.005")
async def test_a_reply_that_may_not_be_interrupted_is_spoken_to_its_end() -> None:
    steadfast = ConversationSettings(interruptible=False, transcripts=True)
    replies = ScriptedReplies(saying("There was a small house. It stood in the woods.", every=0.1), saying("Yes."))
    async with call(fake_roster(replies=replies), steadfast) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.asks()
        first = await caller.hears(fx.ReplyDone)
        assert first.reply.status == "completed"
        assert caller.all(fx.PlayoutCleared) == []
        second = await caller.hears(fx.ReplyDone, 2)
        assert second.reply.output[0].content[0].text == "Yes."


@pytest.mark.requirement("turn.bargein.006")
async def test_a_client_cancels_and_truncates() -> None:
    async with call(fake_roster(replies=storyteller())) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await anyio.sleep(3.0)
        caller.session.dispatch(ev.ReplyCancelRequested())
        done = await caller.hears(fx.ReplyDone)
        item_id = done.reply.output[0].id
        caller.session.dispatch(ev.ItemTruncateRequested(item_id=item_id, content_index=0, audio_end_ms=1_200))
        await caller.hears(fx.ItemTruncated)
        item = next(item for item in caller.session.machine.items if item.id == item_id)
        assert item.content[0].heard == "There was a small house. "
        assert (done.reply.reason, caller.states()[-1]) == ("client_cancelled", "listening")


@pytest.mark.requirement("item.audio.001")
async def test_a_truncated_item_comes_back_with_the_audio_that_was_heard() -> None:
    async with call(fake_roster(replies=ScriptedReplies(saying("A long answer, made in no time.")))) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        item_id = done.reply.output[0].id
        caller.retrieves(item_id)
        made = caller.audio_of(done.reply.response_id)
        np.testing.assert_allclose(caller.retrieved_audio(), made, atol=1e-4)
        caller.session.dispatch(ev.ItemTruncateRequested(item_id=item_id, content_index=0, audio_end_ms=500))
        caller.retrieves(item_id)
        np.testing.assert_allclose(caller.retrieved_audio(), made[:12_000], atol=1e-4)


@pytest.mark.requirement("item.audio.001")
async def test_the_user_s_item_comes_back_with_what_was_said() -> None:
    async with call() as caller:
        await caller.asks()
        committed = await caller.hears(fx.InputCommitted)
        caller.retrieves(committed.item_id)
        seconds = (committed.end_sample - committed.start_sample) / 16_000
        assert len(caller.retrieved_audio()) == pytest.approx(seconds * 24_000, abs=24)
        assert abs(caller.retrieved_audio()).max() > 0.2
        caller.session.dispatch(ev.ItemDeleteRequested(item_id=committed.item_id))
        caller.retrieves(committed.item_id)
        assert caller.last(fx.ErrorRaised).param == "item_id"
