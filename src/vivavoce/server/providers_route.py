"""`GET /v1/providers`: who hears, answers and speaks, in order of preference, and how each is.

Owns the list's shape. Refuses to look at anyone: it tells what is known. No key and no word that was said is in it.
"""

from typing import Literal

import anyio
from fastapi import APIRouter
from pydantic import BaseModel

from vivavoce.engines.fallback import Provider
from vivavoce.engines.roster import ComponentStatus, EngineRoster
from vivavoce.errors import Stage
from vivavoce.resilience.breaker import Circuit

__all__ = ["ProviderError", "ProviderHealth", "ProviderList", "providers_routes"]

ProviderState = Literal["ready", "loading", "missing", "standby", "down", "trying"]

_OF_CIRCUITS: dict[Circuit, ProviderState] = {Circuit.OPEN: "down", Circuit.HALF_OPEN: "trying"}


class ProviderError(BaseModel):
    """A provider's last failure, in plain words."""

    code: str
    message: str
    remedy: str


class ProviderHealth(BaseModel):
    """One provider.

    `state` is standby until a language asks for it, down while it is left out, and trying while one call at a time
    tries it again; `circuit` says the latter in the words of circuit breakers. `answered_last` marks the one of its job
    that did.
    """

    job: str
    name: str
    kind: str
    model: str
    address: str
    state: ProviderState
    circuit: str
    detail: str
    languages: list[str]
    answers: int
    failures: int
    answered_last: bool
    last_answer_seconds_ago: float | None
    last_latency_ms: float | None
    last_error: ProviderError | None


class ProviderList(BaseModel):
    """All of them, by job and in the order in which they are asked."""

    object: Literal["list"] = "list"
    data: list[ProviderHealth]


def providers_routes(roster: EngineRoster) -> APIRouter:
    """Return the route."""
    router = APIRouter(tags=["providers"])

    @router.get("/v1/providers")
    async def list_providers() -> ProviderList:
        """List who hears, answers and speaks, and how each is; nobody is asked for it."""
        now = anyio.current_time()
        return ProviderList(data=[_health(roster, provider, now) for provider in roster.providers])

    return router


def _health(roster: EngineRoster, provider: Provider, now: float) -> ProviderHealth:
    answered_at, latency, error = provider.last_answer_at, provider.last_latency_seconds, provider.last_error
    rivals = (other.last_answer_at or 0.0 for other in roster.providers if other.stage is provider.stage)
    state, detail = _state(roster, provider)
    return ProviderHealth(
        job=str(provider.stage),
        name=provider.title,
        kind=provider.kind,
        model=provider.model,
        address=provider.address,
        state=state,
        circuit=str(provider.breaker.circuit),
        detail=detail,
        languages=sorted(provider.languages or ()),
        answers=provider.answers,
        failures=provider.failures,
        answered_last=answered_at is not None and answered_at >= max(rivals, default=0.0),
        last_answer_seconds_ago=None if answered_at is None else round(now - answered_at, 1),
        last_latency_ms=None if latency is None else round(latency * 1000, 1),
        last_error=None
        if error is None
        else ProviderError(code=error.code, message=error.message, remedy=error.remedy),
    )


def _state(roster: EngineRoster, provider: Provider) -> tuple[ProviderState, str]:
    """Return how a provider is, and what is said of it."""
    told = _told(roster, provider)
    detail = "" if told is None else told.detail
    circuit = _OF_CIRCUITS.get(provider.breaker.circuit)
    if circuit is not None:
        return circuit, detail or ("" if provider.last_error is None else str(provider.last_error))
    if told is not None and told.state == "degraded":
        return "down", detail
    if roster.has_engine_of(provider):
        return "ready", detail
    if told is None:
        return "standby", ""
    return ("loading" if told.state in ("loading", "ready") else "missing"), detail


def _told(roster: EngineRoster, provider: Provider) -> ComponentStatus | None:
    """Return what was last reported of a provider; a model of this machine is reported on by its own name."""
    names = {other.title for other in roster.providers if other.kind == "openai" and other is not provider}
    of_job = [status for status in roster.statuses if status.job.value == provider.stage.value]
    if provider.stage is Stage.LLM:
        of_job = [status for status in of_job if status.name not in names]
        return next((status for status in of_job if status.name == provider.model), of_job[-1] if of_job else None)
    return next((status for status in of_job if status.name == provider.title), None)
