"""The routes over what a server's conversations think with.

Owns which there are: those of a memory or a history that the server has not say so. Refuses to know what any of them
answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.server.chat_api_route import chat_api_routes
from vivavoce.server.conversations_route import conversations_routes
from vivavoce.server.engines_route import engines_routes
from vivavoce.server.memories_route import memories_routes
from vivavoce.server.personas_route import personas_routes
from vivavoce.server.preferences_route import preferences_routes
from vivavoce.server.sessions_route import sessions_routes
from vivavoce.server.speak_route import speak_routes

if TYPE_CHECKING:
    from fastapi import APIRouter

    from vivavoce.app.mind.opening import ServerMind
    from vivavoce.server.services import Services

__all__ = ["mind_routes"]


def mind_routes(mind: ServerMind, services: Services, *, is_only_worker: bool) -> list[APIRouter]:
    """Return the routers; `is_only_worker` where no other process serves beside this one."""
    return [
        personas_routes(mind.parts.personas, default=mind.parts.persona),
        sessions_routes(mind.parts.live),
        engines_routes(
            mind.switch,
            live=mind.parts.live,
            persona_exists=mind.parts.personas.get,
            is_only_worker=is_only_worker,
        ),
        chat_api_routes(mind.texts, slots=services.request_slots, deadline_seconds=services.settings.request_seconds),
        speak_routes(services),
        conversations_routes(mind.history),
        memories_routes(mind.memory),
        preferences_routes(mind.preferences),
    ]
