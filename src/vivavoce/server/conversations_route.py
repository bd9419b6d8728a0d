"""`/v1/conversations`: a user's own history, listed, searched, read, renamed, exported and deleted.

Owns the shapes. Refuses to know how anything is kept (`history`), and who may ask (`perimeter`).
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from vivavoce.errors import StorageError
from vivavoce.history.export import as_data, as_markdown
from vivavoce.history.history import History
from vivavoce.history.records import Conversation, Entry, EntryKind, EntrySource, EntryStatus, Hit, Rating, Turn
from vivavoce.server.perimeter import user_of

__all__ = ["conversations_routes"]

MAX_PAGE = 100
MAX_QUERY_CHARACTERS = 200
MAX_ID_CHARACTERS = 100


class ConversationHead(BaseModel):
    """A conversation; times in seconds since 1970."""

    object: Literal["conversation"] = "conversation"
    id: str
    title: str
    persona: str
    engine: str
    language: str
    created_at: float
    updated_at: float


class ConversationSummary(ConversationHead):
    """A conversation in a list; times in seconds since 1970; `messages` were said in it, by either side.

    Of a search also where the words were found (`entry_id`, empty for the title) and a snippet of what stands there.
    """

    messages: int = 0
    entry_id: str | None = None
    snippet: str | None = None


class ConversationList(BaseModel):
    """A page, the newest conversation first; ask on with `after=last_id` while `has_more`. A search: the best first."""

    object: Literal["list"] = "list"
    data: list[ConversationSummary]
    has_more: bool = False
    last_id: str | None = None


class ToolUseView(BaseModel):
    """A tool that was called, and what came of it."""

    call_id: str
    name: str
    arguments: str
    output: str
    error_code: str
    server_label: str
    approval_request_id: str
    approves: bool


class EntryView(BaseModel):
    """One thing that was said or done: `said` all of it, `heard` where the listener heard less (null: all of it).

    `has_sound` where it was recorded: `GET .../entries/{id}/sound` has it.
    """

    id: str
    place: float
    kind: EntryKind
    role: str
    status: EntryStatus
    source: EntrySource
    said: str
    heard: str | None
    is_interrupted: bool
    is_aside: bool
    audio_ms: int
    has_sound: bool = False
    response_id: str
    call: ToolUseView | None
    created_at: float
    rating: Rating | None


class UsedMemory(BaseModel):
    """What was remembered of the user, as it was then; `id` is its id at `/v1/memories`."""

    id: str
    text: str


class TurnView(BaseModel):
    """How a reply came about: `timings` in milliseconds after the end of the user's speech."""

    response_id: str
    user_entry_id: str
    status: str
    timings: dict[str, float]
    memories: list[UsedMemory]
    created_at: float


class ConversationView(ConversationHead):
    """A conversation with all that was said in it, in order."""

    user_id: str
    entries: list[EntryView]
    turns: list[TurnView]


class NewTitle(BaseModel):
    """What a conversation is to be called."""

    title: str


class NewRating(BaseModel):
    """What the user thinks of a reply: "up", "down", or null to take it back."""

    rating: Rating | None


class EntryRating(NewRating):
    """What is kept of it."""

    entry_id: str


class Deletion(BaseModel):
    """What is gone for good."""

    deleted: Literal[True] = True
    count: int = 1


def conversations_routes(history: History | None) -> APIRouter:
    """Return the routes; without a history they answer `history_unavailable`."""
    router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

    @router.get("")
    async def list_conversations(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 20,
        after: Annotated[str | None, Query(max_length=MAX_ID_CHARACTERS)] = None,
        query: Annotated[str, Query(max_length=MAX_QUERY_CHARACTERS)] = "",
    ) -> ConversationList:
        """List the user's conversations, the newest first, or those in which the words of `query` were said."""
        store, user = _there(history).store, user_of(request)
        if query.strip():
            hits = await store.search(user, query, limit=limit)
            lengths = await store.lengths([hit.conversation.id for hit in hits])
            return ConversationList(data=[_found(hit, lengths) for hit in hits])
        page, has_more = await store.conversations(user, limit=limit, after=after)
        lengths = await store.lengths([each.id for each in page])
        last = page[-1].id if page else None
        return ConversationList(data=[_summary(each, lengths) for each in page], has_more=has_more, last_id=last)

    @router.get("/{conversation_id}")
    async def read_conversation(request: Request, conversation_id: str) -> ConversationView:
        """Read a conversation: what was said and heard, what tools did, and how long each reply took."""
        there = _there(history)
        conversation, entries, turns = await there.store.whole(user_of(request), conversation_id)
        sounds = await there.recordings.of(conversation_id, [entry.id for entry in entries if entry.source == "audio"])
        return _view(conversation, entries, turns, sounds)

    @router.patch("/{conversation_id}")
    async def rename_conversation(request: Request, conversation_id: str, new: NewTitle) -> ConversationSummary:
        """Give a conversation another title."""
        store = _there(history).store
        renamed = await store.rename(user_of(request), conversation_id, new.title)
        return _summary(renamed, await store.lengths([conversation_id]))

    @router.put("/{conversation_id}/entries/{entry_id}/rating")
    async def rate_reply(request: Request, conversation_id: str, entry_id: str, new: NewRating) -> EntryRating:
        """Keep what the user thinks of a reply; it is told with the conversation, and in its export."""
        await _there(history).store.rate(user_of(request), conversation_id, entry_id, new.rating)
        return EntryRating(entry_id=entry_id, rating=new.rating)

    @router.delete("/{conversation_id}")
    async def delete_conversation(request: Request, conversation_id: str) -> Deletion:
        """Delete a conversation for good, with its sound; if it is going on, the rest of it is not kept either."""
        await _there(history).delete(user_of(request), conversation_id)
        return Deletion()

    @router.delete("")
    async def delete_conversations(request: Request) -> Deletion:
        """Delete all of the user's conversations for good, with their sound, and those in the archive."""
        return Deletion(count=await _there(history).delete_all(user_of(request)))

    _add_downloads(router, history)
    return router


def _add_downloads(router: APIRouter, history: History | None) -> None:
    @router.get("/{conversation_id}/entries/{entry_id}/sound")
    async def hear_entry(request: Request, conversation_id: str, entry_id: str) -> Response:
        """Download the sound of one thing that was said, if it was recorded: Opus in Ogg."""
        sound = await _there(history).sound_of(user_of(request), conversation_id, entry_id)
        return Response(sound, media_type="audio/ogg", headers=_as_file(entry_id, "opus"))

    @router.get("/{conversation_id}/export")
    async def export_conversation(
        request: Request, conversation_id: str, format: Literal["json", "markdown", "audio"] = "json"
    ) -> Response:
        """Download a conversation: everything as JSON, what was said as Markdown, or its sound as a ZIP file."""
        there, user = _there(history), user_of(request)
        if format == "audio":
            content = await there.sound(user, conversation_id)
            return Response(content, media_type="application/zip", headers=_as_file(conversation_id, "zip"))
        conversation, entries, turns = await there.store.whole(user, conversation_id)
        if format == "markdown":
            text = as_markdown(conversation, entries)
            return Response(text, media_type="text/markdown; charset=utf-8", headers=_as_file(conversation_id, "md"))
        return JSONResponse(as_data(conversation, entries, turns), headers=_as_file(conversation_id, "json"))


def _there(history: History | None) -> History:
    if history is None:
        raise StorageError(
            "history_unavailable",
            "This server keeps no history.",
            remedy="Set 'history' to true; if it is, the log says why the database failed. Start it again then.",
        )
    return history


def _found(hit: Hit, lengths: Mapping[str, int]) -> ConversationSummary:
    return _summary(hit.conversation, lengths, entry_id=hit.entry_id, snippet=hit.snippet)


def _summary(
    found: Conversation, lengths: Mapping[str, int], *, entry_id: str | None = None, snippet: str | None = None
) -> ConversationSummary:
    return ConversationSummary(
        id=found.id,
        title=found.title,
        persona=found.persona,
        engine=found.engine,
        language=found.language,
        created_at=found.created_at,
        updated_at=found.updated_at,
        messages=lengths.get(found.id, 0),
        entry_id=entry_id,
        snippet=snippet,
    )


def _view(
    conversation: Conversation, entries: list[Entry], turns: list[Turn], sounds: Collection[str]
) -> ConversationView:
    view = ConversationView.model_validate(as_data(conversation, entries, turns))
    for entry in view.entries:
        entry.has_sound = entry.id in sounds
    return view


def _as_file(conversation_id: str, suffix: str) -> dict[str, str]:
    name = "".join(character for character in conversation_id if character.isascii() and character.isalnum())
    return {"Content-Disposition": f'attachment; filename="{name or "conversation"}.{suffix}"'}
