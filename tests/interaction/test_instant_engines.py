"""With engines that cost nothing, what a turn takes is what the server takes."""

from __future__ import annotations

import pytest

from tests.interaction.caller import call
from vivavoce.conversation import effects as fx
from vivavoce.engines.instant import ANSWER, QUESTION, InstantReplies, InstantStt, InstantTts
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import SilenceTurns

pytestmark = pytest.mark.anyio


@pytest.mark.requirement("turn.voice.001")
async def test_the_whole_answer_is_there_at_the_moment_the_turn_is_over() -> None:
    roster = fake_roster(stt=InstantStt(), replies=InstantReplies(), tts=InstantTts())
    async with call(roster, detection=SilenceTurns(silence_ms=200)) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
        over = await caller.hears(fx.SpeechStoppedNotice)
        heard = await caller.hears(fx.TranscriptionCompleted)
        assert heard.transcript == QUESTION
        assert "".join(news.delta for news in caller.all(fx.OutputText)).strip() == ANSWER
        assert len(caller.audio_of(done.reply.response_id)) == 2 * 24_000
        assert caller.time_of(done) == caller.time_of(over)
