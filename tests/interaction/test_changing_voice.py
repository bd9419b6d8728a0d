"""Another voice in mid-conversation: for whoever expects it, and only for them."""

from __future__ import annotations

import pytest

from tests.interaction.caller import call
from tests.interaction.stock_client import stock_client
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.testing.engines import fake_roster

pytestmark = pytest.mark.anyio


@pytest.mark.requirement("turn.voice.006")
async def test_a_page_changes_voice_and_speed_after_the_first_reply_and_the_next_one_has_them() -> None:
    voice = FakeTts()
    async with stock_client(fake_roster(tts=voice), extensions=True) as client:
        client.types("Hello.")
        await client.hears("response.done")
        output = {"voice": "hum", "speed": 1.25}
        client.says("session.update", session={"type": "realtime", "audio": {"output": output}})
        told = await client.hears("session.updated")
        client.types("And now?")
        await client.hears("response.done", 2)
    assert {name: told["session"]["audio"]["output"][name] for name in output} == output
    assert [(request.voice, request.speed) for request in (voice.spoken[0], voice.spoken[-1])] == [
        ("", 1.0),
        ("hum", 1.25),
    ]
    assert client.all("error") == []


@pytest.mark.requirement("engine.failure.003")
async def test_what_a_language_needs_is_fetched_when_a_session_begins_in_it() -> None:
    roster = fake_roster()
    wanted: list[str] = []
    roster.on_wanted = wanted.append
    async with call(roster, ConversationSettings(transcripts=True, language="zh")):
        assert wanted == ["zh"]


@pytest.mark.requirement("turn.voice.006")
async def test_a_stock_client_is_told_that_it_is_too_late_for_another_voice() -> None:
    voice = FakeTts()
    async with stock_client(fake_roster(tts=voice)) as client:
        client.types("Hello.")
        await client.hears("response.done")
        client.says("session.update", session={"type": "realtime", "audio": {"output": {"voice": "hum"}}})
        refusal = await client.hears("error")
        client.types("And now?")
        await client.hears("response.done", 2)
    assert refusal["error"]["code"] == "cannot_update_voice"
    assert {request.voice for request in voice.spoken} == {""}
