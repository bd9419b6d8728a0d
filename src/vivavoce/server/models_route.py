"""`GET /v1/models`: the names that answer here.

Owns the list's shape. Refuses to know what weights exist elsewhere: it tells what is loaded.
"""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from vivavoce.engines.roster import EngineRoster
from vivavoce.errors import InputError
from vivavoce.server.services import Services

__all__ = ["Model", "ModelList", "models_routes"]


class Model(BaseModel):
    """One model, in OpenAI's shape."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "vivavoce"


class ModelList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model]


def models_routes(services: Services) -> APIRouter:
    """Return the routes; models count as created when the server started."""
    router = APIRouter()
    created = int(services.wall_clock())

    @router.get("/v1/models")
    async def list_models() -> ModelList:
        return ModelList(data=[Model(id=name, created=created) for name in _names(services.roster)])

    @router.get("/v1/models/{name:path}")
    async def retrieve_model(name: str) -> Model:
        if name not in _names(services.roster):
            raise InputError("model_not_found", f"There is no model '{name}' here.", param="model")
        return Model(id=name, created=created)

    return router


def _names(roster: EngineRoster) -> list[str]:
    """Return the names of the language model, the recognisers and the voices, each once."""
    replies = [] if roster.replies is None else [roster.replies.name]
    stt = [engine.capabilities.name for engine in roster.stt_engines]
    tts = [engine.capabilities.name for engine in roster.tts_engines]
    return list(dict.fromkeys([*replies, *stt, *tts]))
