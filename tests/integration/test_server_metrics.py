"""`GET /metrics` and the load in `GET /health`, on a real socket."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

pytestmark = pytest.mark.anyio

SETTINGS = ServerSettings(page_folder=None)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def figures(client: httpx2.AsyncClient, url: str) -> dict[str, float]:
    """Return every series without labels besides the worker's, by its name."""
    answer = await client.get(f"{url}/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    samples = [sample for family in families for sample in family.samples]
    return {sample.name: sample.value for sample in samples if set(sample.labels) == {"worker"}}


async def test_the_servers_figures_can_be_scraped() -> None:
    roster = fake_roster()
    roster.workload.note_first_audio(0.35, work_seconds=0.1, now=0.0)
    async with live_server(roster, SETTINGS) as server, httpx2.AsyncClient() as client:
        told = await figures(client, server.url)
        health = (await client.get(f"{server.url}/health")).json()
    assert told["vivavoce_sessions"] == 0
    assert told["vivavoce_sessions_limit"] == 100
    assert told["vivavoce_speculation_allowed"] == 1
    assert told["vivavoce_first_audio_seconds_count"] == 1
    assert told["vivavoce_memory_bytes"] > 1e7
    assert health["speculation"]["kept"] == 0
    assert health["load"]["queue_delay_seconds"] == 0
    assert [worker["answers"] for worker in health["workers"]] == [True]


async def test_the_figures_are_behind_the_key_where_there_is_one() -> None:
    async with live_server(fake_roster(), replace(SETTINGS, api_key="key")) as server, httpx2.AsyncClient() as client:
        assert (await client.get(f"{server.url}/metrics")).status_code == 401
        shown = await client.get(f"{server.url}/metrics", headers={"Authorization": "Bearer key"})
        assert shown.status_code == 200
        assert (await client.get(f"{server.url}/health")).status_code == 200
