"""What a session's history holds at every moment, on virtual time."""

from __future__ import annotations

import anyio
import pytest
import structlog

from tests.unit.session.chronicle_scene import STORY, WALL, Book, reports, written_down
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.engines.protocols import ReplyEnd, ToolCallDelta
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.session.chronicle import FLUSH_SECONDS, FOLLOW_SECONDS
from vivavoce.session.chronicle_entries import items_of
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def test_a_turn_is_kept_with_both_sides_and_the_time_it_took() -> None:
    book = Book()
    async with written_down(book) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(3.0)
        question, answer = book.in_order
        assert (question.role, question.source, question.said, question.heard) == ("user", "audio", "Hello.", None)
        assert (answer.role, answer.source, answer.said, answer.heard) == ("assistant", "audio", "Hello there.", None)
        assert (answer.status, answer.is_interrupted, answer.created_at) == ("completed", False, WALL)
        (turn,) = book.turns.values()
        assert (turn.response_id, turn.user_entry_id, turn.status) == (answer.response_id, question.id, "completed")
        assert {"turn_confirmed", "transcript", "first_token", "first_audio", "played"} <= turn.timings.keys()
    first = book.portions[0]
    assert (first.opens, first.title, first.persona, first.engine) == (True, "Hello.", "viva", "chat_engine")
    assert not any(portion.opens for portion in book.portions[1:])


async def test_the_users_words_are_kept_before_anything_is_answered() -> None:
    book = Book()
    slow = ScriptedReplies(saying("Well.", every=5.0))
    async with written_down(book, fake_roster(replies=slow)) as caller:
        await caller.asks()
        await caller.hears(fx.TranscriptionCompleted)
        await anyio.sleep(0.2)
        assert book.words == ["Hello."]


async def test_words_of_a_client_that_wants_no_transcripts_are_kept_too() -> None:
    book = Book()
    async with written_down(book, settings=ConversationSettings(transcripts=False)) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(1.0)
        assert book.words[0] == "Hello."


async def test_a_reply_grows_as_it_is_heard() -> None:
    book = Book()
    replies = ScriptedReplies(saying(STORY))
    async with written_down(book, fake_roster(replies=replies)) as caller:
        await caller.asks()
        await caller.sees("speaking")
        grown: list[str] = []
        for _ in range(5):
            await caller.falls_silent(1.0)
            reply = book.in_order[-1]
            heard = caller.session.machine.heard(reply.id, anyio.current_time() - 2 * FOLLOW_SECONDS)
            assert heard is not None
            assert reply.heard is not None
            assert reply.heard.startswith(heard[0])
            assert reply.said.startswith(reply.heard)
            assert reply.status == "in_progress"
            grown.append(reply.heard)
        assert sorted(set(grown), key=len) == grown


async def test_an_interrupted_reply_keeps_what_was_heard_of_it() -> None:
    book = Book()
    replies = ScriptedReplies(saying(STORY, every=0.05), saying("As you like."))
    async with written_down(book, fake_roster(replies=replies)) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
        await caller.speaks(0.5)
        await caller.hears(fx.PlayoutCleared)
        await caller.falls_silent(3.0)
        story = book.in_order[1]
        (kept,) = caller.session.machine.items[1].content
        assert (story.status, story.is_interrupted) == ("incomplete", True)
        assert story.heard == kept.heard
        assert 0 < len(story.words) < len(story.said)
        assert book.turns[story.response_id].status == "cancelled"
        assert "interrupted" in book.turns[story.response_id].timings


async def test_a_late_report_mends_what_was_heard() -> None:
    book = Book()
    settings = ConversationSettings(playout_reports=True)
    async with written_down(book, fake_roster(replies=ScriptedReplies(saying(STORY))), settings=settings) as caller:
        await caller.asks()
        await caller.sees("speaking")
        story_id = caller.last(fx.OutputAudio).item_id
        await caller.falls_silent(1.0)
        reports(caller, story_id, 1.0)
        caller.session.dispatch(ev.ReplyCancelRequested(response_id=None))
        await anyio.sleep(0.3)
        before = book.entries[story_id].words
        reports(caller, story_id, 2.5, buffered=0)
        await anyio.sleep(0.5)
        assert len(book.entries[story_id].words) > len(before)


async def test_what_nobody_heard_of_a_reply_is_told_apart_when_the_client_leaves() -> None:
    book = Book()
    async with written_down(book, fake_roster(replies=ScriptedReplies(saying(STORY)))) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
    story = book.in_order[-1]
    assert (story.status, story.is_interrupted) == ("incomplete", True)
    assert 0 < len(story.words) < len(story.said)


async def test_a_greeting_that_nobody_answers_is_no_conversation() -> None:
    book = Book()
    async with written_down(book) as caller:
        caller.requests(ReplyOptions(recital="Good morning."))
        await caller.sees("speaking")
        await anyio.sleep(3.0)
        assert book.portions == []
        caller.types("Hello, you.")
        await anyio.sleep(3.0)
        assert book.words == ["Good morning.", "Hello, you.", "Hello there."]


async def test_typed_words_and_written_replies_are_kept() -> None:
    book = Book()
    async with written_down(book, settings=ConversationSettings(modality="text")) as caller:
        caller.types("Good evening.")
        await caller.hears(fx.ReplyDone)
        await anyio.sleep(0.3)
        question, answer = book.in_order
        assert (question.source, question.said) == ("text", "Good evening.")
        assert (answer.source, answer.said, answer.heard) == ("text", "Hello there.", None)


async def test_replies_beside_the_conversation_leave_no_trace() -> None:
    book = Book()
    async with written_down(book) as caller:
        caller.types("Hello, you.")
        await caller.hears(fx.ReplyDone)
        caller.requests(ReplyOptions(in_band=False, modality="text"))
        await caller.hears(fx.ReplyDone, 2)
        await anyio.sleep(1.0)
        assert book.words == ["Hello, you.", "Hello there."]
        assert len(book.turns) == 1


async def test_a_call_and_its_outcome_are_kept() -> None:
    book = Book()
    call = ToolCallDelta(index=0, call_id="call_1", name="weather", arguments='{"in": "Rome"}')
    async with written_down(book, fake_roster(replies=ScriptedReplies([call, ReplyEnd()]))) as caller:
        caller.types("Is it warm in Rome?")
        await caller.hears(fx.FunctionCallDone)
        caller.sends(Item(id="out", kind="function_call_output", call_id="call_1", output="warm"))
        await anyio.sleep(0.3)
        made, outcome = book.in_order[1:]
        assert made.call is not None
        assert outcome.call is not None
        assert (made.kind, made.call.name, made.call.arguments) == ("function_call", "weather", '{"in": "Rome"}')
        assert (outcome.kind, outcome.call.call_id, outcome.call.output) == ("function_call_output", "call_1", "warm")


async def test_a_tool_that_this_server_runs_is_kept_with_its_outcome() -> None:
    book = Book()
    call = ToolCallDelta(index=0, call_id="call_1", name="weather", arguments='{"in": "Rome"}')
    replies = ScriptedReplies([call, ReplyEnd()], saying("It is warm."))
    settings = ConversationSettings(modality="text", tools=(Tool(name="weather", server_label="vivavoce"),))
    async with written_down(book, fake_roster(replies=replies), settings=settings) as caller:
        caller.types("Is it warm in Rome?")
        await caller.hears(fx.ReplyDone, 2)
        await anyio.sleep(0.3)
        question, use, answer = book.in_order
        assert (question.said, answer.said) == ("Is it warm in Rome?", "It is warm.")
        assert (use.kind, use.status) == ("mcp_call", "completed")
        assert use.call is not None
        assert (use.call.name, use.call.arguments, use.call.output) == ("weather", '{"in": "Rome"}', "warm")
        assert (use.call.server_label, use.call.error_code) == ("vivavoce", "")
    again = items_of(book.in_order)
    assert [(item.kind, item.output) for item in again] == [("message", ""), ("mcp_call", "warm"), ("message", "")]


async def test_a_reply_that_is_deleted_while_it_is_made_comes_back_with_none_of_its_words() -> None:
    book = Book()
    replies = ScriptedReplies(saying(STORY, every=0.05))
    async with written_down(book, fake_roster(replies=replies)) as caller:
        await caller.asks()
        story_id = (await caller.hears(fx.OutputAudio)).item_id
        await caller.falls_silent(1.0)
        assert story_id in book.entries
        caller.session.dispatch(ev.ItemDeleteRequested(item_id=story_id))
        await caller.falls_silent(5.0)
        assert book.words == ["Hello."]


async def test_what_a_reply_rests_on_is_kept_with_it() -> None:
    book = Book()
    async with written_down(book) as caller:
        caller.types("Hello, you.")
        reply = (await caller.hears(fx.ReplyCreated)).reply
        caller.session.dispatch(
            ev.ReplyMemoriesUsed(response_id=reply.response_id, memories=(("fact_1", "Likes tea."),))
        )
        await caller.hears(fx.ReplyDone)
        await anyio.sleep(0.3)
        assert book.turns[reply.response_id].memories == (("fact_1", "Likes tea."),)


async def test_an_item_that_is_deleted_is_gone_and_others_keep_their_order() -> None:
    book = Book()
    async with written_down(book) as caller:
        for name in ("first", "third"):
            caller.sends(Item(id=name, content=(ContentPart(kind="input_text", text=name),)))
        caller.sends(Item(id="second", content=(ContentPart(kind="input_text", text="second"),)), after="first")
        rules = Item(id="zero", role="system", content=(ContentPart(kind="input_text", text="zero"),))
        caller.sends(rules, after="root")
        await anyio.sleep(0.3)
        assert book.words == ["zero", "first", "second", "third"]
        caller.session.dispatch(ev.ItemDeleteRequested(item_id="second"))
        await anyio.sleep(0.3)
        assert book.words == ["zero", "first", "third"]


async def test_nobody_waits_for_a_database_that_is_slow() -> None:
    book = Book()
    book.takes_seconds = 20.0
    async with written_down(book) as caller:
        for number in range(1, 4):
            await caller.asks()
            spoken = await caller.hears(fx.TranscriptionCompleted, number)
            answered = await caller.hears(fx.OutputAudio, number)
            assert caller.time_of(answered) - caller.time_of(spoken) < 0.5
            await caller.falls_silent(3.0)
        book.takes_seconds = 0.0
        await anyio.sleep(60.0)
        assert book.words == ["Hello.", "Hello there."] * 3
        assert len(book.portions) < 9


async def test_what_could_not_be_written_is_written_when_the_database_is_back() -> None:
    book = Book()
    book.is_broken = True
    async with written_down(book) as caller:
        await caller.asks()
        await caller.falls_silent(5.0)
        await caller.asks()
        await caller.falls_silent(5.0)
        assert book.portions == []
        book.is_broken = False
        await anyio.sleep(31.0)
        assert book.words == ["Hello.", "Hello there."] * 2


async def test_a_broken_database_is_tried_less_and_less_often() -> None:
    book = Book()
    book.is_broken = True
    async with written_down(book) as caller:
        await caller.asks()
        await anyio.sleep(600.0)
        assert 10 < book.tries < 40


async def test_a_session_ends_in_time_though_the_database_does_not_answer() -> None:
    book = Book()
    async with written_down(book) as caller:
        await caller.asks()
        book.takes_seconds = 1_000.0
        await caller.falls_silent(2.0)
        left = anyio.current_time()
    assert anyio.current_time() - left <= FLUSH_SECONDS + 0.1


async def test_a_conversation_that_is_deleted_while_it_goes_on_stays_deleted() -> None:
    book = Book()
    async with written_down(book) as caller:
        await caller.asks()
        await caller.falls_silent(3.0)
        book.is_deleted = True
        written = len(book.portions)
        for _ in range(3):
            await caller.asks()
            await caller.falls_silent(3.0)
        assert len(book.portions) == written
        assert book.tries == written + 1


async def test_a_conversation_goes_on_where_it_ended() -> None:
    book = Book()
    replies = ScriptedReplies(saying(STORY), saying("As you like."))
    async with written_down(book, fake_roster(replies=replies)) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
    past = book.in_order
    heard = past[-1].words.strip()
    again = Book()
    replies = ScriptedReplies(saying("So it was."))
    async with written_down(again, fake_roster(replies=replies), past=past) as caller:
        for item in items_of(past):
            caller.sends(item)
        caller.types("And then?")
        await anyio.sleep(3.0)
        assert again.words == ["And then?", "So it was."]
        assert again.in_order[0].place > past[-1].place
        assert not any(portion.opens for portion in again.portions)
    asked = [message.content for message in replies.requests[0].messages]
    assert asked[-3:] == ["Hello.", heard, "And then?"]


async def test_a_turn_of_which_no_words_were_found_leaves_nothing() -> None:
    book = Book()
    async with written_down(book, fake_roster(stt=FakeStt([None, "Hello."]))) as caller:
        await caller.asks()
        await caller.hears(fx.TranscriptionFailed)
        await caller.asks()
        await caller.falls_silent(3.0)
        assert [entry.said for entry in book.in_order if entry.role == "user"] == ["Hello."]


async def test_a_million_marks_take_no_more_room_than_a_thousand() -> None:
    book = Book()
    book.is_broken = True
    with structlog.testing.capture_logs() as lines:
        async with written_down(book) as caller:
            for number in range(1_500):
                caller.sends(Item(id=f"item_{number}", content=(ContentPart(kind="input_text", text=f"{number}"),)))
            await anyio.sleep(1.0)
            book.is_broken = False
            await anyio.sleep(60.0)
            assert book.words == [str(number) for number in range(500, 1_500)]
    assert [line["dropped"] for line in lines if line["event"] == "history_incomplete"] == [500]
