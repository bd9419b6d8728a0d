"""The history: conversations written as they happen, and found again.

Owns what may be done with them, each for one user: nobody sees what is another's. A write is one transaction, shared
with whoever else writes at that moment. Refuses to know what a session is, and the shape of an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, cast, delete, false, func, select, tuple_, update
from sqlalchemy.types import Text

from vivavoce.errors import InputError
from vivavoce.history.group_commit import GroupCommit
from vivavoce.history.portions import put_portions
from vivavoce.history.records import Conversation, Entry, Hit, KeptConversation, ToolUse, Turn
from vivavoce.history.search_index import index_of
from vivavoce.history.tables import conversations, entries, turns
from vivavoce.history.terms import parse_query, snippet
from vivavoce.storage.database import reading, writing
from vivavoce.storage.storable import is_storable, storable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from vivavoce.history.records import Portion, Rating

__all__ = ["HistoryStore"]

MAX_TITLE_CHARACTERS = 200


class HistoryStore:
    """The history on one database, which `migrate` has brought up to date.

    Every method raises `StorageError` where the database fails.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._index = index_of(engine)
        self._commits: GroupCommit[Portion, set[str]] = GroupCommit(self._write)

    # ------------------------------------------------------------------ writing

    async def append(self, portion: Portion) -> bool:
        """Write what has happened, and tell whether the conversation is still there: one that was deleted stays so."""
        return portion.conversation_id not in await self._commits.put(portion)

    async def rename(self, user_id: str, conversation_id: str, title: str) -> Conversation:
        """Give a conversation a title.

        Raises:
            InputError: `conversation_not_found`; `invalid_value`, no title, or one too long.
        """
        title = " ".join(storable(title).split())
        if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
            raise InputError("invalid_value", f"A title has 1 to {MAX_TITLE_CHARACTERS} characters.", param="title")
        async with writing(self._engine) as connection:
            await connection.execute(update(conversations).where(_is(user_id, conversation_id)).values(title=title))
        return await self.conversation(user_id, conversation_id)

    async def rate(self, user_id: str, conversation_id: str, entry_id: str, rating: Rating | None) -> None:
        """Keep what the user thinks of a reply; None takes it back.

        Raises:
            InputError: `conversation_not_found`; `entry_not_found`, also for what is no reply.
        """
        async with writing(self._engine) as connection:
            await _conversation(connection, user_id, conversation_id)
            done = await connection.execute(
                update(entries).where(_reply(conversation_id, entry_id)).values(rating=rating)
            )
        if not done.rowcount:
            raise InputError(
                "entry_not_found",
                f"There is no reply '{entry_id}' in this conversation.",
                remedy="Ask for the conversation to see what was said; what was just spoken comes in a moment.",
                param="entry_id",
            )

    async def delete(self, user_id: str, conversation_id: str) -> None:
        """Delete a conversation, so that its words are found nowhere in the database's files any more.

        Raises:
            InputError: `conversation_not_found`.
        """
        await self.discard(user_id, conversation_id)
        await self.scrub()

    async def discard(self, user_id: str, conversation_id: str) -> None:
        """Delete a conversation; until the next `scrub` its words may still stand somewhere in the files.

        Raises:
            InputError: `conversation_not_found`.
        """
        async with writing(self._engine) as connection:
            done = await connection.execute(delete(conversations).where(_is(user_id, conversation_id)))
        if not done.rowcount:
            raise _not_found(conversation_id)

    async def delete_all(self, user_id: str) -> list[str]:
        """Delete all of a user's conversations likewise, and return their ids."""
        async with writing(self._engine) as connection:
            mine = _of(user_id)
            doomed = list(await connection.scalars(select(conversations.c.id).where(mine)))
            await connection.execute(delete(conversations).where(mine))
        await self.scrub()
        return doomed

    async def scrub(self) -> None:
        """Leave no trace in the database's files of what was deleted."""
        await self._index.scrub(self._engine)

    # ------------------------------------------------------------------ reading

    async def conversations(
        self, user_id: str, *, limit: int = 20, after: str | None = None
    ) -> tuple[list[Conversation], bool]:
        """Return a user's conversations, the newest first, and whether there are more.

        Those that follow the conversation `after`, the last one of the page before.

        Raises:
            InputError: `conversation_not_found` for an unknown `after`.
        """
        query = select(conversations).where(_of(user_id))
        newest = (conversations.c.updated_at, conversations.c.id)
        if after is not None:
            last = await self.conversation(user_id, after)
            query = query.where(tuple_(*newest) < (last.updated_at, last.id))
        query = query.order_by(*(part.desc() for part in newest)).limit(limit + 1)
        async with reading(self._engine) as connection:
            found = [Conversation(**row._mapping) for row in await connection.execute(query)]
        return found[:limit], len(found) > limit

    async def conversation(self, user_id: str, conversation_id: str) -> Conversation:
        """Return one conversation.

        Raises:
            InputError: `conversation_not_found`.
        """
        async with reading(self._engine) as connection:
            return await _conversation(connection, user_id, conversation_id)

    async def entries(self, user_id: str, conversation_id: str, *, last: int | None = None) -> list[Entry]:
        """Return what was said, in order; with `last` only that many at the end.

        Raises:
            InputError: `conversation_not_found`.
        """
        async with reading(self._engine) as connection:
            await _conversation(connection, user_id, conversation_id)
            return await _entries(connection, conversation_id, last)

    async def whole(self, user_id: str, conversation_id: str) -> tuple[Conversation, list[Entry], list[Turn]]:
        """Return a conversation with all that was said in it, and how each reply came about.

        Raises:
            InputError: `conversation_not_found`.
        """
        query = select(turns).where(turns.c.conversation_id == conversation_id)
        query = query.order_by(turns.c.created_at, turns.c.response_id)
        async with reading(self._engine) as connection:
            found = await _conversation(connection, user_id, conversation_id)
            said = await _entries(connection, conversation_id, None)
            return found, said, [_turn(row._mapping) for row in await connection.execute(query)]

    async def search(self, user_id: str, words: str, *, limit: int = 20) -> list[Hit]:
        """Return the conversations that have all the words, in any language, the best first, each once.

        Words next to each other without a space between are looked for as a phrase; of the last word the beginning is
        enough. Titles count.
        """
        query = parse_query(words)
        if not query.phrases or not is_storable(words):
            return []
        async with reading(self._engine) as connection:
            titled = await connection.execute(_by_title(user_id, words).limit(limit))
            hits = [Hit(conversation=Conversation(**row._mapping), entry_id="", snippet="") for row in titled]
            for row in await connection.execute(self._by_words(user_id, words).limit(limit)):
                values = dict(row._mapping)
                entry_id, said = values.pop("entry_id"), values.pop("said")
                hits.append(Hit(conversation=Conversation(**values), entry_id=entry_id, snippet=snippet(said, query)))
        # Where title and words both match, the words tell more.
        best = {hit.conversation.id: hit for hit in hits}
        return list(best.values())[:limit]

    async def lengths(self, conversation_ids: Collection[str]) -> dict[str, int]:
        """Return how many things were said in each conversation, by either side; asides and tools do not count."""
        query = (
            select(entries.c.conversation_id, func.count(entries.c.number).label("messages"))
            .where(entries.c.conversation_id.in_(conversation_ids))
            .where(entries.c.kind == "message", entries.c.is_aside.is_(False))
            .group_by(entries.c.conversation_id)
        )
        async with reading(self._engine) as connection:
            return {row.conversation_id: row.messages for row in await connection.execute(query)}

    async def ids(self) -> set[str]:
        """Return the ids of every user's conversations."""
        async with reading(self._engine) as connection:
            return set(await connection.scalars(select(conversations.c.id)))

    async def kept(self) -> list[KeptConversation]:
        """Return what each conversation of every user weighs, the one that was quiet longest first."""
        weight = (
            func.sum(
                func.length(entries.c.said)
                + func.coalesce(func.length(entries.c.heard), 0)
                + func.coalesce(func.length(cast(entries.c.call, Text)), 0)
            )
            * BYTES_A_CHARACTER
            + func.count(entries.c.number) * ENTRY_BYTES
        )
        query = (
            select(conversations.c.id, conversations.c.user_id, conversations.c.updated_at, weight.label("bytes"))
            .outerjoin(entries)
            .group_by(conversations.c.id)
            .order_by(conversations.c.updated_at)
        )
        async with reading(self._engine) as connection:
            return [
                KeptConversation(
                    id=row.id, user_id=row.user_id, updated_at=row.updated_at, bytes=int(row.bytes or ENTRY_BYTES)
                )
                for row in await connection.execute(query)
            ]

    async def _write(self, group: Sequence[Portion]) -> set[str]:
        async with writing(self._engine) as connection:
            return await put_portions(connection, group, self._index)

    def _by_words(self, user_id: str, words: str) -> Select[Any]:
        found = self._index.matches(parse_query(words))
        place = func.row_number().over(partition_by=conversations.c.id, order_by=found.c.rank)
        ranked = (
            select(conversations, entries.c.id.label("entry_id"), entries.c.said, found.c.rank, place.label("place"))
            .join(entries, entries.c.conversation_id == conversations.c.id)
            .join(found, found.c.number == entries.c.number)
            .where(_of(user_id))
            .subquery()
        )
        wanted = [ranked.c[column.name] for column in conversations.c]
        best_first = (ranked.c.rank, ranked.c.updated_at.desc())
        return select(*wanted, ranked.c.entry_id, ranked.c.said).where(ranked.c.place == 1).order_by(*best_first)


BYTES_A_CHARACTER = 2
"""What a character takes, with its place in the index."""

ENTRY_BYTES = 500
"""What an entry takes beside its words."""


def _is(user_id: str, conversation_id: str) -> Any:
    return and_(_of(user_id), conversations.c.id == conversation_id) if is_storable(conversation_id) else false()


def _reply(conversation_id: str, entry_id: str) -> Any:
    if not is_storable(entry_id):
        return false()
    mine = and_(entries.c.conversation_id == conversation_id, entries.c.id == entry_id)
    return and_(mine, entries.c.kind == "message", entries.c.role == "assistant")


def _of(user_id: str) -> Any:
    return conversations.c.user_id == user_id if is_storable(user_id) else false()


def _by_title(user_id: str, words: str) -> Select[Any]:
    title = conversations.c.title.icontains(words.strip(), autoescape=True)
    newest = conversations.c.updated_at.desc()
    return select(conversations).where(_of(user_id), title).order_by(newest)


async def _conversation(connection: AsyncConnection, user_id: str, conversation_id: str) -> Conversation:
    row = (await connection.execute(select(conversations).where(_is(user_id, conversation_id)))).one_or_none()
    if row is None:
        raise _not_found(conversation_id)
    return Conversation(**row._mapping)


async def _entries(connection: AsyncConnection, conversation_id: str, last: int | None) -> list[Entry]:
    query = select(entries).where(entries.c.conversation_id == conversation_id)
    if last is None:
        query = query.order_by(entries.c.place, entries.c.number)
        return [_entry(row._mapping) for row in await connection.execute(query)]
    query = query.order_by(entries.c.place.desc(), entries.c.number.desc()).limit(last)
    return [_entry(row._mapping) for row in await connection.execute(query)][::-1]


def _entry(row: Any) -> Entry:
    values = {name: row[name] for name in row if name not in ("number", "conversation_id", "call")}
    return Entry(**values, call=None if row["call"] is None else ToolUse(**row["call"]))


def _turn(row: Any) -> Turn:
    values = {name: row[name] for name in row if name not in ("conversation_id", "memories")}
    return Turn(**values, memories=tuple((memory, words) for memory, words in row["memories"]))


def _not_found(conversation_id: str) -> InputError:
    return InputError(
        "conversation_not_found",
        f"There is no conversation '{conversation_id}'.",
        remedy="GET /v1/conversations lists those there are.",
        param="conversation_id",
    )
