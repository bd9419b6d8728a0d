"""The history on real databases: the same tests on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
from sqlalchemy import text

from vivavoce.errors import InputError, StorageError
from vivavoce.history.records import Entry, Portion, ToolUse, Turn
from vivavoce.history.store import HistoryStore
from vivavoce.history.tables import HISTORY
from vivavoce.storage.database import reading, writing
from vivavoce.storage.migrating import Migrations, migrate

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def store(engine: AsyncEngine) -> HistoryStore:
    await migrate(engine, HISTORY)
    return HistoryStore(engine)


def said(name: str, words: str, **more: object) -> Entry:
    return replace(Entry(id=name, said=words, source="audio", created_at=10.0), **more)  # type: ignore[arg-type]


def portion(conversation_id: str, *entries: Entry, user: str = "ann", at: float = 10.0, **more: object) -> Portion:
    placed = tuple(replace(entry, place=entry.place or float(place)) for place, entry in enumerate(entries, start=1))
    plain = Portion(conversation_id=conversation_id, user_id=user, at=at, opens=True, entries=placed)
    return replace(plain, **more)  # type: ignore[arg-type]


async def found(store: HistoryStore, words: str, user: str = "ann") -> list[str]:
    return [hit.conversation.id for hit in await store.search(user, words)]


async def test_everything_that_is_kept_comes_back_as_it_was(store: HistoryStore) -> None:
    use = ToolUse(call_id="x", name="weather", arguments='{"in": "Rome"}', output="warm", server_label="vivavoce")
    entries = (
        said("q", "今天天气怎么样？ \U0001f600", audio_ms=1_200),
        said("call", "", kind="mcp_call", role="assistant", response_id="r", source="text", call=use),
        said("a", "Warm and dry.", role="assistant", response_id="r", heard="Warm", status="incomplete"),
    )
    turn = Turn(
        response_id="r",
        user_entry_id="q",
        status="cancelled",
        timings={"first_audio": 312.5},
        memories=(("fact", "Lives in Rome."),),
        created_at=11.0,
    )
    await store.append(
        portion("c", *entries, title="天气", persona="viva", engine="chat_engine", language="zh", turns=(turn,))
    )
    conversation, kept, turns = await store.whole("ann", "c")
    assert kept == [replace(entry, place=place) for place, entry in enumerate(entries, start=1)]
    assert turns == [turn]
    assert (conversation.title, conversation.persona, conversation.engine) == ("天气", "viva", "chat_engine")
    assert (conversation.language, conversation.created_at, conversation.updated_at) == ("zh", 10.0, 10.0)


async def test_an_entry_grows_and_keeps_its_place_and_its_time(store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "Hi."), said("a", "It is", heard="", status="in_progress"), title="Hi."))
    grown = said("a", "It is warm.", heard="It is", status="in_progress", place=9.0, created_at=99.0)
    await store.append(portion("c", grown, at=20.0, opens=False, title="Other", language="en"))
    conversation, (_, answer), _ = await store.whole("ann", "c")
    assert (answer.said, answer.heard, answer.place, answer.created_at) == ("It is warm.", "It is", 2.0, 10.0)
    assert (conversation.title, conversation.language, conversation.updated_at) == ("Hi.", "en", 20.0)
    assert await found(store, "warm") == ["c"]


async def test_an_entry_that_was_deleted_is_neither_read_nor_found(store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "The secret word."), said("p", "Something else.")))
    await store.append(portion("c", opens=False, deleted=("q",)))
    assert [entry.id for entry in await store.entries("ann", "c")] == ["p"]
    assert await found(store, "secret") == []


async def test_what_came_between_two_others_stands_there(store: HistoryStore) -> None:
    await store.append(portion("c", said("first", "One."), said("third", "Three.")))
    await store.append(portion("c", said("second", "Two.", place=1.5), opens=False))
    assert [entry.id for entry in await store.entries("ann", "c")] == ["first", "second", "third"]
    assert [entry.id for entry in await store.entries("ann", "c", last=2)] == ["second", "third"]


async def test_a_user_sees_and_changes_only_what_is_their_own(store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "The secret word."), title="Secret"))
    assert await found(store, "secret", user="bob") == []
    assert await store.conversations("bob") == ([], False)
    for forbidden in (
        store.conversation("bob", "c"),
        store.whole("bob", "c"),
        store.entries("bob", "c"),
        store.rename("bob", "c", "Mine"),
        store.delete("bob", "c"),
        store.conversations("bob", after="c"),
    ):
        with pytest.raises(InputError) as refusal:
            await forbidden
        assert refusal.value.code == "conversation_not_found"
    assert await store.delete_all("bob") == []
    # Nor writes to it, whatever session claims its id.
    assert not await store.append(portion("c", said("q", "Overwritten."), user="bob"))
    assert (await store.conversation("ann", "c")).title == "Secret"
    assert [entry.said for entry in await store.entries("ann", "c")] == ["The secret word."]


async def test_conversations_come_newest_first_and_page_by_page(store: HistoryStore) -> None:
    for number in range(7):
        # Two at the same time must not be lost between two pages.
        await store.append(portion(f"c{number}", said("q", "Hi."), at=float(number // 2)))
    pages, after, has_more = [], None, True
    while has_more:
        page, has_more = await store.conversations("ann", limit=3, after=after)
        after = page[-1].id
        pages.append([conversation.id for conversation in page])
    assert pages == [["c6", "c5", "c4"], ["c3", "c2", "c1"], ["c0"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("weather", ["en"]),
        ("WEATH", ["en"]),
        ("eather", []),
        ("rome weather", ["en"]),
        ("weather tomorrow", []),
        ("naïve", ["fr"]),
        ("天", ["zh"]),
        ("天气", ["zh"]),
        ("气天", []),
        ("天气 上海", ["zh"]),
        ("GPT", ["zh"]),
        ("𠮷", ["zh"]),
        ("state-of-the-art", ["fr"]),
        ("50% OR 'x' NEAR(", []),
        ('"', []),
        ("*", []),
        (":*&|!()<->", []),
        ("", []),
    ],
)
async def test_words_of_any_language_are_found(store: HistoryStore, words: str, expected: list[str]) -> None:
    await store.append(portion("en", said("q", "What is the weather like in Rome?")))
    await store.append(portion("zh", said("q", "今天上海的天气怎么样？用GPT说。𠮷野家")))
    await store.append(portion("fr", said("q", "A naïve question about state-of-the-art \\ systems.")))
    assert await found(store, words) == expected


async def test_the_best_find_comes_first_with_what_stands_around_it(store: HistoryStore) -> None:
    much = "Tea, tea and tea. " + "Nothing else. " * 3
    little = "Nothing else. " * 40 + "Somebody drank tea there. " + "Nothing else. " * 40
    await store.append(portion("little", said("q", little), at=20.0))
    await store.append(portion("much", said("p", "No."), said("q", much), at=10.0))
    first, second = await store.search("ann", "tea")
    assert (first.conversation.id, first.entry_id) == ("much", "q")
    assert second.snippet.startswith("…")
    assert "Somebody drank tea there." in second.snippet
    assert len(second.snippet) < 130


async def test_a_conversation_is_found_by_the_title_it_was_given(store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "Hi.")))
    assert (await store.rename("ann", "c", "  Holiday   plans 100% ")).title == "Holiday plans 100%"
    assert await found(store, "holiday") == ["c"]
    assert await found(store, "100%") == ["c"]
    for title in ("", "  ", "x" * 201):
        with pytest.raises(InputError, match="A title has"):
            await store.rename("ann", "c", title)


async def test_a_deleted_conversation_is_gone_and_stays_so(store: HistoryStore, engine: AsyncEngine) -> None:
    turn = Turn(response_id="r")
    await store.append(portion("c", said("q", "The secret word."), title="Secret", turns=(turn,)))
    await store.append(portion("d", said("q", "Something else.")))
    await store.delete("ann", "c")
    assert await found(store, "secret") == []
    async with reading(engine) as connection:
        for table in ("conversations", "entries", "turns", "entry_words"):
            count = await connection.scalar(text(f"SELECT count(*) FROM {table}"))
            assert count == (0 if table == "turns" else 1), table
    assert not await store.append(portion("c", said("p", "More."), opens=False))
    assert await store.ids() == {"d"}


async def test_all_of_a_users_conversations_go_and_nobody_elses(store: HistoryStore) -> None:
    for name, user in (("a", "ann"), ("b", "ann"), ("c", "bob")):
        await store.append(portion(name, said("q", "Secret."), user=user))
    assert sorted(await store.delete_all("ann")) == ["a", "b"]
    assert await found(store, "secret") == []
    assert await found(store, "secret", user="bob") == ["c"]


async def test_what_one_portion_holds_is_kept_whole_or_not_at_all(store: HistoryStore) -> None:
    broken = said("a", "No.", place=None)
    with pytest.raises(StorageError) as refusal:
        await store.append(replace(portion("c", said("q", "Hi.")), entries=(said("q", "Hi.", place=1.0), broken)))
    assert refusal.value.code == "database_failed"
    assert await store.ids() == set()


async def test_a_portion_that_cannot_be_kept_keeps_nobody_elses_from_it(store: HistoryStore) -> None:
    kept: list[str] = []
    refused: list[str] = []

    async def append(piece: Portion) -> None:
        try:
            await store.append(piece)
            kept.append(piece.conversation_id)
        except StorageError:
            refused.append(piece.conversation_id)

    pieces = [portion(f"c{number}", said("q", f"Number {number}.")) for number in range(20)]
    pieces[7] = replace(pieces[7], entries=(said("q", "No.", place=None),))
    async with anyio.create_task_group() as group:
        for piece in pieces:
            group.start_soon(append, piece)
    assert refused == ["c7"]
    assert await store.ids() == set(kept)
    assert len(kept) == 19


async def test_what_is_written_at_once_from_many_places_is_all_there(store: HistoryStore) -> None:
    async def talk(name: str) -> None:
        for number in range(10):
            words = f"Word {number} of {name}."
            await store.append(portion(name, said(f"e{number}", words, place=number + 1.0), opens=number == 0))

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(talk, f"c{number}")
    for number in range(50):
        assert len(await store.entries("ann", f"c{number}")) == 10
    assert len(await store.search("ann", "word 9", limit=100)) == 50


async def test_characters_that_a_database_cannot_hold_spoil_nothing(store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "Zero \x00 and half \ud83d here.", call=ToolUse(output="\x00ok"))))
    (entry,) = await store.entries("ann", "c")
    assert entry.said.startswith("Zero  and half")
    assert entry.call is not None
    assert entry.call.output == "ok"
    assert await found(store, "half") == ["c"]


async def test_names_that_a_database_cannot_hold_are_kept_without_what_it_cannot(store: HistoryStore) -> None:
    for bad in ("\x00", "\ud83d"):
        entry = said(f"q{bad}", "Hello.", response_id=f"r{bad}", role=f"user{bad}")
        turn = Turn(
            response_id=f"r{bad}",
            user_entry_id=f"q{bad}",
            timings={f"played{bad}": 1.0},
            memories=((f"m{bad}", f"Likes{bad} tea."),),
        )
        name = f"c{len(await store.ids())}"
        await store.append(portion(name, entry, title=f"Ti{bad}tle", persona=f"viva{bad}", turns=(turn,)))
        conversation, (kept,), (told,) = await store.whole("ann", name)
        half = "" if bad == "\x00" else "?"
        assert (conversation.title, conversation.persona) == (f"Ti{half}tle", f"viva{half}")
        assert (kept.id, kept.response_id) == (told.user_entry_id, told.response_id) == (f"q{half}", f"r{half}")
        assert told.memories == ((f"m{half}", f"Likes{half} tea."),)
        assert (await store.rename("ann", name, f"Tea{bad}")).title == f"Tea{half}"
        await store.append(portion(name, opens=False, deleted=(f"q{bad}",)))
        assert await store.entries("ann", name) == []


@pytest.mark.parametrize("bad", ["\x00", "\ud83d"])
async def test_what_no_database_can_hold_is_not_found(store: HistoryStore, bad: str) -> None:
    await store.append(portion("c", said("q", "Is there tea?"), title="Tea"))
    assert await found(store, f"te{bad}") == []
    assert await found(store, "tea", user=f"ann{bad}") == []
    assert await store.conversations(f"ann{bad}") == ([], False)
    assert await store.delete_all(f"ann{bad}") == []
    for unknown in (
        store.conversation("ann", f"c{bad}"),
        store.whole("ann", f"c{bad}"),
        store.entries("ann", f"c{bad}"),
        store.rename("ann", f"c{bad}", "Mine"),
        store.delete("ann", f"c{bad}"),
        store.conversations("ann", after=f"c{bad}"),
        store.conversation(f"ann{bad}", "c"),
    ):
        with pytest.raises(InputError) as refusal:
            await unknown
        assert refusal.value.code == "conversation_not_found"
    # Nor does such a name write into a conversation that has nearly the same.
    assert not await store.append(portion(f"c{bad}", said("p", "More.")))
    assert not await store.append(portion("d", said("p", "More."), user=f"ann{bad}"))
    assert await store.ids() == {"c"}
    assert [entry.id for entry in await store.entries("ann", "c")] == ["q"]


async def test_what_a_conversation_weighs_grows_with_what_is_said(store: HistoryStore) -> None:
    await store.append(portion("old", said("q", "Hi."), at=1.0))
    await store.append(portion("new", said("q", "Hi. " * 1_000), user="bob", at=2.0))
    old, new = await store.kept()
    assert (old.id, old.user_id, old.updated_at, new.id) == ("old", "ann", 1.0, "new")
    assert 0 < old.bytes < 1_000 < 4_000 < new.bytes


async def test_a_database_is_brought_up_to_date_once_by_however_many(engine: AsyncEngine) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(migrate, engine, HISTORY)
    async with reading(engine) as connection:
        versions = list(await connection.scalars(text("SELECT version_num FROM history_version")))
    assert versions == ["0002"]


async def test_a_database_of_a_newer_vivavoce_is_refused_and_left_alone(engine: AsyncEngine) -> None:
    await migrate(engine, HISTORY)
    async with writing(engine) as connection:
        await connection.execute(text("UPDATE history_version SET version_num = '9999'"))
    with pytest.raises(StorageError) as refusal:
        await migrate(engine, HISTORY)
    assert refusal.value.code == "database_newer"
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT version_num FROM history_version")) == "9999"


async def test_parts_with_tables_of_their_own_share_a_database(engine: AsyncEngine) -> None:
    await migrate(engine, HISTORY)
    other = Migrations(location=HISTORY.location, version_table="other_version")
    # The same steps again would fail on tables that exist: they ran because the other part's version stood at nothing.
    with pytest.raises(StorageError):
        await migrate(engine, other)
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT version_num FROM history_version")) == "0002"


async def test_the_tables_are_those_that_the_code_knows(engine: AsyncEngine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from vivavoce.history.tables import METADATA

    await migrate(engine, HISTORY)

    def differences(connection: Connection) -> list[object]:
        def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
            return kind != "table" or (name or "") in METADATA.tables

        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        return list(compare_metadata(context, METADATA))

    async with reading(engine) as connection:
        assert await connection.run_sync(differences) == []


async def test_a_history_without_ratings_gets_room_for_them(engine: AsyncEngine, store: HistoryStore) -> None:
    await store.append(portion("c", said("q", "Tea?"), said("a", "Green.", role="assistant")))
    async with writing(engine) as connection:
        await connection.execute(text("ALTER TABLE entries DROP COLUMN rating"))
        await connection.execute(text("UPDATE history_version SET version_num = '0001'"))
    await migrate(engine, HISTORY)
    assert [entry.rating for entry in await store.entries("ann", "c")] == [None, None]
    await store.rate("ann", "c", "a", "up")
    assert [entry.rating for entry in await store.entries("ann", "c")] == [None, "up"]
