"""One process's figures, as samples of the metrics.

Owns where each figure is read. Refuses to know how they travel (`metrics_route`) and their meaning (`observe.metrics`).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil

from vivavoce.observe.metrics import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vivavoce.engines.workload import EngineQueue
    from vivavoce.observe.histogram import Histogram
    from vivavoce.server.services import Services

__all__ = ["measures"]


def measures(services: Services) -> list[Sample]:
    """Return all figures of this process as they are now."""
    worker = {"worker": str(services.worker)}
    return [
        replace(sample, metric=f"vivavoce_{sample.metric}", labels=worker | sample.labels)
        for part in (_admission, _conversation, _queues, _speculation, _process)
        for sample in part(services)
    ]


def _admission(services: Services) -> Iterator[Sample]:
    sessions, requests = services.session_slots.statistics(), services.request_slots.statistics()
    yield from _values({"sessions": sessions.active, "sessions_limit": sessions.limit})
    yield from _values({"sessions_admitted": sessions.admitted})
    for code in ("session_limit_reached", "server_busy"):
        yield Sample(metric="sessions_refused", value=sessions.refusals.get(code, 0), labels={"code": code})
    yield from _values({"requests": requests.active, "requests_refused": requests.refused})


def _conversation(services: Services) -> Iterator[Sample]:
    workload = services.roster.workload
    yield Sample(metric="turns", value=workload.turns)
    for status in ("completed", "cancelled", "incomplete", "failed"):
        yield Sample(metric="replies", value=workload.replies.get(status, 0), labels={"status": status})
    yield from _histogram("first_audio_seconds", workload.first_audio)


def _queues(services: Services) -> Iterator[Sample]:
    for queue in services.roster.queues:
        yield from _queue(queue)
    for component in services.roster.statuses:
        labels = {"job": component.job.value, "engine": component.name}
        yield Sample(metric="component_ready", value=float(component.state == "ready"), labels=labels)


def _queue(queue: EngineQueue) -> Iterator[Sample]:
    labels, now = {"job": queue.job, "engine": queue.engine}, queue.statistics
    figures = {
        "places": now.places,
        "busy": now.busy,
        "waiting": now.waiting,
        "delay_seconds": now.delay_seconds,
        "begun": now.begun,
        "refused": now.refused,
        "expired": now.expired,
        "evicted": now.evicted,
    }
    yield from _values({f"queue_{name}": value for name, value in figures.items()}, labels)


def _speculation(services: Services) -> Iterator[Sample]:
    counts = services.roster.workload.speculation_statistics()
    figures = {
        "allowed": float(counts.is_allowed),
        "kept": counts.kept,
        "wasted": counts.wasted,
        "declined": counts.declined,
        "kept_seconds": counts.kept_seconds,
        "wasted_tokens": counts.wasted_tokens,
        "wasted_clauses": counts.wasted_clauses,
    }
    yield from _values({f"speculation_{name}": value for name, value in figures.items()})


def _process(services: Services) -> Iterator[Sample]:
    process = psutil.Process()
    yield from _values(
        {
            "event_loop_lag_seconds": services.loop_lag_seconds(),
            "uptime_seconds": services.clock() - services.started,
            "memory_bytes": process.memory_info().rss,
            "threads": process.num_threads(),
            "tasks": len(asyncio.all_tasks()),
        }
    )


def _values(figures: Mapping[str, float], labels: Mapping[str, str] | None = None) -> Iterator[Sample]:
    for name, value in figures.items():
        yield Sample(metric=name, value=value, labels=dict(labels or {}))


def _histogram(metric: str, histogram: Histogram) -> Iterator[Sample]:
    count = 0
    for bound, count in histogram.cumulative():
        least = "+Inf" if bound == float("inf") else f"{bound:g}"
        yield Sample(metric=metric, value=count, labels={"le": least}, suffix="_bucket")
    yield Sample(metric=metric, value=histogram.total, suffix="_sum")
    yield Sample(metric=metric, value=count, suffix="_count")
