"""The look after providers: whether each is well, all the time, so that no turn has to find out.

Owns when a provider is looked at and what the roster hears of it. Refuses to decide what follows: the circuit breakers
do. A server that answers turns is not looked at besides.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio

from vivavoce.engines.roster import ComponentStatus, Job
from vivavoce.errors import EngineError, VivavoceError

if TYPE_CHECKING:
    from vivavoce.engines.fallback import Provider
    from vivavoce.engines.roster import EngineRoster

__all__ = ["ProviderWatch", "look_at"]

FIRST_LOOK_SECONDS = 3.0
"""How long a start waits for servers that may be there."""

LOOK_SECONDS = 5.0
LOOKS_AT_THE_CLOCK = 6
"""How often it is seen, in the time between two looks, whether one is due: a circuit may open at any time."""


class ProviderWatch:
    """Looks after the providers of one roster."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster
        for provider in roster.providers:
            provider.on_news = partial(self._tell, provider)

    async def first_look(self) -> None:
        """Look at every server once; one that does not answer soon is looked at again by `run`."""
        servers = [provider for provider in self._roster.providers if provider.look is not None]
        async with anyio.create_task_group() as group:
            for provider in servers:
                group.start_soon(look_at, provider, FIRST_LOOK_SECONDS)
        for provider in servers:
            self._tell(provider)

    async def run(self) -> None:
        """Look after the providers until cancelled."""
        async with anyio.create_task_group() as group:
            for provider in self._roster.providers:
                group.start_soon(self._watch, provider)

    async def _watch(self, provider: Provider) -> None:
        looked_at = anyio.current_time()
        while True:
            await anyio.sleep(provider.look_seconds / LOOKS_AT_THE_CLOCK)
            now = anyio.current_time()
            if provider.is_down:
                is_due = provider.breaker.is_look_due(now)
            else:
                is_due = now - max(looked_at, provider.last_answer_at or 0.0) >= provider.look_seconds
            if is_due:
                looked_at = now
                await look_at(provider, LOOK_SECONDS)

    def _tell(self, provider: Provider) -> None:
        if provider.look is None:
            return  # what runs here is reported on by whoever runs it
        error = provider.last_error
        is_well = not provider.is_down
        detail = "" if is_well or error is None else str(error)
        self._roster.report(
            ComponentStatus(
                job=Job(provider.stage), name=provider.title, state="ready" if is_well else "degraded", detail=detail
            )
        )


async def look_at(provider: Provider, deadline_seconds: float = LOOK_SECONDS) -> None:
    """Find out whether a provider is well; what runs on this machine is, as far as anyone can look."""
    error: VivavoceError | None = None
    if provider.look is not None:
        with anyio.move_on_after(deadline_seconds) as scope:
            try:
                await provider.look()
            except VivavoceError as raised:
                error = raised
        if scope.cancelled_caught:
            error = EngineError(
                f"{provider.stage}_timeout",
                f"{provider.title} did not answer within {deadline_seconds:g} seconds.",
                stage=provider.stage,
                retryable=True,
            )
    provider.looked(error)
