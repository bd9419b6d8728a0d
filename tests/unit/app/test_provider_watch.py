"""The look after providers, on virtual time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.app.providers.health import ProviderWatch
from vivavoce.engines.fallback import Provider
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.engines.protocols import ChatMessage, ReplyRequest, TextDelta
from vivavoce.engines.roster import EngineRoster
from vivavoce.errors import NetworkError, Stage
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

DOWN = NetworkError("llm_unreachable", "No connection.", remedy="Is it running?")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Server:
    """A server that is there or not, and counts the looks at it."""

    def __init__(self, *, is_up: bool = True, hangs: bool = False) -> None:
        self.is_up = is_up
        self.hangs = hangs
        self.looks = 0

    async def look(self) -> None:
        self.looks += 1
        if self.hangs:
            await anyio.sleep_forever()
        if not self.is_up:
            raise DOWN

    def provider(self, rank: int = 0) -> Provider:
        return Provider(stage=Stage.LLM, title="server", kind="openai", rank=rank, look=self.look)


def rostered(server: Server) -> EngineRoster:
    """Return a roster with the server first and a model of this machine behind it."""
    roster = EngineRoster()
    for provider, name in ((server.provider(), "server"), (Provider(stage=Stage.LLM, title="here", rank=10), "here")):
        roster.enlist(provider)
        roster.add_replies(ScriptedReplies(saying("Yes."), name=name), provider)
    return roster


@asynccontextmanager
async def watched(roster: EngineRoster) -> AsyncIterator[None]:
    watch = ProviderWatch(roster)
    await watch.first_look()
    async with anyio.create_task_group() as group:
        group.start_soon(watch.run)
        yield
        group.cancel_scope.cancel()


async def reply(roster: EngineRoster) -> str:
    request = ReplyRequest(messages=(ChatMessage(role="user", content="Are you there?"),))
    return "".join([d.text async for d in roster.reply_engine().reply(request) if isinstance(d, TextDelta)])


async def test_a_server_that_is_down_at_the_start_is_left_out_and_comes_back_by_itself() -> None:
    server = Server(is_up=False)
    roster = rostered(server)
    async with watched(roster):
        (status,) = roster.statuses
        assert (status.state, status.detail) == ("degraded", "No connection. Is it running?")
        assert roster.reply_engine().name == "here"
        await anyio.sleep(100.0)
        assert roster.reply_engine().name == "here"
        server.is_up = True
        await anyio.sleep(36.0)
        assert roster.reply_engine().name == "server", "it may be tried again"
        assert await reply(roster) == "Yes."
        assert roster.statuses[0].state == "ready"


async def test_a_server_that_dies_between_turns_is_found_out_before_a_turn_pays_for_it() -> None:
    server = Server()
    roster = rostered(server)
    async with watched(roster):
        assert roster.statuses[0].state == "ready"
        server.is_up = False
        await anyio.sleep(36.0)
        assert roster.reply_engine().name == "here"


async def test_a_server_that_hangs_counts_as_down_and_does_not_hold_up_the_start() -> None:
    roster = rostered(Server(hangs=True))
    began = anyio.current_time()
    async with watched(roster):
        assert anyio.current_time() - began <= 3.0
        assert roster.reply_engine().name == "here"
        assert "did not answer within 3 seconds" in roster.statuses[0].detail


async def test_a_server_that_answers_turns_is_not_looked_at_besides() -> None:
    server = Server()
    roster = rostered(server)
    async with watched(roster):
        for _ in range(10):
            await anyio.sleep(10.0)
            await reply(roster)
        assert server.looks == 1


async def test_what_runs_here_gets_another_chance_when_the_wait_is_over() -> None:
    roster = rostered(Server(is_up=False))
    here = roster.providers[1]
    async with watched(roster):
        here.failed(DOWN, here.breaker.began())
        assert here.is_down
        await anyio.sleep(36.0)
        assert not here.is_down
        assert [status.name for status in roster.statuses] == ["server"], "whoever runs it reports on it"
