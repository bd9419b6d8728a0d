"""The web application: every route and every guard of a server, put together.

Owns the order in which a request meets them. Refuses to listen anywhere: `run` does.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio
from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware

from vivavoce import __version__
from vivavoce.mind.conversation import ConversationMind
from vivavoce.resilience.admission import LoadReading
from vivavoce.rooms.directory import Rooms
from vivavoce.rooms.opening import RoomMaker
from vivavoce.server.admission import SessionSlots, Slots
from vivavoce.server.auth import Gatekeeper
from vivavoce.server.chat_route import chat_routes
from vivavoce.server.error_responses import install_error_handlers
from vivavoce.server.health_route import health_routes
from vivavoce.server.metrics_route import metrics_routes
from vivavoce.server.models_route import models_routes
from vivavoce.server.page import serve_page
from vivavoce.server.perimeter import BodyLimit, Perimeter, SecurityHeaders
from vivavoce.server.realtime_route import realtime_routes
from vivavoce.server.rooms_route import rooms_routes
from vivavoce.server.services import Services
from vivavoce.server.speech_route import speech_routes
from vivavoce.server.transcription_route import transcription_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.parts import MindParts
    from vivavoce.server.settings import ServerSettings

__all__ = ["create_application", "create_services"]


def create_services(
    roster: EngineRoster,
    settings: ServerSettings,
    *,
    wall_clock: Callable[[], float] = time.time,  # noqa: TID251 - OpenAI's objects carry dates; nothing is timed by it
    clock: Callable[[], float] = time.monotonic,
    loop_lag_seconds: Callable[[], float] = lambda: 0.0,
    worker: int = 0,
    parts: MindParts | None = None,
) -> Services:
    """Return what the routes share; `worker` is the number of this process among several.

    Without `parts` a conversation has only a language model.
    """

    def measure() -> LoadReading:
        # The engines' waits are timed by the event loop's clock.
        now = anyio.current_time()
        return LoadReading(
            loop_lag_seconds=loop_lag_seconds(),
            queue_delay_seconds=roster.workload.queue_delay_seconds(now),
            first_audio_seconds=roster.workload.first_audio_seconds(now),
        )

    slots = SessionSlots(settings.max_sessions, limits=settings.admission, measure=measure, clock=clock)
    return Services(
        roster=roster,
        settings=settings,
        gatekeeper=Gatekeeper(settings),
        session_slots=slots,
        rooms=_rooms(roster, settings, slots, parts),
        make_mind=None if parts is None else partial(ConversationMind, parts),
        request_slots=Slots(settings.max_requests, code="request_limit_reached", noun="places for requests"),
        wall_clock=wall_clock,
        clock=clock,
        started=clock(),
        loop_lag_seconds=loop_lag_seconds,
        worker=worker,
    )


def _rooms(roster: EngineRoster, settings: ServerSettings, slots: Slots, parts: MindParts | None) -> Rooms | None:
    if not settings.is_only_worker:
        return None
    # Others listen: neither may they hear what is remembered of the owner, nor what they say be taken for the owner's.
    make_mind = None if parts is None else partial(ConversationMind, replace(parts, memory=None, records_audio=False))
    maker = RoomMaker(roster, settings.connection, make_mind=make_mind, settings=settings.rooms)
    return Rooms(maker, slot=slots.take)


def create_application(
    roster: EngineRoster,
    settings: ServerSettings,
    *,
    services: Services | None = None,
    routers: Iterable[APIRouter] = (),
) -> FastAPI:
    """Return the application that serves the roster's engines, and whatever `routers` serve."""
    services = services or create_services(roster, settings)
    # The documentation pages would load scripts from other people's servers.
    app = FastAPI(title="vivavoce", version=__version__, docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    install_error_handlers(app)
    _add_guards(app, services)
    for routes in (
        health_routes,
        metrics_routes,
        models_routes,
        chat_routes,
        transcription_routes,
        speech_routes,
        realtime_routes,
    ):
        app.include_router(routes(services))
    if services.rooms is not None:
        app.include_router(rooms_routes(services.rooms))
    for router in routers:
        app.include_router(router)
    serve_page(app, settings.page_folder)
    return app


def _add_guards(app: FastAPI, services: Services) -> None:
    """Put the guards around the routes; the last one added is the first one met."""
    settings = services.settings
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(Perimeter, gatekeeper=services.gatekeeper)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
            max_age=600,
        )
    app.add_middleware(SecurityHeaders)
