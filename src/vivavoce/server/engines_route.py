"""`/v1/engines`: the reply engines there are, which one is in force, and changing it.

Owns the shapes. Refuses to know how engines work and how the choice is made.
"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from vivavoce.dialogue.switch import SERVER, EngineListing, EngineSwitch

__all__ = ["engines_routes"]


class Engine(BaseModel):
    """One engine; where it cannot be had, `problem` says why, and what to do."""

    name: str
    description: str = ""
    model: str = ""
    has_memory: bool = False
    has_tools: bool = False
    can_stream: bool = True
    is_current: bool
    problem: str = ""


class EngineList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Engine]


class CurrentEngine(BaseModel):
    """The engine in force in a scope, and whether it can answer now."""

    engine: str
    scope: str
    is_healthy: bool
    detail: str = ""


class SwitchEngine(BaseModel):
    """The body of `POST /v1/engines/switch`; `scope` is `server`, `persona:ID` or `session:ID`."""

    engine: str = Field(min_length=1, max_length=100)
    scope: str = Field(SERVER, max_length=200)


def engines_routes(switch: EngineSwitch) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["engines"])

    @router.get("/v1/engines", summary="List the reply engines")
    async def list_engines() -> EngineList:
        current = switch.current()
        return EngineList(data=[_engine(listing, current) for listing in switch.listing()])

    @router.get("/v1/engines/current", summary="Tell which engine is in force")
    async def current_engine(scope: str = SERVER) -> CurrentEngine:
        return await _current(switch, scope)

    @router.post("/v1/engines/switch", summary="Have another engine answer from the next turn on")
    async def switch_engine(asked: SwitchEngine) -> CurrentEngine:
        switch.switch(asked.engine, asked.scope)
        return await _current(switch, asked.scope)

    return router


async def _current(switch: EngineSwitch, scope: str) -> CurrentEngine:
    name = switch.current(scope)
    health = await switch.engine(name).health_check()
    return CurrentEngine(engine=name, scope=scope, is_healthy=health.is_healthy, detail=health.detail)


def _engine(listing: EngineListing, current: str) -> Engine:
    is_current = listing.name == current
    if listing.info is None:
        return Engine(name=listing.name, is_current=is_current, problem=listing.problem)
    info = listing.info
    return Engine(
        name=listing.name,
        description=info.description,
        model=info.model,
        has_memory=info.has_memory,
        has_tools=info.has_tools,
        can_stream=info.can_stream,
        is_current=is_current,
    )
