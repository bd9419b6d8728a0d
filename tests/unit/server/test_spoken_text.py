"""Texts read aloud over HTTP, by writing: by a voice that can read them, or by none."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import httpx2
import pytest

from tests.unit.server.asking import asking
from vivavoce.engines.fallback import Provider
from vivavoce.engines.roster import ComponentState, ComponentStatus, EngineRoster, Job
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.errors import Stage
from vivavoce.server.application import create_application, create_services
from vivavoce.server.settings import ServerSettings
from vivavoce.server.speak_route import speak_routes
from vivavoce.server.voices_route import voices_routes
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

MISSING = "Its weights are missing. Run: vivavoce models pull kokoro-82m"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def serving(roster: EngineRoster) -> AsyncIterator[httpx2.AsyncClient]:
    settings = ServerSettings()
    services = create_services(roster, settings)
    app = create_application(roster, settings, services=services, routers=(speak_routes(services),))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
        yield client


def english_only(status: ComponentStatus | None = None) -> tuple[EngineRoster, FakeTts]:
    """Return a roster with an English voice, on which `status` is reported as soon as a language is wanted."""
    voice = FakeTts(["en"])
    roster = fake_roster(tts=voice)
    if status is not None:
        roster.on_wanted = lambda _: roster.report(status)
    return roster, voice


def kokoro(state: ComponentState, detail: str = "", progress: float | None = None) -> ComponentStatus:
    return ComponentStatus(job=Job.TTS, name="kokoro-82m", state=state, detail=detail, progress=progress)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/audio/speech", {"input": "早上好。", "response_format": "pcm"}),
        ("/v1/audio/speech", {"input": "おはようございます。", "voice": "hum"}),
        ("/api/speak", {"text": "早上好。"}),
    ],
)
async def test_a_writing_that_no_voice_can_read_is_refused_with_what_to_fetch(path: str, body: dict[str, str]) -> None:
    roster, voice = english_only(kokoro("missing", MISSING))
    async with serving(roster) as client:
        refused = await client.post(path, json=body)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (503, "tts_unavailable")
    assert "vivavoce models pull kokoro-82m" in error["message"]
    assert "Retry-After" not in refused.headers
    assert voice.spoken == []


async def test_a_voice_whose_weights_are_on_their_way_is_worth_asking_again_for() -> None:
    roster, voice = english_only(kokoro("loading", progress=0.0))
    async with serving(roster) as client:
        refused = await client.post("/api/speak", json={"text": "早上好。"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert voice.spoken == []


async def test_a_voice_that_is_being_loaded_is_waited_for_and_reads_the_text() -> None:
    roster, english = english_only(kokoro("loading"))
    chinese = FakeTts(["zh"])
    answers: list[httpx2.Response] = []
    async with serving(roster) as client, anyio.create_task_group() as group:

        async def ask() -> None:
            answers.append(await client.post("/api/speak", json={"text": "早上好。"}))

        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert answers == []
        roster.add_tts(chinese)
        roster.report(kokoro("ready"))
    assert answers[0].status_code == 200
    assert [request.text for request in chinese.spoken] == ["早上好。"]
    assert english.spoken == []


async def test_a_voice_that_was_asked_for_is_loaded_rather_than_another_taken() -> None:
    roster, english = english_only()
    michael = Provider(stage=Stage.TTS, title="kokoro-82m", voices={"en": ("michael",)})
    roster.enlist(michael)
    roster.on_provider_wanted = lambda _: roster.report(kokoro("loading"))
    answers: list[httpx2.Response] = []
    async with serving(roster) as client, anyio.create_task_group() as group:

        async def ask() -> None:
            answers.append(await client.post("/api/speak", json={"text": "Good morning.", "voice": "michael"}))

        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert answers == []
        michaels = FakeTts(["en"], voice="michael")
        roster.add_tts(michaels, michael)
        roster.report(kokoro("ready"))
    assert answers[0].status_code == 200
    assert [request.voice for request in michaels.spoken] == ["michael"]
    assert english.spoken == []


async def test_the_voices_are_listed_with_those_that_are_loaded_when_asked_for() -> None:
    roster, _ = english_only()
    roster.enlist(Provider(stage=Stage.TTS, title="kokoro-82m", voices={"zh": ("zm_yunxi",)}))
    async with asking(voices_routes(roster)) as client:
        listed = (await client.get("/v1/voices")).json()
    assert listed == {
        "object": "list",
        "data": [
            {"name": "hum", "object": "voice", "language": "en", "is_ready": True},
            {"name": "zm_yunxi", "object": "voice", "language": "zh", "is_ready": False},
        ],
    }


async def test_a_text_in_the_common_alphabet_is_read_by_whatever_voice_there_is() -> None:
    voice = FakeTts(["zh"])
    async with serving(fake_roster(tts=voice)) as client:
        answer = await client.post("/api/speak", json={"text": "Good morning."})
    assert answer.status_code == 200
    assert [request.text for request in voice.spoken] == ["Good morning."]
