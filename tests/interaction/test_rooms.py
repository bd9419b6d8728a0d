"""Several viewers in one conversation: who is heard, what waits, and who has to go."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial

import anyio
import anyio.abc
import pytest

from tests.interaction.room_visitors import house
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import StorageError
from vivavoce.realtime.connection import ConnectionSettings
from vivavoce.realtime.query import ConnectionQuery
from vivavoce.rooms.directory import Rooms
from vivavoce.rooms.opening import RoomMaker
from vivavoce.rooms.settings import RoomSettings
from vivavoce.session.driver import Session
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio


@pytest.mark.requirement("room.floor.001")
async def test_one_at_a_time_is_heard_and_then_another() -> None:
    roster = fake_roster(stt=FakeStt(["One.", "Two."]), replies=ScriptedReplies(["Yes."]))
    async with house(roster=roster) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob")
        async with anyio.create_task_group() as group:
            group.start_soon(ann.speaks, 1.0)
            await anyio.sleep(0.3)
            group.start_soon(bob.speaks, 0.5)
            await ann.until(lambda: ann.speaker() == "Ann")
        await ann.falls_silent()
        await bob.until(lambda: bob.speaker() is None)
        assert ann.words() == bob.words() == ["Ann: One."]
        await bob.hears("response.done")
        await anyio.sleep(2.0)
        await bob.speaks(1.0)
        await bob.falls_silent()
        await ann.hears("response.done", 2)
        assert ann.words() == bob.words() == ["Ann: One.", "Bob: Two."]


@pytest.mark.requirement("room.floor.002")
async def test_the_host_takes_the_floor_and_what_was_said_until_then_counts() -> None:
    roster = fake_roster(stt=FakeStt(["I think that", "Quiet, please."]), replies=ScriptedReplies(["Yes."]))
    async with house(roster=roster) as home:
        host = await home.visit("Host")
        bob = await home.visit("Bob", "speaker")
        async with anyio.create_task_group() as group:
            group.start_soon(bob.speaks, 3.0)
            await bob.hears("input_audio_buffer.speech_started")
            await host.speaks(1.0)
            assert bob.speaker() == "Host"
            await host.falls_silent()
        await host.until(lambda: len(host.words()) >= 2)
        assert host.words()[:2] == ["Bob: I think that", "Host: Quiet, please."]


@pytest.mark.requirement("room.floor.003")
async def test_who_hangs_up_in_mid_turn_has_ended_it() -> None:
    roster = fake_roster(stt=FakeStt(["I must go"]), replies=ScriptedReplies(["Bye."]))
    async with house(roster=roster) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob")
        await bob.speaks(1.0)
        assert ann.speaker() == "Bob"
        bob.leaves()
        await ann.hears("response.done")
        assert ann.words() == ["Bob: I must go"]
        await ann.until(lambda: ann.speaker() is None)


@pytest.mark.requirement("room.floor.001")
async def test_a_viewer_has_no_microphone() -> None:
    async with house() as home:
        await home.visit("Host")
        cy = await home.visit("Cy", "viewer")
        await cy.speaks(1.0)
        await cy.falls_silent(3.0)
        assert not cy.all("input_audio_buffer.speech_started")
        cy.says("input_audio_buffer.commit")
        assert (await cy.hears("error"))["error"]["code"] == "floor_not_held"


@pytest.mark.requirement("room.queue.001")
async def test_what_is_written_waits_until_the_reply_has_been_heard() -> None:
    replies = ScriptedReplies(saying("This is a long answer."), saying("Short."))
    async with house(roster=fake_roster(replies=replies)) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob", "viewer")
        ann.writes("One?")
        await ann.hears("response.done")
        bob.writes("Two?")
        ann.writes("Three?")
        await bob.until(lambda: bob.all("vivavoce.room.state")[-1]["waiting"] == 2)
        assert len(replies.requests) == 1
        await bob.hears("response.done", 3)
        asked = [request.messages[-1].content for request in replies.requests]
        assert asked == ["Ann: One?", "Ann: Three?", "Bob: Two?"]


@pytest.mark.requirement("room.queue.001")
async def test_a_line_with_an_id_that_is_there_is_refused_to_its_writer_alone_and_answered_by_nobody() -> None:
    replies = ScriptedReplies(saying("Yes."))
    async with house(roster=fake_roster(replies=replies)) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob", "viewer")
        ann.writes("One?", item_id="item_one")
        await bob.hears("response.done")
        bob.writes("Two?", item_id="item_one", event_id="bobs")
        error = (await bob.hears("error"))["error"]
        assert (error["code"], error["event_id"]) == ("item_create_duplicate_item_id", "bobs")
        await anyio.sleep(5.0)
        assert len(replies.requests) == 1
        assert ann.all("error") == []


@pytest.mark.requirement("room.queue.001")
async def test_of_two_lines_that_wait_with_one_id_the_later_is_refused_to_its_writer() -> None:
    replies = ScriptedReplies(saying("Yes."), saying("Yes."))
    async with house(roster=fake_roster(replies=replies)) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob", "viewer")
        cy = await home.visit("Cy", "viewer")
        ann.writes("One?")
        await ann.hears("response.created")
        bob.writes("Two?", item_id="item_two")
        await bob.until(lambda: bob.all("vivavoce.room.state")[-1]["waiting"] == 1)
        cy.writes("Three?", item_id="item_two", event_id="cys")
        error = (await cy.hears("error"))["error"]
        assert (error["code"], error["event_id"]) == ("item_create_duplicate_item_id", "cys")
        await anyio.sleep(5.0)
        assert [request.messages[-1].content for request in replies.requests] == ["Ann: One?", "Bob: Two?"]
        assert ann.all("error") == bob.all("error") == []


@pytest.mark.requirement("room.queue.001")
async def test_who_writes_in_a_full_conversation_is_told_and_nothing_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replies = ScriptedReplies(saying("Yes."))
    async with house(roster=fake_roster(replies=replies)) as home:
        ann = await home.visit("Ann")
        bob = await home.visit("Bob", "viewer")
        monkeypatch.setattr("vivavoce.conversation.items.MAX_CHARACTERS", 5)
        bob.writes("One more?", event_id="bobs")
        error = (await bob.hears("error"))["error"]
        assert (error["code"], error["event_id"]) == ("conversation_full", "bobs")
        await anyio.sleep(5.0)
        assert list(replies.requests) == []
        assert ann.all("error") == []


@pytest.mark.requirement("room.slow.001")
async def test_a_viewer_who_takes_nothing_is_dropped_and_nobody_waits() -> None:
    replies = ScriptedReplies(saying("These are some words. " * 100))
    async with house(RoomSettings(outbox_bytes=1_500_000), roster=fake_roster(replies=replies)) as home:
        ann = await home.visit("Ann")
        slow = await home.visit("Slow")
        slow.is_stuck = True
        ann.writes("Tell me a long story.")
        began = anyio.current_time()
        await ann.hears("response.done")
        assert anyio.current_time() - began < 1.0
        await slow.until(lambda: slow.closed is not None)
        assert slow.closed == (1013, "client_too_slow")
        await ann.until(lambda: ann.all("vivavoce.room.state")[-1]["viewers"] == 1)
        assert ann.frames > 0


@pytest.mark.requirement("room.slow.001")
async def test_a_viewer_who_is_stuck_over_little_is_dropped_in_time() -> None:
    async with house() as home:
        ann = await home.visit("Ann")
        slow = await home.visit("Slow")
        slow.is_stuck = True
        ann.writes("Hello?")
        await slow.until(lambda: slow.closed is not None)
        assert slow.closed == (1013, "client_too_slow")
        assert ann.closed is None


@pytest.mark.requirement("room.end.001")
async def test_a_room_waits_for_someone_to_come_back_and_then_ends() -> None:
    async with house(RoomSettings(grace_seconds=10.0), roster=fake_roster(replies=ScriptedReplies(["Yes."]))) as home:
        tasks = len(asyncio.all_tasks())
        ann = await home.visit("Ann")
        ann.writes("Hello?")
        await ann.hears("response.done")
        ann.leaves()
        await anyio.sleep(9.0)
        again = await home.visit("Ann")
        assert again.all("session.created")[0]["session"]["id"] == ann.all("session.created")[0]["session"]["id"]
        assert [event["item"]["role"] for event in again.all("conversation.item.done")] == ["user", "assistant"]
        again.leaves()
        await anyio.sleep(9.9)
        assert [room.name for room in home.rooms.listing()] == ["stage"]
        await anyio.sleep(0.5)
        assert home.rooms.listing() == ()
        assert len(asyncio.all_tasks()) == tasks


@pytest.mark.requirement("room.end.001")
async def test_only_its_owner_is_host_of_a_room_that_all_have_left() -> None:
    async with house(RoomSettings(grace_seconds=10.0)) as home:
        ann = await home.visit("Ann", user_id="ann")
        ann.leaves()
        await ann.until(lambda: ann.closed is not None)
        bob = await home.visit("Bob", user_id="bob")
        assert bob.all("vivavoce.room.state")[-1]["role"] == "speaker"
        bob.leaves()
        await bob.until(lambda: bob.closed is not None)
        again = await home.visit("Ann", user_id="ann")
        assert again.all("vivavoce.room.state")[-1]["role"] == "host"


@pytest.mark.requirement("room.end.001")
async def test_whoever_opens_a_room_that_cannot_begin_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(_: Session, *, task_status: object) -> None:
        raise StorageError("history_failed", "The history cannot be written.")

    monkeypatch.setattr(Session, "run", run)
    rooms = Rooms(RoomMaker(fake_roster(), ConnectionSettings()), slot=nullcontext)
    with pytest.raises(StorageError):
        async with rooms.enter(ConnectionQuery(room="stage"), "local"):
            pytest.fail("There is no such room.")
    assert rooms.listing() == ()


@pytest.mark.requirement("room.end.001")
async def test_a_room_that_is_slow_to_begin_keeps_nobody_out_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Session.run

    async def slowly(session: Session, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        await anyio.sleep(60.0)
        await begin(session, task_status=task_status)

    async with house() as home, anyio.create_task_group() as group:
        await home.visit("Ann")
        monkeypatch.setattr(Session, "run", slowly)
        began = anyio.current_time()
        group.start_soon(partial(home.visit, "Cy", room="cellar"))
        group.start_soon(partial(home.visit, "Di", room="cellar"))
        await anyio.wait_all_tasks_blocked()
        await home.visit("Bob")
        assert anyio.current_time() - began < 1.0
        await anyio.sleep(61.0)
        assert [(room.name, room.viewers) for room in home.rooms.listing()] == [("cellar", 2), ("stage", 2)]
