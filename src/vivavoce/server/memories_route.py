"""`/v1/memories`: what is remembered of a user: listed, searched, added, corrected, deleted and exported by them.

Owns the shapes. Refuses to know how anything is kept or found (`memory`), and who may ask: the acting user is in
`request.state.user_id`.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from vivavoce.errors import StorageError
from vivavoce.memory.facts import Fact
from vivavoce.memory.long_term import LongTermMemory

__all__ = ["memories_routes"]

MAX_PAGE = 1_000
MAX_HITS = 50
MAX_OFFSET = 1_000_000_000
MAX_QUERY_CHARACTERS = 500


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

    text: str
    language: str = Field("auto", max_length=16)


class Correction(BaseModel):
    """What the memory should say instead."""

    text: str


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
        there, user = _there(memory), _user(request)
        if query.strip():
            hits = await there.search(user, query, limit=min(limit, MAX_HITS))
            return MemoryList(data=[_view(hit.fact, score=hit.score) for hit in hits])
        facts = await there.facts(user, limit=limit + 1, offset=offset, replaced=replaced)
        return MemoryList(data=[_view(fact) for fact in facts[:limit]], has_more=len(facts) > limit)

    @router.post("", status_code=201)
    async def add_memory(request: Request, new: NewMemory) -> MemoryView:
        """Remember something; where it is known already, what is known is returned."""
        return _view(await _there(memory).remember(_user(request), new.text, language=new.language))

    @router.get("/export")
    async def export_memories(request: Request) -> StreamingResponse:
        """Download everything remembered of the user as JSON, what holds no longer included."""
        everything = _exported(_there(memory).export(_user(request)))
        headers = {"Content-Disposition": 'attachment; filename="memories.json"'}
        return StreamingResponse(everything, media_type="application/json", headers=headers)

    @router.get("/{memory_id}")
    async def read_memory(request: Request, memory_id: str) -> MemoryView:
        """Read one memory, whether it holds or not."""
        return _view(await _there(memory).fact(_user(request), memory_id))

    @router.patch("/{memory_id}")
    async def correct_memory(request: Request, memory_id: str, correction: Correction) -> MemoryView:
        """Put another text in a memory's place; the old one stays readable, as replaced. Returns the new one."""
        return _view(await _there(memory).correct(_user(request), memory_id, correction.text))

    @router.delete("/{memory_id}")
    async def delete_memory(request: Request, memory_id: str) -> MemoryDeletion:
        """Delete a memory and every earlier version of it, for good."""
        await _there(memory).forget(_user(request), memory_id)
        return MemoryDeletion()

    @router.delete("")
    async def delete_memories(request: Request) -> MemoryDeletion:
        """Delete everything remembered of the user, for good."""
        return MemoryDeletion(count=await _there(memory).forget_all(_user(request)))

    return router


def _there(memory: LongTermMemory | None) -> LongTermMemory:
    if memory is None:
        raise StorageError(
            "memory_unavailable",
            "This server remembers nothing of its users.",
            remedy="Set 'memory' to true; if it is, the server's log says why the database cannot be used.",
        )
    return memory


def _user(request: Request) -> str:
    user_id: str = request.state.user_id
    return user_id


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


async def _exported(facts: AsyncIterator[Fact]) -> AsyncIterator[str]:
    """Yield a `MemoryList` piece by piece: all that is known of someone need not fit into memory."""
    begin = '{"object": "list", "data": ['
    async for fact in facts:
        yield begin + _view(fact).model_dump_json(exclude={"score"})
        begin = ",\n"
    yield ("" if begin == ",\n" else begin) + "]}"
