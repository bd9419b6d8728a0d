"""A server on a real socket, in the test's own event loop.

Owns its start and its end. Refuses to know the engines behind it.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio

from vivavoce.server.application import create_application
from vivavoce.server.run import serve
from vivavoce.server.settings import ServerSettings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.roster import EngineRoster

__all__ = ["LiveServer", "live_server"]

START_DEADLINE_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveServer:
    """Where a server is reached, without a slash at the end."""

    url: str

    @property
    def api_url(self) -> str:
        """What OpenAI's clients call the base URL."""
        return f"{self.url}/v1"

    @property
    def realtime_url(self) -> str:
        """The WebSocket of the Realtime protocol."""
        return f"ws{self.url.removeprefix('http')}/v1/realtime"


@asynccontextmanager
async def live_server(roster: EngineRoster, settings: ServerSettings | None = None) -> AsyncGenerator[LiveServer, None]:
    """Serve on a free port of `settings.host` (by default loopback, without a page) while the context is open."""
    settings = replace(settings or ServerSettings(page_folder=None), port=0)
    urls: list[str] = []
    started = anyio.Event()

    def ready(url: str) -> None:
        urls.append(url)
        started.set()

    async def run() -> None:
        await serve(create_application(roster, settings), settings, ready=ready)

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        with anyio.fail_after(START_DEADLINE_SECONDS):
            await started.wait()
        try:
            yield LiveServer(url=urls[0])
        finally:
            group.cancel_scope.cancel()
