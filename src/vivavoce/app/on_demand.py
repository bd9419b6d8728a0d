"""Engines that a language or a voice asks for while the server runs.

Owns the order: what is on this machine is loaded at once, and never waits behind weights that have yet to be fetched.
Refuses to know who asks, and how an engine is made ready (`provision` does).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from anyio.streams.memory import MemoryObjectReceiveStream

    from vivavoce.app.plan import EngineChoice, EnginePlan
    from vivavoce.app.provision import Provisioner
    from vivavoce.engines.roster import EngineRoster

__all__ = ["loading_on_demand"]

MAX_WAITING = 32


@asynccontextmanager
async def loading_on_demand(provisioner: Provisioner, plan: EnginePlan, roster: EngineRoster) -> AsyncGenerator[None]:
    """Have the roster's wishes fulfilled while the context is open; each returns at once, and may come again.

    How the engines are is told before it returns. What waits is bounded: an engine that finds no room is left to
    whoever wants it next.
    """
    present_in, present = anyio.create_memory_object_stream["EngineChoice"](MAX_WAITING)
    absent_in, absent = anyio.create_memory_object_stream["EngineChoice"](MAX_WAITING)

    def want(choices: Iterable[EngineChoice]) -> None:
        for choice in filter(provisioner.has_yet_to_load, choices):
            waiting = present_in if provisioner.is_present(choice) else absent_in
            try:
                waiting.send_nowait(choice)
            except anyio.WouldBlock:
                continue
            provisioner.expect(choice)

    async with present_in, present, absent_in, absent, anyio.create_task_group() as group:
        group.start_soon(_make_ready, provisioner, present)
        group.start_soon(_make_ready, provisioner, absent)
        roster.on_wanted = lambda language: want(plan.for_language(language))
        roster.on_provider_wanted = lambda provider: want(plan.of_provider(provider))
        try:
            yield
        finally:
            roster.on_wanted = roster.on_provider_wanted = None
            group.cancel_scope.cancel()


async def _make_ready(provisioner: Provisioner, wanted: MemoryObjectReceiveStream[EngineChoice]) -> None:
    async for choice in wanted:
        await provisioner.fetch_and_load(choice)
