"""The user's words, shown while they are spoken."""

from __future__ import annotations

import pytest

from tests.interaction.caller import TURNS, call
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio

CAPTIONED = ConversationSettings(playout_reports=True, transcripts=True)
GROWING = ["what is", "what is the", "what is the time", "what is the time now", "What is the time now?"]


@pytest.mark.requirement("turn.caption.001")
async def test_words_are_shown_while_they_are_spoken_and_stable_ones_stay() -> None:
    async with call(fake_roster(stt=FakeStt(GROWING)), CAPTIONED) as caller:
        await caller.speaks(1.4)
        captions = caller.all(fx.PartialTranscript)
        assert [(caption.stable, caption.unstable) for caption in captions] == [
            ("", "what is"),
            ("what is ", "the"),
            ("what is the ", "time"),
            ("what is the time ", "now"),
        ]
        assert {caption.item_id for caption in captions} == {caller.last(fx.SpeechStartedNotice).item_id}


@pytest.mark.requirement("turn.caption.001")
async def test_a_long_turn_is_captioned_piece_by_piece() -> None:
    stt = FakeStt(["once upon a time"])
    async with call(fake_roster(stt=stt), CAPTIONED) as caller:
        await caller.speaks(40.0)
        shown = [caption.stable + caption.unstable for caption in caller.all(fx.PartialTranscript)]
        assert shown[-1] == "once upon a time once upon a time once upon a time"
        assert max(stt.heard_samples) <= 15 * 16_000
        assert shown == sorted(shown, key=len)


@pytest.mark.requirement("turn.caption.002")
async def test_captions_go_on_after_a_breath() -> None:
    async with call(fake_roster(stt=FakeStt(["one two three"])), CAPTIONED) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.2)
        before = len(caller.all(fx.PartialTranscript))
        await caller.speaks(2.0)
        assert len(caller.all(fx.PartialTranscript)) >= before + 2
        assert len(caller.all(fx.SpeechStartedNotice)) == 1


@pytest.mark.requirement("turn.caption.002")
async def test_the_words_of_the_whole_turn_go_before_captions() -> None:
    stt = FakeStt(["one two three"], delay_seconds=2.0)
    async with call(fake_roster(stt=stt), CAPTIONED) as caller:
        await caller.speaks(0.9)
        await caller.falls_silent(0.2)
        heard = len(stt.heard_samples)
        await caller.falls_silent(0.28)
        assert caller.all(fx.SpeechStoppedNotice) == [], "the next caption was due in this pause"
        assert len(stt.heard_samples) == heard, "no caption beside the transcription"


@pytest.mark.requirement("turn.caption.002")
@pytest.mark.parametrize("ending", ["the turn's end", "clearing", "turn detection off"])
async def test_captions_end_with_the_turn(ending: str) -> None:
    stt = FakeStt(["one two three"])
    async with call(fake_roster(stt=stt), CAPTIONED) as caller:
        await caller.speaks(1.5)
        match ending:
            case "clearing":
                caller.session.clear_input(None)
            case "turn detection off":
                caller.configures(ConversationSettings(playout_reports=True, detects_turns=False), None)
            case _:
                await caller.falls_silent()
        heard = len(stt.heard_samples)
        captions = len(caller.all(fx.PartialTranscript))
        await caller.falls_silent(3.0)
        assert len(stt.heard_samples) == heard
        assert len(caller.all(fx.PartialTranscript)) == captions


@pytest.mark.requirement("turn.caption.002")
async def test_a_caption_that_fails_does_not_harm_the_turn() -> None:
    async with call(fake_roster(stt=FakeStt([None, "What is the time?"])), CAPTIONED) as caller:
        await caller.asks(2.0)
        await caller.hears(fx.ReplyDone)
        assert caller.all(fx.PartialTranscript) == []
        assert caller.last(fx.TranscriptionCompleted).transcript == "What is the time?"


@pytest.mark.requirement("turn.caption.002")
async def test_a_stock_client_costs_no_captions() -> None:
    stt = FakeStt()
    async with call(fake_roster(stt=stt), ConversationSettings(transcripts=True), detection=TURNS) as caller:
        await caller.speaks(3.0)
        assert stt.heard_samples == []
