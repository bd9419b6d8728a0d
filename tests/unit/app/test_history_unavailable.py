"""What a server answers about conversations that it does not keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from vivavoce.app.service import open_service
from vivavoce.engines.roster import EngineRoster
from vivavoce.server.settings import ServerSettings
from vivavoce.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("more", "shortcomings"), [({"history": False}, 0), ({"database": NOWHERE}, 1)], ids=["off", "database away"]
)
async def test_a_server_without_a_history_says_that_there_is_none(
    more: dict[str, object], shortcomings: int, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"data": tmp_path, "memory": False, **more})
    async with open_service(settings, ServerSettings(), EngineRoster()) as service:
        transport = httpx2.ASGITransport(app=service.app, client=("127.0.0.1", 5))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765") as client:
            answers = [
                await client.get("/v1/conversations"),
                await client.get("/v1/conversations/c"),
                await client.delete("/v1/conversations"),
            ]
    assert {(answer.status_code, answer.json()["error"]["code"]) for answer in answers} == {
        (503, "history_unavailable")
    }
    assert len(service.shortcomings) == shortcomings
