"""`/v1/personas`: the characters there are, and the user's own to write.

Owns the shapes of these answers. Refuses to know files; the library does.
"""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from vivavoce.personas.library import PersonaLibrary
from vivavoce.personas.persona import Persona
from vivavoce.personas.schema import CharacterFile

__all__ = ["PersonaCard", "PersonaDetail", "PersonaList", "PersonaProblemCard", "PersonaProblemList", "personas_routes"]


class PersonaCard(BaseModel):
    """A character, as much as is needed to choose it."""

    id: str = Field(description="what a session names in `prompt.id`")
    object: Literal["persona"] = "persona"
    name: str = Field(description="its name in its first language")
    names: dict[str, str] = Field(description="its name in each of its languages")
    languages: list[str] = Field(description="two-letter codes, its first language first")
    is_own: bool = Field(description="whether it is one of the user's, which can be changed and deleted here")


class PersonaDetail(PersonaCard):
    """A character with all that its file says."""

    written: CharacterFile


class PersonaList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[PersonaCard]


class PersonaProblemCard(BaseModel):
    """A file that does not load."""

    file: str
    message: str


class PersonaProblemList(BaseModel):
    """All of those."""

    object: Literal["list"] = "list"
    data: list[PersonaProblemCard]


def personas_routes(library: PersonaLibrary) -> APIRouter:
    """Return the routes over one library."""
    router = APIRouter()

    @router.get("/v1/personas")
    async def list_personas() -> PersonaList:
        return PersonaList(data=[_card(persona, library) for persona in library.all()])

    @router.get("/v1/personas/problems")
    async def list_problems() -> PersonaProblemList:
        problems = library.problems()
        return PersonaProblemList(data=[PersonaProblemCard(file=str(p.path), message=p.message) for p in problems])

    @router.get("/v1/personas/{persona_id}")
    async def retrieve_persona(persona_id: str) -> PersonaDetail:
        return _detail(persona_id, library)

    @router.put("/v1/personas/{persona_id}")
    async def save_persona(persona_id: str, written: CharacterFile) -> PersonaDetail:
        await library.save(persona_id, written)
        return _detail(persona_id, library)

    @router.delete("/v1/personas/{persona_id}", status_code=204, response_class=Response)
    async def delete_persona(persona_id: str) -> Response:
        await library.delete(persona_id)
        return Response(status_code=204)

    return router


def _card(persona: Persona, library: PersonaLibrary) -> PersonaCard:
    names = {language: wording.name for language, wording in persona.wordings}
    return PersonaCard(
        id=persona.id,
        name=persona.name,
        names={persona.languages[0]: persona.name, **names},
        languages=list(persona.languages),
        is_own=library.is_own(persona.id),
    )


def _detail(persona_id: str, library: PersonaLibrary) -> PersonaDetail:
    card = _card(library.get(persona_id), library)
    return PersonaDetail(**card.model_dump(), written=library.written(persona_id))
