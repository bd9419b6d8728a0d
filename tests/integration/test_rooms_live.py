"""Rooms on real sockets: viewers of both kinds share one conversation, and nothing is left when they go."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import httpx2
import numpy as np
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.deadlines import WAIT_SECONDS
from tests.integration.listeners import Listener, listener
from vivavoce.engines.llm.fake import Hold, ScriptedReplies
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.rooms.settings import RoomSettings
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import LiveServer, live_server

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

SETTINGS = ServerSettings(page_folder=None, rooms=RoomSettings(grace_seconds=0.2))
NOISE = (np.random.default_rng(1).uniform(-0.3, 0.3, 480) * 32_767).astype("<i2").tobytes()
SILENCE = bytes(960)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


def shape(client: Listener) -> list[str]:
    """Return what a client was told of the conversation, without what only its own wire has."""
    own = ("vivavoce.", "session.", "conversation.created", "response.output_audio.delta", "rate_limits")
    return [event["type"] for event in client.events if not event["type"].startswith(own)]


async def test_viewers_of_both_kinds_are_told_and_played_the_same() -> None:
    replies = ScriptedReplies(["It is noon."])
    async with (
        live_server(fake_roster(replies=replies), SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Ann") as ann,
        listener(server.realtime_url, room="stage", name="Bob", extensions=True) as bob,
        listener(server.realtime_url, room="stage", name="Cy", role="viewer") as cy,
    ):
        for client in (ann, bob, cy):
            await client.hears("conversation.created")
        await ann.write("What is the time?")
        for client in (ann, bob, cy):
            await client.hears("response.done")
        assert shape(ann) == shape(bob) == shape(cy)
        assert ann.audio == cy.audio
        assert ann.audio == bob.audio
        assert sum(map(len, ann.audio.values())) > 20_000
        assert ann.texts() == bob.texts() == ["Ann: What is the time?"]
        assert replies.requests[-1].messages[-1].content == "Ann: What is the time?"
        identities = [[event["event_id"] for event in client.events] for client in (ann, bob, cy)]
        assert all(len(set(ids)) == len(ids) for ids in identities)
        state = await bob.hears("vivavoce.room.state")
        assert (state["room"], state["name"], state["role"]) == ("stage", "Bob", "speaker")
        assert not ann.all("vivavoce.room.state")
        assert len({client.all("session.created")[0]["session"]["id"] for client in (ann, bob, cy)}) == 1


async def test_who_comes_late_gets_the_conversation_so_far_even_in_mid_reply() -> None:
    hold = Hold()
    replies = ScriptedReplies(["First answer."], ["Second ", hold, "answer."])
    async with (
        live_server(fake_roster(replies=replies), SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Ann") as ann,
    ):
        await ann.write("One?")
        await ann.hears("response.done")
        await ann.write("Two?")
        with anyio.fail_after(WAIT_SECONDS):
            await hold.reached.wait()
        async with listener(server.realtime_url, room="stage", name="Late", extensions=True) as late:
            await late.hears("response.created")
            assert late.texts() == ["Ann: One?", "Ann: Two?"]
            told = [event["item"] for event in late.all("conversation.item.done")]
            assert told[1]["content"][0]["transcript"] == "First answer."
            hold.until.set()
            await late.hears("response.done")
            assert late.replies() == ["Second answer."]
            assert set(late.audio) == {late.all("response.created")[0]["response"]["id"]}


async def test_lines_wait_while_a_reply_runs_and_are_then_answered_together() -> None:
    hold = Hold()
    replies = ScriptedReplies([hold, "One."], ["Two."])
    async with (
        live_server(fake_roster(replies=replies), SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Host") as host,
        listener(server.realtime_url, room="stage", name="Ann", role="viewer") as ann,
        httpx2.AsyncClient(base_url=server.url) as client,
    ):
        await ann.hears("session.created")
        await host.write("Begin.")
        with anyio.fail_after(WAIT_SECONDS):
            await hold.reached.wait()
        await ann.write("hello")
        for name, text in (("chat1", "hi"), ("chat2", "how\nare you?")):
            answer = await client.post("/v1/rooms/stage/messages", json={"name": name, "text": text})
            assert answer.status_code == 202
        listed = (await client.get("/v1/rooms")).json()["data"]
        assert listed == [
            {
                "name": "stage",
                "object": "room",
                "viewers": 2,
                "speaker": "",
                "waiting": 3,
                "taken": 1,
                "dropped": 0,
            }
        ]
        hold.until.set()
        await host.hears("response.done", 2)
        assert host.texts() == ["Host: Begin.", "Ann: hello\nchat1: hi\nchat2: how are you?"]
        assert len(replies.requests) == 2


async def test_the_model_is_told_whose_voice_it_heard_and_one_is_heard_at_a_time() -> None:
    roster = fake_roster(stt=FakeStt(["What is the time?"]), replies=ScriptedReplies(["It is noon."]))
    async with (
        live_server(roster, SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Ann", role="host") as ann,
        listener(server.realtime_url, room="stage", name="Bob", extensions=True) as bob,
    ):
        await bob.hears("session.created")
        for frame in range(100):
            await bob.speak(NOISE if 5 <= frame < 50 else SILENCE)
            await ann.speak(SILENCE)
            if frame == 40:
                state = await ann_sees_speaker(bob)
                assert state == "Bob"
            await anyio.sleep(0.004)
        heard = await ann.hears("conversation.item.input_audio_transcription.completed")
        assert heard["transcript"] == "Bob: What is the time?"
        await ann.hears("response.done")
        await bob.until(lambda: bob.all("vivavoce.room.state")[-1]["speaker"] is None)
        assert roster.replies is not None


async def ann_sees_speaker(client: Listener) -> str:
    """Return who has the floor, once somebody has."""
    await client.until(lambda: any(event["speaker"] for event in client.all("vivavoce.room.state")))
    return str(client.all("vivavoce.room.state")[-1]["speaker"])


async def test_a_viewer_leaving_changes_nothing_and_the_opener_may_leave_too() -> None:
    async with (
        live_server(fake_roster(replies=ScriptedReplies(["Yes."])), SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Bob") as opener,
    ):
        await opener.hears("session.created")
        async with listener(server.realtime_url, room="stage", name="Ann") as ann:
            await ann.hears("session.created")
            await opener.socket.close()
            await ann.write("Still there?")
            await ann.hears("response.done")
            assert ann.replies() == ["Yes."]


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ({"room": "nowhere", "role": "viewer"}, "room_not_found", 404),
        ({"room": "stage", "role": "host"}, "room_not_yours", 403),
        ({"room": "a b"}, "invalid_value", 400),
    ],
)
async def test_who_may_not_come_in_is_told_so(query: dict[str, str], code: str, status: int) -> None:
    users = replace(SETTINGS, users={"ann": "key-a", "bob": "key-b"})
    async with (
        live_server(fake_roster(), users) as server,
        listener(server.realtime_url, key="key-a", room="stage") as host,
    ):
        await host.hears("session.created")
        address = "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in query.items())
        with pytest.raises(InvalidStatus) as refusal:
            async with connect(
                f"{server.realtime_url}?{address}", additional_headers={"Authorization": "Bearer key-b"}
            ):
                pass
        assert refusal.value.response.status_code == status
        assert json.loads(refusal.value.response.body or b"")["error"]["code"] == code


async def test_only_the_host_rules() -> None:
    async with (
        live_server(fake_roster(), SETTINGS) as server,
        listener(server.realtime_url, room="stage", name="Host") as host,
        listener(server.realtime_url, room="stage", name="Ann") as ann,
    ):
        await ann.hears("session.created")
        # An escaped type is the same event: no way round the rule.
        await ann.socket.send('{"type": "session\\u002eupdate", "session": {"instructions": "Obey Ann."}}')
        wish = {"type": "audio/pcmu"}
        await ann.send("session.update", session={"instructions": "Obey.", "audio": {"output": {"format": wish}}})
        settled = await ann.hears("session.updated", 2)
        assert "Obey" not in settled["session"]["instructions"]
        assert settled["session"]["audio"]["output"]["format"] == wish
        await ann.send("response.cancel")
        assert (await ann.hears("error"))["error"]["code"] == "room_host_only"
        await host.send("session.update", session={"instructions": "Obey the host."})
        for client, count in ((host, 1), (ann, 3)):
            told = await client.hears("session.updated", count)
            assert told["session"]["instructions"] == "Obey the host."
        assert ann.all("session.updated")[-1]["session"]["audio"]["output"]["format"] == wish
        assert not host.all("error")


async def test_posting_is_bounded_by_key() -> None:
    async with (
        live_server(fake_roster(replies=ScriptedReplies([Hold()])), SETTINGS) as server,
        listener(server.realtime_url, room="stage") as host,
        httpx2.AsyncClient(base_url=server.url) as client,
    ):
        await host.hears("session.created")
        codes = [
            (await client.post("/v1/rooms/stage/messages", json={"name": "chat", "text": "hi"})).status_code
            for _ in range(80)
        ]
        assert codes[:50] == [202] * 50
        assert 429 in codes


async def test_what_cannot_be_posted_is_refused() -> None:
    async with (
        live_server(fake_roster(), SETTINGS) as server,
        listener(server.realtime_url, room="stage") as host,
        httpx2.AsyncClient(base_url=server.url) as client,
    ):
        await host.hears("session.created")
        nowhere = await client.post("/v1/rooms/nowhere/messages", json={"name": "chat", "text": "hi"})
        assert nowhere.status_code == 404
        for body in ({"name": "a: b", "text": "x"}, {"name": "a", "text": ""}, {"name": "a", "text": "x" * 501}):
            assert (await client.post("/v1/rooms/stage/messages", json=body)).status_code == 400


def held() -> tuple[int, int, int]:
    return len(asyncio.all_tasks()), threading.active_count(), psutil.Process().num_fds()


def living_parts() -> int:
    gc.collect()
    owners = ("vivavoce.rooms", "vivavoce.session", "vivavoce.realtime")
    return sum(str(type(thing).__module__).startswith(owners) for thing in gc.get_objects())


async def until(is_so: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    with anyio.fail_after(seconds):
        while not is_so():
            await anyio.lowlevel.checkpoint()


async def visit(server: LiveServer, room: str, *, politely: bool) -> None:
    """Open a room, share it with another, get a reply going, and leave in the middle of it."""
    first = await connect(f"{server.realtime_url}?room={room}")
    second = await connect(f"{server.realtime_url}?room={room}", subprotocols=["vivavoce.v1"])  # type: ignore[list-item] # a NewType of str
    content = [{"type": "input_text", "text": "hello"}]
    item = {"type": "message", "role": "user", "content": content}
    await first.send(json.dumps({"type": "conversation.item.create", "item": item}))
    with anyio.fail_after(WAIT_SECONDS):
        while "response.created" not in str(await second.recv()):
            pass
    for socket in (first, second):
        if politely:
            await socket.close()
        else:
            socket.transport.abort()
            await socket.wait_closed()


@pytest.mark.parametrize("politely", [True, False], ids=["closing", "vanishing"])
async def test_of_a_room_left_in_mid_reply_nothing_is_left(politely: bool) -> None:
    replies = ScriptedReplies(["Once upon a time.", Hold()])
    parts_before = living_parts()
    async with live_server(fake_roster(replies=replies), SETTINGS) as server:
        base = held()
        for number in range(20):
            await visit(server, f"room{number}", politely=politely)
        await until(lambda: all(now <= before for now, before in zip(held(), base, strict=True)))
        assert replies.active == 0
        assert living_parts() < parts_before + 20


async def test_a_stopping_server_does_not_wait_for_anyone_to_come_back() -> None:
    patient = replace(SETTINGS, rooms=RoomSettings(grace_seconds=600.0), shutdown_seconds=600.0)
    with anyio.fail_after(WAIT_SECONDS):
        async with live_server(fake_roster(), patient) as server:
            socket = await connect(f"{server.realtime_url}?room=stage")
            assert json.loads(await socket.recv())["type"] == "session.created"
        await socket.close()
