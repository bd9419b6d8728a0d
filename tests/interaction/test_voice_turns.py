"""Conversations by voice, from the microphone to the speech that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import TURNS, call, tone
from vivavoce.audio.formats import AudioFormat
from vivavoce.conversation import effects as fx
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, calling, saying
from vivavoce.engines.protocols import TextDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.turn.fake import FakeEndOfTurn
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import semantic_turns

if TYPE_CHECKING:
    from vivavoce.engines.roster import EngineRoster

pytestmark = pytest.mark.anyio


def kinds(caller_news: list[fx.News]) -> list[str]:
    return [type(news).__name__ for news in caller_news]


# ------------------------------------------------------------------ by voice


@pytest.mark.requirement("turn.voice.001")
async def test_a_spoken_question_is_transcribed_answered_and_spoken() -> None:
    roster = fake_roster(stt=FakeStt(["What is the time?"]), replies=ScriptedReplies(saying("It is noon.")))
    async with call(roster) as caller:
        await caller.asks()
        done = await caller.hears(fx.ReplyDone)
    assert [type(told.news).__name__ for told in caller.told if not isinstance(told.news, fx.TurnStateChanged)] == [
        "SpeechStartedNotice",
        "SpeechStoppedNotice",
        "InputCommitted",
        "ItemAdded",
        "ItemDone",
        "TranscriptionCompleted",
        "ReplyCreated",
        "OutputItemAdded",
        "ItemAdded",
        "ContentPartAdded",
        "OutputText",
        "OutputMouth",
        "OutputAudio",
        "OutputAudioDone",
        "OutputTextDone",
        "ContentPartDone",
        "OutputItemDone",
        "ItemDone",
        "TurnTimed",
        "ReplyDone",
    ]
    assert caller.last(fx.TranscriptionCompleted).transcript == "What is the time?"
    assert done.reply.output[0].content[0].text == "It is noon."
    assert abs(caller.audio_of(done.reply.response_id)).max() > 0.1
    assert len(caller.audio_of(done.reply.response_id)) == caller.last(fx.OutputAudio).samples


@pytest.mark.requirement("turn.voice.002")
async def test_the_state_goes_from_listening_back_to_listening() -> None:
    async with call() as caller:
        await caller.asks()
        await caller.sees("listening")
        assert caller.states() == ["listening", "processing", "speaking", "listening"]
        reply = caller.last(fx.ReplyDone)
        over = caller.last(fx.TurnStateChanged)
        assert caller.time_of(over) - caller.time_of(reply) == pytest.approx(0.6), "the reply was heard first"


@pytest.mark.requirement("turn.voice.003")
async def test_every_step_is_timed() -> None:
    roster = fake_roster(
        stt=FakeStt(["Hello."], delay_seconds=0.1),
        replies=ScriptedReplies([Pause(0.2), *saying("Hello there.")]),
        tts=FakeTts(delay_seconds=0.05),
    )
    async with call(roster) as caller:
        await caller.asks()
        marks = (await caller.hears(fx.TurnTimed)).marks
        played = (await caller.hears(fx.TurnTimed, 2)).marks.played
    steps = [marks.transcript, marks.first_token, marks.first_clause, marks.first_audio, played]
    assert None not in steps
    assert steps == sorted(steps, key=lambda step: step or 0.0)
    # The work ran under the silence; only the sound waited for the turn to be over.
    assert (marks.first_clause or 0.0) < (marks.turn_confirmed or 0.0) == marks.first_audio
    assert marks.turn_confirmed == pytest.approx(500, abs=60)


@pytest.mark.requirement("turn.voice.004")
async def test_a_reply_begins_to_sound_while_its_model_still_writes() -> None:
    slow = ScriptedReplies([TextDelta(text="Well, let me see. I"), Pause(5.0), TextDelta(text=" do not know.")])
    async with call(fake_roster(replies=slow)) as caller:
        await caller.asks()
        first = await caller.hears(fx.OutputAudio)
        await caller.hears(fx.ReplyDone)
        assert caller.time_of(caller.last(fx.ReplyDone)) - caller.time_of(first) > 3.0


@pytest.mark.requirement("turn.voice.005")
async def test_the_model_is_told_what_was_said_before() -> None:
    replies = ScriptedReplies(saying("One."), saying("Two."))
    roster = fake_roster(stt=FakeStt(["First?", "Second?"]), replies=replies)
    async with call(roster, ConversationSettings(instructions="Be brief.")) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone)
        await caller.sees("listening")
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
    assert [(message.role, message.content) for message in replies.requests[-1].messages] == [
        ("system", "Be brief."),
        ("user", "First?"),
        ("assistant", "One."),
        ("user", "Second?"),
    ]
    assert {request.conversation_id for request in replies.requests} == {"sess_t"}


# ------------------------------------------------------------------ the end of a turn


@pytest.mark.requirement("turn.end.001")
async def test_a_short_pause_does_not_end_a_turn() -> None:
    stt = FakeStt(["Tell me", "Tell me about cats."])
    async with call(fake_roster(stt=stt)) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(0.4)
        await caller.asks()
        await caller.hears(fx.ReplyDone)
    assert kinds(caller.all(fx.SpeechStoppedNotice)) == ["SpeechStoppedNotice"]
    assert caller.last(fx.TranscriptionCompleted).transcript == "Tell me about cats."
    assert stt.heard_samples[1] > stt.heard_samples[0]


@pytest.mark.requirement("turn.end.002")
@pytest.mark.parametrize(("finished", "expected_ms"), [(1.0, 160), (0.0, 2300)])
async def test_a_turn_that_sounds_finished_ends_sooner(finished: float, expected_ms: float) -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about cats."]))
    roster.turn = FakeEndOfTurn([finished])
    assert await confirmed_after_ms(roster) == pytest.approx(expected_ms, abs=60)


@pytest.mark.requirement("turn.end.005")
@pytest.mark.parametrize(
    ("words", "expected_ms"), [("Yes.", 160), ("Tell me about cats.", 500), ("Tell me about the", 2100)]
)
async def test_a_turn_whose_words_ask_for_more_ends_later(words: str, expected_ms: float) -> None:
    roster = fake_roster(stt=FakeStt([words]))
    roster.turn = FakeEndOfTurn([0.7])
    assert await confirmed_after_ms(roster) == pytest.approx(expected_ms, abs=60)


class ScriptedReader:
    """A language model that finds the words as final as it was told to; it remembers what it was asked."""

    def __init__(self, probability: float | None, *, delay_seconds: float = 0.03) -> None:
        self._probability = probability
        self._delay_seconds = delay_seconds
        self.asked: list[tuple[str, str]] = []

    async def turn_end_probability(self, words: str, *, conversation_id: str) -> float | None:
        self.asked.append((words, conversation_id))
        await anyio.sleep(self._delay_seconds)
        return self._probability


@pytest.mark.requirement("turn.end.005")
@pytest.mark.parametrize(("final", "expected_ms"), [(0.9, 160), (None, 500), (0.001, 1600)])
async def test_the_language_model_has_a_say_in_when_a_turn_ends(final: float | None, expected_ms: float) -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about cats."]))
    roster.turn = FakeEndOfTurn([0.7])
    roster.turn_reader = reader = ScriptedReader(final)
    assert await confirmed_after_ms(roster) == pytest.approx(expected_ms, abs=60)
    assert [words for words, _ in reader.asked][-1] == "Tell me about cats"


@pytest.mark.requirement("turn.end.005")
async def test_a_slow_language_model_is_waited_for_a_little_and_no_longer() -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about cats."]))
    roster.turn = FakeEndOfTurn([0.9])
    roster.turn_reader = ScriptedReader(0.001, delay_seconds=0.5)
    assert await confirmed_after_ms(roster) == pytest.approx(256, abs=40)


@pytest.mark.requirement("turn.end.005")
async def test_where_sound_and_words_leave_no_doubt_the_language_model_is_left_alone() -> None:
    roster = fake_roster(stt=FakeStt(["Yes, please."]))
    roster.turn = FakeEndOfTurn([0.99])
    roster.turn_reader = reader = ScriptedReader(0.001)
    assert await confirmed_after_ms(roster) == pytest.approx(160, abs=40)
    assert reader.asked == []


async def confirmed_after_ms(roster: EngineRoster) -> float | None:
    """Say something, stay silent, and return after how much silence the turn was over."""
    async with call(roster, detection=semantic_turns("medium")) as caller:
        await caller.speaks(1.0)
        await caller.falls_silent(3.0)
        await caller.hears(fx.ReplyDone)
    return caller.all(fx.TurnTimed)[0].marks.turn_confirmed


class SilentEndOfTurn:
    """An end-of-turn model that never answers."""

    async def probability(self, audio: object) -> float:
        await anyio.sleep_forever()
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing to free."""


@pytest.mark.requirement("turn.end.003")
async def test_without_a_judgement_words_and_silence_end_the_turn() -> None:
    roster = fake_roster(stt=FakeStt(["Tell me about the"]))
    roster.turn = SilentEndOfTurn()
    async with call(roster, detection=semantic_turns("medium")) as caller:
        tasks = len(anyio.get_running_tasks())
        await caller.speaks(1.0)
        await caller.falls_silent(3.0)
        await caller.hears(fx.ReplyDone)
        await caller.sees("listening")
        await anyio.sleep(1.0)
        assert len(anyio.get_running_tasks()) == tasks, "nobody waits for the judgement any more"
    assert caller.all(fx.TurnTimed)[0].marks.turn_confirmed == pytest.approx(1_920, abs=60)


@pytest.mark.requirement("turn.end.003")
async def test_with_nothing_known_in_time_the_turn_still_ends() -> None:
    roster = fake_roster(stt=FakeStt(["Late."], delay_seconds=5.0))
    roster.turn = SilentEndOfTurn()
    assert await confirmed_after_ms(roster) == pytest.approx(1_096, abs=60)


@pytest.mark.requirement("turn.end.003")
async def test_without_an_end_of_turn_model_there_is_still_silence() -> None:
    roster = fake_roster()
    roster.turn = None
    async with call(roster, detection=semantic_turns("low")) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyDone)


@pytest.mark.requirement("turn.end.004")
async def test_a_client_that_stops_sending_has_ended_its_turn() -> None:
    async with call() as caller:
        await caller.speaks(1.0)
        last_audio = anyio.current_time()
        stopped = await caller.hears(fx.SpeechStoppedNotice)
        assert 2.0 <= caller.time_of(stopped) - last_audio <= 3.5
        await caller.hears(fx.ReplyDone)


# ------------------------------------------------------------------ noise


@pytest.mark.requirement("turn.noise.001")
async def test_key_strokes_start_no_turn() -> None:
    async with call() as caller:
        for _ in range(20):
            await caller.speaks(0.02)
            await caller.falls_silent(0.3)
    assert caller.all(fx.SpeechStartedNotice) == []


@pytest.mark.requirement("turn.noise.002")
async def test_a_cough_is_not_answered() -> None:
    replies = ScriptedReplies()
    async with call(fake_roster(stt=FakeStt([""]), replies=replies)) as caller:
        await caller.asks(0.3)
        await caller.sees("listening")
    assert caller.last(fx.TranscriptionCompleted).transcript == ""
    assert caller.all(fx.ReplyCreated) == []
    assert replies.requests == []


# ------------------------------------------------------------------ by hand, typed, and items with audio


@pytest.mark.requirement("turn.manual.001")
async def test_a_turn_by_hand_is_committed_and_answered_on_request() -> None:
    by_hand = ConversationSettings(detects_turns=False, reply_after_turn=False, interruptible=False, transcripts=True)
    async with call(settings=by_hand, detection=None) as caller:
        await caller.speaks(1.0)
        caller.session.commit_input(None)
        await caller.hears(fx.TranscriptionCompleted)
        assert caller.all(fx.SpeechStartedNotice) == []
        caller.requests()
        await caller.hears(fx.ReplyDone)
        committed = caller.last(fx.InputCommitted)
        assert committed.end_sample - committed.start_sample == pytest.approx(16_000, abs=100)
        await caller.speaks(0.5)
        caller.session.commit_input(None)
        assert caller.last(fx.InputCommitted).start_sample == committed.end_sample


@pytest.mark.requirement("turn.manual.001")
async def test_cleared_audio_is_in_no_turn() -> None:
    by_hand = ConversationSettings(detects_turns=False, reply_after_turn=False)
    async with call(settings=by_hand, detection=None) as caller:
        await caller.speaks(1.0)
        caller.session.clear_input(None)
        await caller.speaks(0.5)
        caller.session.commit_input(None)
        committed = caller.last(fx.InputCommitted)
        assert committed.end_sample - committed.start_sample == pytest.approx(8_000, abs=100)


@pytest.mark.requirement("turn.manual.001")
async def test_a_turn_under_way_can_be_cleared_and_another_begun() -> None:
    async with call() as caller:
        await caller.speaks(1.0)
        caller.session.clear_input(None)
        await caller.falls_silent(1.0)
        assert caller.all(fx.InputCommitted) == []
        await caller.asks()
        await caller.hears(fx.ReplyDone)
        assert len(caller.all(fx.InputCommitted)) == 1


@pytest.mark.requirement("turn.manual.002")
async def test_a_refused_commit_does_not_lose_the_turn_under_way() -> None:
    """Speech is recognised after 96 ms, and 100 ms are the least that can be committed: a client can be in between."""
    async with call() as caller:
        # So that the detector's frames end where ours do, in spite of what the resampler holds back.
        caller.session.hear(bytes(2 * 60))
        await caller.speaks(1.024, frame_seconds=0.032)
        while not caller.all(fx.InputCommitted):
            await caller.falls_silent(0.032, frame_seconds=0.032)
        await caller.speaks(0.096, frame_seconds=0.032)
        assert len(caller.all(fx.SpeechStartedNotice)) == 2
        caller.session.commit_input("e1")
        assert caller.last(fx.ErrorRaised).failure.code == "input_audio_buffer_commit_empty"
        await caller.falls_silent()
        assert len(caller.all(fx.InputCommitted)) == 2


@pytest.mark.requirement("turn.text.001")
@pytest.mark.parametrize("modality", ["audio", "text"])
async def test_a_typed_message_is_answered(modality: str) -> None:
    options = ReplyOptions(modality="audio") if modality == "audio" else ReplyOptions(modality="text")
    replies = ScriptedReplies(saying("Hello there."))
    async with call(fake_roster(replies=replies)) as caller:
        caller.sends(Item(id="", content=(ContentPart(kind="input_text", text="Hello?"),)))
        caller.requests(options)
        done = await caller.hears(fx.ReplyDone)
    assert done.reply.status == "completed"
    assert (len(caller.audio_of(done.reply.response_id)) > 0) is (modality == "audio")
    assert replies.requests[0].messages[-1].content == "Hello?"


@pytest.mark.requirement("turn.item.001")
async def test_an_item_with_audio_is_transcribed_and_answered() -> None:
    stt = FakeStt(["From the item."])
    replies = ScriptedReplies()
    async with call(fake_roster(stt=stt, replies=replies)) as caller:
        item = Item(id="mine", content=(ContentPart(kind="input_audio"),))
        caller.sends(item, tone(1.0))
        caller.requests()
        await caller.hears(fx.ReplyDone)
    assert stt.heard_samples == [16_000]
    assert replies.requests[0].messages[-1].content == "From the item."


@pytest.mark.requirement("turn.item.001")
async def test_the_audio_of_a_refused_item_is_not_kept() -> None:
    async with call() as caller:
        item = Item(id="mine", content=(ContentPart(kind="input_audio"),))
        caller.sends(item, tone(3.0), after="nobody")
        assert caller.last(fx.ErrorRaised).failure.code == "item_not_found"
        caller.sends(item, tone(1.0))
        caller.retrieves("mine")
        assert len(caller.retrieved_audio()) == 24_000


# ------------------------------------------------------------------ tools


@pytest.mark.requirement("turn.tool.001")
async def test_a_tool_is_called_and_its_output_is_answered() -> None:
    replies = ScriptedReplies(calling("weather", '{"place": "here"}', call_id="c1"), saying("It pours."))
    async with call(fake_roster(replies=replies)) as caller:
        await caller.asks()
        done = await caller.hears(fx.FunctionCallDone)
        assert (done.call_id, done.name, done.arguments) == ("c1", "weather", '{"place": "here"}')
        await caller.hears(fx.ReplyDone)
        caller.sends(Item(id="", kind="function_call_output", call_id="c1", output="rain"))
        await anyio.sleep(5.0)
        assert len(replies.requests) == 1, "the server does not go on by itself"
        caller.requests()
        await caller.hears(fx.ReplyDone, 2)
    assert [message.role for message in replies.requests[1].messages] == ["user", "assistant", "tool"]


# ------------------------------------------------------------------ settings


@pytest.mark.requirement("session.settings.001")
async def test_settings_changed_in_mid_turn_lose_nothing() -> None:
    before = ConversationSettings(transcripts=True)
    after = ConversationSettings(transcripts=True, instructions="Be brief.")
    replies = ScriptedReplies(saying("Hello."))
    async with call(fake_roster(replies=replies), before) as caller:
        await caller.speaks(1.0)
        caller.configures(after, TURNS)
        await caller.falls_silent()
        await caller.hears(fx.ReplyDone)
    assert replies.requests[-1].messages[0].content == "Be brief."


@pytest.mark.requirement("session.settings.001")
async def test_turn_detection_can_be_turned_off_and_on_again() -> None:
    settings = ConversationSettings()
    by_hand = ConversationSettings(detects_turns=False)
    async with call(settings=settings) as caller:
        await caller.speaks(1.0)
        caller.configures(by_hand, None)
        await caller.falls_silent(2.0)
        assert caller.all(fx.InputCommitted) == []
        assert caller.states()[-1] == "listening"
        caller.configures(settings, TURNS)
        await caller.asks()
        await caller.hears(fx.ReplyDone)
        assert len(caller.all(fx.InputCommitted)) == 1


@pytest.mark.requirement("session.settings.001")
async def test_a_telephone_is_heard_like_a_microphone() -> None:
    loud, quiet = bytes([0x80, 0x00] * 80), bytes([0xFF] * 160)
    async with call() as caller:
        await caller.falls_silent(0.5)
        caller.session.configure(ConversationSettings(), audio_format=AudioFormat.PCMU_8K, detection=TURNS)
        for frame in [loud] * 50 + [quiet] * 40:
            caller.session.hear(frame)
            await anyio.sleep(0.02)
        await caller.hears(fx.ReplyDone)
        started = caller.last(fx.SpeechStartedNotice).audio_start_ms
        assert started == pytest.approx(500 - 300, abs=40), "the stream goes on where it was"


# ------------------------------------------------------------------ silence


@pytest.mark.requirement("turn.silence.001")
async def test_a_user_who_says_nothing_is_spoken_to() -> None:
    replies = ScriptedReplies(saying("Yes?"))
    async with call(fake_roster(replies=replies), ConversationSettings(idle_seconds=6.0)) as caller:
        await caller.asks()
        answer = await caller.hears(fx.ReplyDone)
        await caller.falls_silent(8.0)
        timed_out = await caller.hears(fx.InputTimedOut)
        await caller.hears(fx.ReplyDone, 2)
    committed = caller.last(fx.InputCommitted)
    assert timed_out.item_id == committed.item_id
    assert timed_out.audio_end_ms - timed_out.audio_start_ms == 6_000
    assert timed_out.audio_end_ms == committed.end_sample // 16
    playing = len(caller.audio_of(answer.reply.response_id)) / 24_000
    assert caller.time_of(timed_out) - caller.time_of(answer) == pytest.approx(6.0 + playing, abs=0.1)
    assert replies.requests[-1].messages[-1].content == "(The user is silent.)"
