"""Somebody makes a sound over a reply and does not mean to interrupt it: it goes on, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from tests.interaction.caller import Caller, call
from vivavoce.audio.pcm import float_to_int16
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, saying
from vivavoce.engines.protocols import SpeechChunk, TextDelta, Transcript
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.protocols import SynthesisRequest

pytestmark = pytest.mark.anyio

HOLDING = ConversationSettings(playout_reports=True, transcripts=True)
STOCK = ConversationSettings(transcripts=True)
STORY = "There was a small house. It stood in the woods. Nobody lived there. " * 3
PLAYOUT = (fx.PlayoutHeld, fx.PlayoutResumed, fx.PlayoutCleared)


class Ear(FakeStt):
    """Hears "A story." in a long sound, and other words in a short one: captions ask too, who knows how often."""

    def __init__(self, words: str, *, delay_seconds: float = 0.0) -> None:
        super().__init__()
        self._words = words
        self._delay_seconds = delay_seconds

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        await anyio.sleep(self._delay_seconds)
        return Transcript(text="A story." if len(audio) > 16_000 else self._words, language="en")


class Murmur(FakeTts):
    """A voice of noise, which is never the same twice: a hum would be its own echo at any time."""

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        random = np.random.default_rng(len(self.spoken))
        async for chunk in super().synthesize(request):
            yield SpeechChunk(audio=random.uniform(-0.5, 0.5, len(chunk.audio)).astype(np.float32))


def playout(caller: Caller) -> list[str]:
    return [type(told.news).__name__ for told in caller.told if isinstance(told.news, PLAYOUT)]


async def mumbles(caller: Caller, seconds: float = 0.4) -> None:
    """Ask for the story, listen for two seconds, and make a sound over it."""
    await caller.asks()
    await caller.sees("speaking")
    await caller.falls_silent(2.0)
    await caller.speaks(seconds)
    await caller.falls_silent(2.0)


@pytest.mark.parametrize("words", ["", "Mm-hm.", "Right."])
@pytest.mark.requirement("turn.bargein.007")
async def test_a_cough_or_a_backchannel_holds_the_reply_and_lets_it_go_on(words: str) -> None:
    replies = ScriptedReplies(saying(STORY), saying("What?"))
    async with call(fake_roster(replies=replies, stt=Ear(words)), HOLDING) as caller:
        await mumbles(caller)
        assert playout(caller) == ["PlayoutHeld", "PlayoutResumed"]
        assert caller.states()[-1] == "speaking"
        assert caller.last(fx.ReplyDone).reply.status == "completed"
        assert len(replies.requests) == 1
        assert caller.last(fx.TranscriptionCompleted).transcript == words


@pytest.mark.requirement("turn.bargein.007")
async def test_the_reply_is_still_made_while_it_is_held() -> None:
    replies = ScriptedReplies(saying(STORY, every=0.1))
    async with call(fake_roster(replies=replies, stt=Ear("Mm-hm.")), HOLDING) as caller:
        await mumbles(caller)
        held = caller.last(fx.PlayoutHeld)
        between = caller.since(held)[: caller.since(held).index(caller.last(fx.PlayoutResumed))]
        assert any(isinstance(news, fx.OutputText) for news in between)
        done = await caller.hears(fx.ReplyDone)
        assert done.reply.output[0].content[0].text == STORY


@pytest.mark.requirement("turn.bargein.008")
async def test_the_client_falls_silent_within_150_ms_whatever_is_said() -> None:
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    async with call(fake_roster(replies=replies, stt=Ear("Stop.")), HOLDING) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
        began = anyio.current_time()
        await caller.speaks(0.4)
        assert caller.time_of(caller.last(fx.PlayoutHeld)) - began <= 0.15
        await caller.falls_silent(1.0)
        assert playout(caller) == ["PlayoutHeld", "PlayoutCleared"]
        await caller.hears(fx.ReplyDone, 2)


@pytest.mark.requirement("turn.bargein.008")
async def test_who_speaks_on_takes_the_floor_before_anything_is_understood() -> None:
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    stt = Ear("I would rather", delay_seconds=3.0)
    async with call(fake_roster(replies=replies, stt=stt), HOLDING) as caller:
        await caller.asks()
        await caller.sees("speaking")
        began = anyio.current_time()
        await caller.speaks(1.6)
        cleared = caller.last(fx.PlayoutCleared)
        assert caller.time_of(cleared) - began == pytest.approx(1.3, abs=0.1)


@pytest.mark.requirement("turn.bargein.009")
async def test_a_stock_client_hears_the_rest_of_a_reply_that_was_cut_for_nothing() -> None:
    replies = ScriptedReplies(saying(STORY))
    async with call(fake_roster(replies=replies, stt=Ear("Mm-hm.")), STOCK) as caller:
        await mumbles(caller)
        assert playout(caller) == ["PlayoutCleared"]
        first, second = caller.all(fx.ReplyDone)[-2:]
        written = first.reply.output[0].content[0].text or ""
        heard = next(item for item in caller.session.machine.items if item.id == first.reply.output[0].id)
        kept = heard.content[0].heard or ""
        assert second.reply.output[0].content[0].text == written[len(kept) :].strip()
        assert len(replies.requests) == 1
        assert len(caller.audio_of(second.reply.response_id)) > 24_000


@pytest.mark.requirement("turn.bargein.009")
async def test_a_stock_client_s_question_stands_when_a_cough_cut_its_answer_short() -> None:
    replies = ScriptedReplies([Pause(30.0), TextDelta(text="Too late.")], saying("Here it is."))
    async with call(fake_roster(replies=replies, stt=Ear("")), STOCK) as caller:
        await caller.asks()
        await caller.speaks(0.4)
        await caller.falls_silent(3.0)
        assert caller.last(fx.ReplyDone).reply.output[0].content[0].text == "Here it is."
        assert [message.content for message in replies.requests[-1].messages] == ["A story."]


async def talks_beside_the_loudspeaker(caller: Caller, seconds: float, *, user_seconds: float = 0.0) -> None:
    """Send what a microphone hears while the reply plays: its echo at -20 dB, and the user's voice at the end."""
    reply = caller.audio_of(caller.last(fx.ReplyCreated).reply.response_id)
    echo = np.concatenate([np.zeros(2_400, np.float32), 0.1 * reply])
    voice = np.random.default_rng(99).uniform(-0.5, 0.5, round(user_seconds * 24_000)).astype(np.float32)
    heard = echo[: round(seconds * 24_000)].copy()
    if len(voice):
        heard[-len(voice) :] += voice
    for frame in np.split(heard, len(heard) // 480):
        caller.session.hear(float_to_int16(frame).tobytes())
        await anyio.sleep(0.02)


@pytest.mark.requirement("turn.bargein.010")
async def test_the_assistants_own_echo_holds_nothing() -> None:
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    async with call(fake_roster(replies=replies, tts=Murmur(), stt=Ear("Stop.")), HOLDING) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await talks_beside_the_loudspeaker(caller, 4.0)
        assert playout(caller) == []
        assert len(caller.all(fx.SpeechStartedNotice)) == 1
        assert caller.session.far_end.echoes > 3


@pytest.mark.requirement("turn.bargein.010")
async def test_a_voice_over_the_echo_is_heard() -> None:
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    async with call(fake_roster(replies=replies, tts=Murmur(), stt=Ear("Stop.")), HOLDING) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await talks_beside_the_loudspeaker(caller, 4.0, user_seconds=0.5)
        assert playout(caller) == ["PlayoutHeld"]
