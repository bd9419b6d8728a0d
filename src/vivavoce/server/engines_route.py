"""`/v1/engines`: the reply engines there are, which one is in force, and changing it.

Owns the shapes, and who may change what. Refuses to know how engines work and how the choice is made.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from vivavoce.dialogue.switch import SERVER, EngineListing, EngineSwitch, TalkingTo
from vivavoce.errors import InputError, UnauthorisedError
from vivavoce.server.perimeter import user_of
from vivavoce.server.sessions_route import own_session
from vivavoce.server.settings import LOCAL_USER

__all__ = ["engines_routes"]

Scope = Annotated[str, Field(max_length=200, description="`server`, `persona:ID` or `session:ID`")]


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
    """Which engine is to answer, and whom."""

    engine: str = Field(min_length=1, max_length=100)
    scope: Scope = SERVER


def engines_routes(
    switch: EngineSwitch,
    *,
    live: Mapping[str, TalkingTo],
    persona_exists: Callable[[str], object],
    is_only_worker: bool = True,
) -> APIRouter:
    """Return the routes.

    A user switches their own sessions; what concerns others too, only the server's owner does, and only where this
    process is the whole server. `live` are the sessions under way by their ids; `persona_exists` raises InputError for
    an unknown character.
    """
    router = APIRouter(tags=["engines"])

    @router.get("/v1/engines", summary="List the reply engines")
    async def list_engines() -> EngineList:
        current = switch.current()
        return EngineList(data=[_engine(listing, current) for listing in switch.listing()])

    @router.get("/v1/engines/current", summary="Tell which engine is in force")
    async def current_engine(request: Request, scope: Scope = SERVER) -> CurrentEngine:
        return await told(scope, in_force(scope, user_of(request)))

    @router.post("/v1/engines/switch", summary="Have another engine answer from the next turn on")
    async def switch_engine(asked: SwitchEngine, request: Request) -> CurrentEngine:
        user_id = user_of(request)
        if not asked.scope.startswith("session:"):
            _check_may_choose_for_others(user_id, is_only_worker=is_only_worker)
        in_force(asked.scope, user_id)
        switch.switch(asked.engine, asked.scope)
        return await told(asked.scope, asked.engine)

    def in_force(scope: str, user_id: str) -> str:
        """Return the engine of a scope, which must be there; nobody is told of sessions of somebody else's."""
        engine = switch.current(scope)
        kind, _, name = scope.partition(":")
        if kind == "session":
            return switch.name_for(own_session(live, name, user_id, param="scope"))
        if kind == "persona":
            persona_exists(name)
        return engine

    async def told(scope: str, engine: str) -> CurrentEngine:
        health = await switch.engine(engine).health_check()
        return CurrentEngine(engine=engine, scope=scope, is_healthy=health.is_healthy, detail=health.detail)

    return router


def _check_may_choose_for_others(user_id: str, *, is_only_worker: bool) -> None:
    if user_id != LOCAL_USER:
        raise UnauthorisedError(
            "not_allowed",
            "Only the server's owner chooses the reply engine of others.",
            remedy="Choose one for a session of yours, with the scope session:ID.",
            param="scope",
        )
    if not is_only_worker:
        raise InputError(
            "switch_needs_one_worker",
            "On a server with several workers this would change one of them.",
            remedy="Set reply_engine, or engine in the character's file; or serve with --workers 1.",
            param="scope",
        )


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
