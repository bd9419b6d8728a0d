"""`/v1/providers` over a roster whose providers answer and fail as the test says."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.unit.server.asking import asking
from vivavoce.engines.fallback import Provider
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import EngineError, Stage
from vivavoce.server.providers_route import providers_routes
from vivavoce.testing.virtual_time import VirtualTimeLoop

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


def ear(title: str, rank: int, *, kind: Any = "embedded") -> Provider:
    return Provider(stage=Stage.STT, title=title, rank=rank, kind=kind, languages=frozenset({"zh", "en"}))


async def listed(*providers: Provider, missing: str = "") -> list[dict[str, Any]]:
    """Return what the route answers."""
    roster = EngineRoster()
    for provider in providers:
        roster.enlist(provider)
        if provider.title != missing:
            roster.add_stt(FakeStt(), provider)
    if missing:
        roster.report(ComponentStatus(job=Job.STT, name=missing, state="missing", detail="There is no model."))
    async with asking(providers_routes(roster)) as client:
        answer = (await client.get("/v1/providers")).json()
    assert answer["object"] == "list"
    told: list[dict[str, Any]] = answer["data"]
    return told


async def test_providers_are_told_in_the_order_they_are_asked_in_with_who_answered_last() -> None:
    first, second = ear("first", 0), ear("second", 1)
    first.answered(0.25)
    await anyio.sleep(2.0)
    second.answered(0.5)
    await anyio.sleep(3.0)
    told = await listed(second, first)
    assert [one["name"] for one in told] == ["first", "second"]
    assert [one["answered_last"] for one in told] == [False, True]
    assert [one["last_answer_seconds_ago"] for one in told] == [5.0, 3.0]
    assert (told[0]["state"], told[0]["languages"], told[0]["last_latency_ms"]) == ("ready", ["en", "zh"], 250.0)


async def test_a_provider_that_fails_is_down_and_says_why() -> None:
    broken = ear("broken", 0)
    for _ in range(20):
        broken.failed(EngineError("stt_gone", "It is gone.", stage=Stage.STT, remedy="Start it."), 0)
    told = await listed(broken)
    assert (told[0]["state"], told[0]["circuit"]) == ("down", "open")
    assert told[0]["last_error"] == {"code": "stt_gone", "message": "It is gone.", "remedy": "Start it."}
    assert told[0]["detail"]


async def test_a_provider_without_its_model_is_missing_and_says_so() -> None:
    told = await listed(ear("here", 0), ear("gone", 1), missing="gone")
    assert [(one["state"], one["detail"]) for one in told] == [("ready", ""), ("missing", "There is no model.")]
