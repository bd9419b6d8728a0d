"""Engines made ready: weights fetched where they are missing, models loaded off the event loop, health reported.

Owns the order (what a first spoken turn needs comes first) and what happens when something is missing: the service
starts without it, says so, and takes it up when it comes. Refuses to choose engines (`plan` does) and to serve anyone.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import anyio.from_thread
import anyio.to_thread
import structlog

from vivavoce.engines.roster import ComponentStatus, Job
from vivavoce.errors import VivavoceError
from vivavoce.models.hub_models import bring, is_here, pull_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.app.loaders import LoadedEngine
    from vivavoce.app.plan import EngineChoice
    from vivavoce.engines.roster import ComponentState, EngineRoster
    from vivavoce.models.store import ModelStore

__all__ = ["Provisioner"]

log = structlog.get_logger(__name__)


class Provisioner:
    """Loads engines into a roster, one after the other, each at most once."""

    def __init__(self, roster: EngineRoster, store: ModelStore, *, offline: bool) -> None:
        self._roster = roster
        self._store = store
        self._offline = offline
        self._begun: set[tuple[Job, str]] = set()

    async def load_present(self, choices: Iterable[EngineChoice]) -> list[EngineChoice]:
        """Load the engines whose weights are here, and return the others."""
        missing: list[EngineChoice] = []
        for choice in choices:
            if self.is_present(choice):
                await self.load(choice)
                continue
            missing.append(choice)
            if self._offline:
                self._report_missing(choice.job, choice.name, choice.model)
            else:
                self.report(choice.job, choice.name, "missing", "Its weights are not on this machine yet.")
        return missing

    def has_yet_to_load(self, choice: EngineChoice) -> bool:
        """Whether an engine is neither in memory nor being loaded."""
        return (choice.job, choice.name) not in self._begun

    def is_present(self, choice: EngineChoice) -> bool:
        """Whether an engine can be loaded without fetching anything."""
        return not choice.model or is_here(self._store, choice.model)

    def expect(self, choice: EngineChoice) -> None:
        """Report at once how an engine is that is about to be made ready, so that whoever wants it knows to wait."""
        if self.is_present(choice):
            self.report(choice.job, choice.name, "loading", "It is being loaded.")
        elif self._offline:
            self._report_missing(choice.job, choice.name, choice.model)
        elif self._roster.state_of(choice.job, choice.name) != "loading":
            self.report(choice.job, choice.name, "loading", "Its weights are being fetched.", 0.0)

    async def fetch_and_load(self, choice: EngineChoice) -> None:
        """Fetch an engine's weights, then load it; a failure is reported and leaves the service without it."""
        if self.is_present(choice) or await self.fetch(choice.job, choice.name, choice.model):
            await self.load(choice)

    async def load(self, choice: EngineChoice) -> None:
        """Load one engine; a failure is reported and leaves the service without it."""
        key = (choice.job, choice.name)
        if key in self._begun:
            return
        self._begun.add(key)
        self.report(choice.job, choice.name, "loading", "It is being loaded.")
        try:
            engine = await self._warm(choice)
        except VivavoceError as error:
            self._begun.discard(key)
            log.warning("engine_not_loaded", engine=choice.name, code=error.code, reason=error.message)
            self.report(choice.job, choice.name, "missing", str(error))
            return
        engine.enlist(self._roster, choice.provider)
        self.report(choice.job, choice.name, "ready")

    async def _warm(self, choice: EngineChoice) -> LoadedEngine:
        engine = await anyio.to_thread.run_sync(choice.load, self._store)
        try:
            await engine.warm_up()
        except VivavoceError:
            await engine.aclose()
            raise
        return engine

    async def fetch(self, job: Job, name: str, model: str) -> bool:
        """Fetch weights and return whether they are here now."""
        if is_here(self._store, model):
            return True
        if self._offline:
            self._report_missing(job, name, model)
            return False
        cancelled = threading.Event()
        progress = _Shown(self, job, name)
        try:
            await anyio.to_thread.run_sync(
                lambda: bring(self._store, model, progress=progress, cancelled=cancelled), abandon_on_cancel=True
            )
        except VivavoceError as error:
            log.warning("weights_not_fetched", model=model, code=error.code, reason=error.message)
            self.report(job, name, "missing", str(error))
            return False
        finally:
            cancelled.set()
        return True

    def report(
        self, job: Job, name: str, state: ComponentState, detail: str = "", progress: float | None = None
    ) -> None:
        """Tell the roster how an engine is."""
        self._roster.report(ComponentStatus(job=job, name=name, state=state, detail=detail, progress=progress))

    def _report_missing(self, job: Job, name: str, model: str) -> None:
        self.report(job, name, "missing", f"Its weights are missing. Run: vivavoce models pull {pull_name(model)}")


class _Shown:
    """Reports a pull's progress from its thread, no more often than eyes can follow."""

    def __init__(self, provisioner: Provisioner, job: Job, name: str) -> None:
        self._provisioner = provisioner
        self._job = job
        self._name = name
        self._last = -1

    def __call__(self, model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        share = done_bytes / max(1, total_bytes)
        if int(share * 100) != self._last:
            self._last = int(share * 100)
            detail = f"Its weights are being fetched: {note}" if note else "Its weights are being fetched."
            anyio.from_thread.run_sync(
                self._provisioner.report, self._job, self._name, "loading", detail, round(share, 2)
            )
