"""What a worker process knows of the other workers of its server.

Owns the newest report of each. Refuses to know how reports travel. A server of one process has no colleagues.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivavoce.observe.metrics import Sample

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Colleagues", "WorkerReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """How a worker is: its number (from 0), its process, its sessions and all its figures."""

    worker: int
    pid: int
    sessions: int = 0
    sessions_total: int = 0
    samples: tuple[Sample, ...] = field(default=(), repr=False)


class Colleagues:
    """The other workers, by number."""

    def __init__(self) -> None:
        self._reports: dict[int, WorkerReport] = {}

    @property
    def reports(self) -> tuple[WorkerReport, ...]:
        """The newest report of each."""
        return tuple(self._reports[worker] for worker in sorted(self._reports))

    def learn(self, reports: Iterable[WorkerReport]) -> None:
        """Take these reports in the place of all there were."""
        self._reports = {report.worker: report for report in reports}

    def samples(self) -> list[Sample]:
        """Return the figures of all of them."""
        return [sample for report in self.reports for sample in report.samples]
