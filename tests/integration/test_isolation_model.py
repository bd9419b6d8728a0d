"""A real small language model serves many sessions on few places in its memory, and mixes up none of them."""

from __future__ import annotations

import anyio
import pytest

from tests.integration.listeners import Listener, listener
from tests.integration.llm_engines import embedded
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

pytestmark = pytest.mark.anyio

NAMES = ("Quimbletor", "Zuffelbrook", "Harnvixen", "Plontagee")
ROUNDS = 2


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def converse(url: str, name: str, said: dict[str, str]) -> None:
    """Tell the model a name, and ask for it again and again."""
    async with listener(url) as line:
        session = {
            "type": "realtime",
            "output_modalities": ["text"],
            "max_output_tokens": 16,
            "instructions": f"You are {name}. Your name is {name}. Tell the user your name, {name}, in every answer.",
        }
        await line.send("session.update", session=session)
        for turn in range(ROUNDS):
            await line.write("What is your name? Say it in a full sentence.")
            await line.send("response.create")
            await line.hears("response.done", turn + 1)
        said[name] = told_by(line)


def told_by(line: Listener) -> str:
    return " ".join(event["text"] for event in line.all("response.output_text.done"))


async def test_sessions_that_share_a_model_share_nothing_else() -> None:
    said: dict[str, str] = {}
    async with (
        embedded() as engine,
        live_server(fake_roster(replies=engine), ServerSettings(page_folder=None)) as server,
        anyio.create_task_group() as group,
    ):
        for name in NAMES:
            group.start_soon(converse, server.realtime_url, name, said)
    for name, words in said.items():
        assert [other for other in NAMES if other != name and other in words] == []
    # Whether a model so small says its own name is a matter of luck; that it never says another's is not.
    assert all(words.strip() for words in said.values()), said
