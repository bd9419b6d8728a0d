"""The web application of one process, with all that its conversations think with.

Owns the joining of engines, mind and routes. Refuses to listen anywhere, and to know whether other processes serve too.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI

from vivavoce.app.mind.opening import open_mind
from vivavoce.app.mind.routes import mind_routes
from vivavoce.server.application import create_application, create_services
from vivavoce.server.providers_route import providers_routes
from vivavoce.server.services import Services
from vivavoce.server.voices_route import voices_routes

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.holding import Holders
    from vivavoce.server.settings import ServerSettings
    from vivavoce.settings import Settings

__all__ = ["Service", "open_service"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An application, what its routes share, and a sentence for each thing that could not be had."""

    app: FastAPI
    services: Services
    shortcomings: tuple[str, ...]


@asynccontextmanager
async def open_service(
    settings: Settings,
    server: ServerSettings,
    roster: EngineRoster,
    *,
    loop_lag_seconds: Callable[[], float] = lambda: 0.0,
    worker: int = 0,
    holders: Holders | None = None,
) -> AsyncGenerator[Service, None]:
    """Keep an application ready while the context is open; `holders` where conversations may be held elsewhere too.

    Raises:
        InputError: a setting names something that cannot be used.
    """
    missing: list[str] = []
    async with open_mind(
        settings, roster, is_only_worker=server.is_only_worker, holders=holders, say=missing.append
    ) as mind:
        services = create_services(roster, server, loop_lag_seconds=loop_lag_seconds, worker=worker, parts=mind.parts)
        routers = [
            providers_routes(roster),
            voices_routes(roster),
            *mind_routes(mind, services, is_only_worker=server.is_only_worker),
        ]
        app = create_application(roster, server, services=services, routers=routers)
        yield Service(app=app, services=services, shortcomings=tuple(missing))
