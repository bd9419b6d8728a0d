"""`/v1/personas`: the characters there are, and those of the server's owner to write.

Owns the shapes of these answers, and who may write: all users speak with the same characters, so only the server's
owner changes them, and only the owner is told where their files are. Refuses to know files; the library does.
"""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from vivavoce.errors import InputError, UnauthorisedError
from vivavoce.personas.library import PersonaLibrary
from vivavoce.personas.persona import Persona
from vivavoce.personas.schema import CharacterFile
from vivavoce.personas.shelf import PersonaProblem
from vivavoce.server.perimeter import user_of
from vivavoce.server.settings import LOCAL_USER

__all__ = ["PersonaCard", "PersonaDetail", "PersonaList", "PersonaProblemCard", "PersonaProblemList", "personas_routes"]

PROBLEMS = "problems"


class PersonaCard(BaseModel):
    """A character, as much as is needed to choose it."""

    id: str = Field(description="what a session names in `prompt.id`")
    object: Literal["persona"] = "persona"
    name: str = Field(description="its name in its first language")
    names: dict[str, str] = Field(description="its name in each of its languages")
    languages: list[str] = Field(description="two-letter codes, its first language first")
    abouts: dict[str, str] = Field(description="a line on who it is in each of its languages; empty for none")
    greetings: dict[str, str] = Field(description="what it says first in each of its languages; empty for nothing")
    voices: dict[str, str] = Field(description="its voice by language; a language left out has its default")
    speed: float = Field(description="its speaking rate")
    is_default: bool = Field(description="whether sessions that name none have it")
    is_own: bool = Field(description="whether it is one of the owner's, which can be changed and deleted here")
    is_shipped: bool = Field(description="whether one of this id ships, which is back when the owner's is deleted")


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


def personas_routes(library: PersonaLibrary, *, default: str) -> APIRouter:
    """Return the routes over one library; `default` is the id of whom sessions have that name none."""
    router = APIRouter(tags=["personas"])

    @router.get("/v1/personas")
    async def list_personas() -> PersonaList:
        """List the characters there are."""
        return PersonaList(data=[_card(persona, library, default) for persona in library.all()])

    @router.get(f"/v1/personas/{PROBLEMS}")
    async def list_problems(request: Request) -> PersonaProblemList:
        """List the files that do not load, and why."""
        is_owner = _is_owner(request)
        return PersonaProblemList(data=[_problem(problem, is_owner=is_owner) for problem in library.problems()])

    @router.get("/v1/personas/{persona_id}")
    async def retrieve_persona(persona_id: str) -> PersonaDetail:
        """Read a character with all that its file says."""
        return _detail(persona_id, library, default)

    @router.put("/v1/personas/{persona_id}")
    async def save_persona(request: Request, persona_id: str, written: CharacterFile) -> PersonaDetail:
        """Write a character of the owner's, new or in the place of one; only the owner may."""
        _check_may_write(request)
        if persona_id == PROBLEMS:
            raise InputError(
                "persona_invalid",
                f"A character cannot have the id '{PROBLEMS}', for that is where files that do not load are told.",
                remedy="Choose another id.",
                param="id",
            )
        await library.save(persona_id, written)
        return _detail(persona_id, library, default)

    @router.delete("/v1/personas/{persona_id}", status_code=204, response_class=Response)
    async def delete_persona(request: Request, persona_id: str) -> Response:
        """Delete a character of the owner's; one that ships and was replaced by it is back then. Only the owner may."""
        _check_may_write(request)
        await library.delete(persona_id)
        return Response(status_code=204)

    return router


def _is_owner(request: Request) -> bool:
    return user_of(request) == LOCAL_USER


def _check_may_write(request: Request) -> None:
    if not _is_owner(request):
        raise UnauthorisedError(
            "not_allowed",
            "Only the server's owner writes and deletes characters, for all users speak with them.",
            remedy="Ask the owner, who comes with the server's own key.",
        )


def _problem(problem: PersonaProblem, *, is_owner: bool) -> PersonaProblemCard:
    file = str(problem.path) if is_owner else problem.path.name
    return PersonaProblemCard(file=file, message=problem.message)


def _card(persona: Persona, library: PersonaLibrary, default: str) -> PersonaCard:
    first = persona.languages[0]
    others = dict(persona.wordings)
    return PersonaCard(
        id=persona.id,
        name=persona.name,
        names={first: persona.name, **{language: wording.name for language, wording in others.items()}},
        languages=list(persona.languages),
        abouts=dict(persona.about),
        greetings={first: persona.greeting, **{language: wording.greeting for language, wording in others.items()}},
        voices=dict(persona.voice),
        speed=persona.speed,
        is_default=persona.id == default,
        is_own=library.is_own(persona.id),
        is_shipped=library.is_shipped(persona.id),
    )


def _detail(persona_id: str, library: PersonaLibrary, default: str) -> PersonaDetail:
    card = _card(library.get(persona_id), library, default)
    return PersonaDetail(**card.model_dump(), written=library.written(persona_id))
