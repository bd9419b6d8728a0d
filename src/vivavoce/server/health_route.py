"""`GET /health`: how the service is, for probes and for people.

Owns the summary. It is always answered with 200, for the process lives; whether a turn is possible stands in `status`.
Refuses to judge an engine: the roster knows.
"""

import asyncio
from typing import Literal

import psutil
from fastapi import APIRouter
from pydantic import BaseModel

from vivavoce import __version__
from vivavoce.engines.roster import EngineRoster
from vivavoce.server.services import Services

__all__ = ["ComponentHealth", "Health", "ProcessCounts", "SessionCounts", "health_routes"]

HealthStatus = Literal["ok", "degraded", "starting"]


class SessionCounts(BaseModel):
    """The spoken conversations: open now, ever opened, and how many there may be."""

    active: int
    total: int
    limit: int


class ComponentHealth(BaseModel):
    """One engine's health; `progress` 0..1 while its weights are on the way."""

    job: str
    name: str
    state: str
    detail: str
    progress: float | None


class ProcessCounts(BaseModel):
    """What the server's process holds: nothing of it may grow with sessions that have ended."""

    tasks: int
    threads: int
    memory_bytes: int


class Health(BaseModel):
    """The service's health."""

    status: HealthStatus
    version: str
    uptime_seconds: float
    websocket: SessionCounts
    process: ProcessCounts
    components: list[ComponentHealth]


def health_routes(services: Services) -> APIRouter:
    """Return the route; its uptime counts from now."""
    router = APIRouter()
    started = services.clock()

    @router.get("/health")
    async def health() -> Health:
        slots = services.session_slots.statistics()
        return Health(
            status=_status(services.roster),
            version=__version__,
            uptime_seconds=round(services.clock() - started, 3),
            websocket=SessionCounts(active=slots.active, total=slots.admitted, limit=slots.limit),
            process=_process(),
            components=[
                ComponentHealth(
                    job=component.job,
                    name=component.name,
                    state=component.state,
                    detail=component.detail,
                    progress=component.progress,
                )
                for component in services.roster.statuses
            ],
        )

    return router


def _process() -> ProcessCounts:
    process = psutil.Process()
    return ProcessCounts(
        tasks=len(asyncio.all_tasks()), threads=process.num_threads(), memory_bytes=process.memory_info().rss
    )


def _status(roster: EngineRoster) -> HealthStatus:
    states = {component.state for component in roster.statuses}
    if not roster.can_converse:
        return "starting" if "loading" in states else "degraded"
    return "degraded" if states & {"degraded", "missing"} else "ok"
