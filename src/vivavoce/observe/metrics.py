"""What a server tells of itself to Prometheus: the names, and the text they are written in.

Owns the table of metrics, which the documentation is written from, and the exposition. Refuses to measure anything:
samples come in, from one process or from several.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["METRICS", "Metric", "Sample", "exposition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric; `labels` besides `worker`, which all of them have."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of a metric; `suffix` where the kind has several series (`_bucket`, `_sum`, `_count`)."""

    metric: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)
    suffix: str = ""


_ENGINE = ("job", "engine")

METRICS = (
    Metric(name="vivavoce_sessions", kind="gauge", meaning="Spoken conversations now."),
    Metric(name="vivavoce_sessions_limit", kind="gauge", meaning="Spoken conversations that there may be."),
    Metric(name="vivavoce_sessions_admitted", kind="counter", meaning="Spoken conversations since the start."),
    Metric(
        name="vivavoce_sessions_refused",
        kind="counter",
        meaning="Spoken conversations that were refused, by the error's code.",
        labels=("code",),
    ),
    Metric(name="vivavoce_requests", kind="gauge", meaning="HTTP requests that keep an engine busy now."),
    Metric(name="vivavoce_requests_refused", kind="counter", meaning="HTTP requests refused because of too many."),
    Metric(name="vivavoce_turns", kind="counter", meaning="Turns that users have ended."),
    Metric(
        name="vivavoce_replies",
        kind="counter",
        meaning="Replies that are over: completed, cancelled, incomplete, failed.",
        labels=("status",),
    ),
    Metric(
        name="vivavoce_first_audio_seconds",
        kind="histogram",
        meaning="From the user's last word to the first sound of the reply sent.",
    ),
    Metric(name="vivavoce_queue_places", kind="gauge", meaning="Work an engine does at a time.", labels=_ENGINE),
    Metric(name="vivavoce_queue_busy", kind="gauge", meaning="Work an engine does now.", labels=_ENGINE),
    Metric(name="vivavoce_queue_waiting", kind="gauge", meaning="Work that waits for an engine.", labels=_ENGINE),
    Metric(
        name="vivavoce_queue_delay_seconds",
        kind="gauge",
        meaning="95th percentile of the waits of the last 30 s; work in the background apart.",
        labels=_ENGINE,
    ),
    Metric(name="vivavoce_queue_begun", kind="counter", meaning="Work that an engine has begun.", labels=_ENGINE),
    Metric(
        name="vivavoce_queue_refused",
        kind="counter",
        meaning="Work that was refused because too much waited.",
        labels=_ENGINE,
    ),
    Metric(name="vivavoce_queue_expired", kind="counter", meaning="Work that waited in vain.", labels=_ENGINE),
    Metric(
        name="vivavoce_queue_evicted",
        kind="counter",
        meaning="Work that was stopped to make room for what is more urgent.",
        labels=_ENGINE,
    ),
    Metric(name="vivavoce_speculation_allowed", kind="gauge", meaning="1 while replies are begun on the chance."),
    Metric(name="vivavoce_speculation_kept", kind="counter", meaning="Replies begun on the chance, then wanted."),
    Metric(name="vivavoce_speculation_wasted", kind="counter", meaning="Replies begun on the chance, in vain."),
    Metric(
        name="vivavoce_speculation_declined",
        kind="counter",
        meaning="Pauses at which no reply was begun because of the load.",
    ),
    Metric(
        name="vivavoce_speculation_kept_seconds",
        kind="counter",
        meaning="How long kept replies had been under way when they were wanted.",
    ),
    Metric(name="vivavoce_speculation_wasted_tokens", kind="counter", meaning="Pieces of text written in vain."),
    Metric(name="vivavoce_speculation_wasted_clauses", kind="counter", meaning="Clauses given to the voice in vain."),
    Metric(
        name="vivavoce_event_loop_lag_seconds",
        kind="gauge",
        meaning="99th percentile of how late the event loop wakes.",
    ),
    Metric(name="vivavoce_component_ready", kind="gauge", meaning="1 when an engine is ready.", labels=_ENGINE),
    Metric(name="vivavoce_uptime_seconds", kind="gauge", meaning="Age of the process that serves."),
    Metric(name="vivavoce_memory_bytes", kind="gauge", meaning="Resident memory of the process."),
    Metric(name="vivavoce_threads", kind="gauge", meaning="Threads of the process."),
    Metric(name="vivavoce_tasks", kind="gauge", meaning="Tasks on the event loop."),
)


def exposition(samples: Iterable[Sample]) -> bytes:
    """Return the samples in Prometheus's text format, each metric's together."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Samples(samples))
    return generate_latest(registry)


class _Samples(Collector):
    def __init__(self, samples: Iterable[Sample]) -> None:
        self._families = {metric.name: Family(metric.name, metric.meaning, metric.kind) for metric in METRICS}
        kinds = {metric.name: metric.kind for metric in METRICS}
        for sample in samples:
            suffix = "_total" if kinds[sample.metric] == "counter" else sample.suffix
            self._families[sample.metric].add_sample(f"{sample.metric}{suffix}", sample.labels, sample.value)

    def collect(self) -> Iterator[Family]:
        return (family for family in self._families.values() if family.samples)
