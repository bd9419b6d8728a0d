"""`/v1/engines`: the reply engines there are, which one is in force, and changing it.

Owns the shapes, and who may change what. Refuses to know how engines work and how the choice is made.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from vivavoce.dialogue.switch import SERVER, EngineListing, EngineSwitch
from vivavoce.errors import InputError, UnauthorisedError
from vivavoce.server.settings import LOCAL_USER

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


class OwnsSessions(Protocol):
    """Who holds which session now."""

    def __call__(self, session_id: str) -> str | None:
        """Return the user of a session; None where there is none of that id."""
        ...


def engines_routes(
    switch: EngineSwitch,
    *,
    owner_of: OwnsSessions,
    persona_exists: Callable[[str], object],
    is_only_worker: bool = True,
) -> APIRouter:
    """Return the routes.

    A user switches their own sessions; what concerns others too, only the server's owner does, and only where this
    process is the whole server. `persona_exists` raises InputError for an unknown character.
    """
    router = APIRouter(tags=["engines"])

    @router.get("/v1/engines", summary="List the reply engines")
    async def list_engines() -> EngineList:
        current = switch.current()
        return EngineList(data=[_engine(listing, current) for listing in switch.listing()])

    @router.get("/v1/engines/current", summary="Tell which engine is in force")
    async def current_engine(scope: str = SERVER) -> CurrentEngine:
        return await _current(switch, scope)

    @router.post("/v1/engines/switch", summary="Have another engine answer from the next turn on")
    async def switch_engine(asked: SwitchEngine, request: Request) -> CurrentEngine:
        _check_scope(asked.scope, request.state.user_id, owner_of, persona_exists)
        if not is_only_worker and not asked.scope.startswith("session:"):
            raise InputError(
                "switch_needs_one_worker",
                "On a server with several workers this would change one of them.",
                remedy="Set reply_engine, or engine in the character's file; or serve with --workers 1.",
                param="scope",
            )
        switch.switch(asked.engine, asked.scope)
        return await _current(switch, asked.scope)

    return router


def _check_scope(scope: str, user_id: str, owner_of: OwnsSessions, persona_exists: Callable[[str], object]) -> None:
    kind, _, name = scope.partition(":")
    if kind == "session":
        if owner_of(name) != user_id:
            raise InputError(
                "session_not_found",
                f"There is no session '{name[:80]}' of yours under way.",
                remedy="Use an id from GET /v1/sessions.",
                param="scope",
            )
        return
    if user_id != LOCAL_USER:
        raise UnauthorisedError(
            "not_allowed",
            "Only the server's owner chooses the reply engine of others.",
            remedy="Choose one for a session of yours, with the scope session:ID.",
            param="scope",
        )
    if kind == "persona":
        persona_exists(name)


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
