"""`/v1/memories`: what is remembered of a user: listed, searched, added, corrected, deleted and exported by them.

Owns the shapes. Refuses to know how anything is kept or found (`memory`), and who may ask (`perimeter`).
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import AfterValidator, BaseModel, Field
from starlette.responses import Response

from vivavoce.errors import StorageError
from vivavoce.memory.facts import Fact
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.server.perimeter import user_of
from vivavoce.server.responses import StreamedResponse

__all__ = ["memories_routes"]

MAX_PAGE = 1_000
MAX_HITS = 50
MAX_OFFSET = 1_000_000_000
MAX_QUERY_CHARACTERS = 500
EXPORT_SECONDS = 300.0

# The memory says itself how long a text may be: this bounds what it looks at. No database takes half a character, and
# PostgreSQL no character 0.
Sentence = Annotated[str, Field(max_length=20_000), AfterValidator(lambda text: text.replace("\x00", " "))]
MemoryId = Annotated[str, Path(max_length=100, pattern=r"^[!-~]+$")]


class MemoryView(BaseModel):
    """One thing remembered.

    `told_at` in seconds since 1970; `replaced_by` is the memory that took its place, null while it holds; `score`, 0 to
    1, is there in answers to a search.
    """

    object: Literal["memory"] = "memory"
    id: str
    text: str
    language: str
    told_at: float
    conversation_id: str
    turn_id: str
    confidence: float
    replaced_by: str | None = None
    score: float | None = None


class MemoryList(BaseModel):
    """A page, the newest first; ask on with `offset` while `has_more`. Of a search: the best first."""

    object: Literal["list"] = "list"
    data: list[MemoryView]
    has_more: bool = False


class NewMemory(BaseModel):
    """Something to remember: a sentence; `language` as an ISO 639-1 code, or auto."""

    text: Sentence
    language: str = Field("auto", max_length=16, pattern=r"^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|)$")


class Correction(BaseModel):
    """What the memory should say instead."""

    text: Sentence


class MemoryDeletion(BaseModel):
    """It is gone for good; `count` tells how many memories, those included that had been replaced before."""

    deleted: Literal[True] = True
    count: int | None = None


def memories_routes(memory: LongTermMemory | None) -> APIRouter:
    """Return the routes; without a memory they answer `memory_unavailable`."""
    router = APIRouter(prefix="/v1/memories", tags=["memories"])

    @router.get("")
    async def list_memories(
        request: Request,
        query: Annotated[str, Query(max_length=MAX_QUERY_CHARACTERS)] = "",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        replaced: bool = False,
    ) -> MemoryList:
        """List what is remembered of the user, or what fits `query` best; with `replaced`, also what was replaced."""
        there, user = _there(memory), user_of(request)
        if query.strip():
            hits = await there.search(user, query, limit=min(limit, MAX_HITS))
            return MemoryList(data=[_view(hit.fact, score=hit.score) for hit in hits])
        facts = await there.facts(user, limit=limit + 1, offset=offset, replaced=replaced)
        return MemoryList(data=[_view(fact) for fact in facts[:limit]], has_more=len(facts) > limit)

    @router.post("", status_code=201)
    async def add_memory(request: Request, new: NewMemory) -> MemoryView:
        """Remember something; where it is known already, what is known is returned."""
        return _view(await _there(memory).remember(user_of(request), new.text, language=new.language))

    @router.get("/export")
    async def export_memories(request: Request) -> Response:
        """Download everything remembered of the user as JSON, what holds no longer included."""
        everything = _exported(_there(memory).export(user_of(request)))
        response = StreamedResponse(everything, media_type="application/json", deadline_seconds=EXPORT_SECONDS)
        response.headers["Content-Disposition"] = 'attachment; filename="memories.json"'
        return response

    @router.get("/{memory_id}")
    async def read_memory(request: Request, memory_id: MemoryId) -> MemoryView:
        """Read one memory, whether it holds or not."""
        return _view(await _there(memory).fact(user_of(request), memory_id))

    @router.patch("/{memory_id}")
    async def correct_memory(request: Request, memory_id: MemoryId, correction: Correction) -> MemoryView:
        """Put another text in a memory's place; the old one stays readable, as replaced. Returns the new one."""
        return _view(await _there(memory).correct(user_of(request), memory_id, correction.text))

    @router.delete("/{memory_id}")
    async def delete_memory(request: Request, memory_id: MemoryId) -> MemoryDeletion:
        """Delete a memory and every earlier version of it, for good."""
        await _there(memory).forget(user_of(request), memory_id)
        return MemoryDeletion()

    @router.delete("")
    async def delete_memories(request: Request) -> MemoryDeletion:
        """Delete everything remembered of the user, for good."""
        return MemoryDeletion(count=await _there(memory).forget_all(user_of(request)))

    return router


def _there(memory: LongTermMemory | None) -> LongTermMemory:
    if memory is None:
        raise StorageError(
            "memory_unavailable",
            "This server remembers nothing of its users.",
            remedy="Set 'memory' to true; if it is, the server's log says why the database cannot be used.",
        )
    return memory


def _view(fact: Fact, *, score: float | None = None) -> MemoryView:
    return MemoryView(
        id=fact.id,
        text=fact.text,
        language=fact.language,
        told_at=fact.told_at,
        conversation_id=fact.conversation_id,
        turn_id=fact.turn_id,
        confidence=fact.confidence,
        replaced_by=fact.replaced_by or None,
        score=score,
    )


async def _exported(facts: AsyncIterator[Fact]) -> AsyncGenerator[bytes, None]:
    """Yield a `MemoryList` piece by piece: all that is known of someone need not fit into memory."""
    begin = '{"object": "list", "data": ['
    async for fact in facts:
        yield (begin + _view(fact).model_dump_json(exclude={"score"})).encode()
        begin = ",\n"
    yield (("" if begin == ",\n" else begin) + "]}").encode()
