"""`GET /health`: how the service is, for probes and for people.

Owns the summary. It is always answered with 200, for the process lives; whether a turn is possible stands in `status`.
Refuses to judge an engine: the roster knows.
"""

import asyncio
import os
from typing import Literal

import anyio
import psutil
from fastapi import APIRouter
from pydantic import BaseModel

from vivavoce import __version__
from vivavoce.engines.roster import EngineRoster
from vivavoce.server.services import Services

__all__ = [
    "ComponentHealth",
    "Health",
    "LoadFigures",
    "ProcessCounts",
    "SessionCounts",
    "SpeculationCounts",
    "WorkerHealth",
    "health_routes",
]

HealthStatus = Literal["ok", "degraded", "starting"]


class SessionCounts(BaseModel):
    """The spoken conversations: open now, ever opened, and how many there may be."""

    active: int
    total: int
    limit: int


class LoadFigures(BaseModel):
    """How the sessions fare, in seconds: the measures that admission goes by (0 where nothing was measured)."""

    loop_lag_seconds: float
    queue_delay_seconds: float
    first_audio_seconds: float
    sessions_refused: int


class SpeculationCounts(BaseModel):
    """Replies begun before the turn was sure to be over: wanted, in vain, and not begun because of the load."""

    is_allowed: bool
    kept: int
    wasted: int
    declined: int
    wasted_tokens: int
    wasted_clauses: int


class WorkerHealth(BaseModel):
    """One of the processes that serve; `answers` marks the one that this is the answer of."""

    worker: int
    pid: int
    active: int
    total: int
    answers: bool


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
    """The service's health; all but `workers` is that of the process that answers."""

    status: HealthStatus
    version: str
    uptime_seconds: float
    websocket: SessionCounts
    process: ProcessCounts
    load: LoadFigures
    speculation: SpeculationCounts
    workers: list[WorkerHealth]
    components: list[ComponentHealth]


def health_routes(services: Services) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.get("/health")
    async def health() -> Health:
        slots = services.session_slots.statistics()
        return Health(
            status=_status(services.roster),
            version=__version__,
            uptime_seconds=round(services.clock() - services.started, 3),
            websocket=SessionCounts(active=slots.active, total=slots.admitted, limit=slots.limit),
            process=_process(),
            load=_load(services),
            speculation=_speculation(services),
            workers=_workers(services),
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


def _load(services: Services) -> LoadFigures:
    now, workload = anyio.current_time(), services.roster.workload
    return LoadFigures(
        loop_lag_seconds=round(services.loop_lag_seconds(), 4),
        queue_delay_seconds=round(workload.queue_delay_seconds(now), 4),
        first_audio_seconds=round(workload.first_audio_seconds(now), 4),
        sessions_refused=services.session_slots.statistics().refused,
    )


def _speculation(services: Services) -> SpeculationCounts:
    counts = services.roster.workload.speculation_statistics()
    return SpeculationCounts(
        is_allowed=counts.is_allowed,
        kept=counts.kept,
        wasted=counts.wasted,
        declined=counts.declined,
        wasted_tokens=counts.wasted_tokens,
        wasted_clauses=counts.wasted_clauses,
    )


def _workers(services: Services) -> list[WorkerHealth]:
    slots = services.session_slots.statistics()
    own = WorkerHealth(worker=services.worker, pid=os.getpid(), active=slots.active, total=slots.admitted, answers=True)
    others = [
        WorkerHealth(
            worker=report.worker, pid=report.pid, active=report.sessions, total=report.sessions_total, answers=False
        )
        for report in services.colleagues.reports
    ]
    return sorted([own, *others], key=lambda health: health.worker)


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
