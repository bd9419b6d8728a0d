"""A session that is written down; the store is a dictionary, and the disk for sound another, which may fail."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from tests.interaction.caller import Caller
from vivavoce.audio.formats import AudioFormat
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.errors import StorageError
from vivavoce.session.chronicle import Chronicle
from vivavoce.session.driver import Session
from vivavoce.session.listening import InputLimits
from vivavoce.session.mind import BareMind
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import SilenceTurns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.orders import RunTool
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.history.records import Entry, Portion, Turn


__all__ = ["BROKEN", "STORY", "WALL", "Book", "Scribe", "Shelf", "reports", "written_down"]

STORY = "There was a small house. It stood in the woods. Nobody lived there. " * 5
BROKEN = StorageError("database_full", "No room.", retryable=True)
WALL = 1_700_000_000.0


class Book:
    """Keeps portions as a database would."""

    def __init__(self) -> None:
        self.portions: list[Portion] = []
        self.entries: dict[str, Entry] = {}
        self.turns: dict[str, Turn] = {}
        self.takes_seconds = 0.0
        self.is_broken = self.is_deleted = False
        self.tries = 0

    async def append(self, portion: Portion) -> bool:
        self.tries += 1
        await anyio.sleep(self.takes_seconds)
        if self.is_broken:
            raise BROKEN
        if self.is_deleted:
            return False
        self.portions.append(portion)
        self.entries |= {entry.id: entry for entry in portion.entries}
        self.turns |= {turn.response_id: turn for turn in portion.turns}
        for entry_id in portion.deleted:
            self.entries.pop(entry_id, None)
        return True

    @property
    def in_order(self) -> list[Entry]:
        return sorted(self.entries.values(), key=lambda entry: entry.place)

    @property
    def words(self) -> list[str]:
        return [entry.words for entry in self.in_order]


class Shelf:
    """Keeps sound."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.takes_seconds = 0.0
        self.is_broken = False

    async def save(self, conversation_id: str, entry_id: str, audio: Samples, rate_hz: int) -> None:
        await self._work()
        self.seconds[entry_id] = len(audio) / rate_hz

    async def delete_entry(self, conversation_id: str, entry_id: str) -> None:
        await self._work()
        self.seconds.pop(entry_id, None)

    async def _work(self) -> None:
        await anyio.sleep(self.takes_seconds)
        if self.is_broken:
            raise BROKEN


class Scribe(BareMind):
    """Thinks of nothing, and has it written down; its tools find that it is warm."""

    chronicle: Chronicle

    async def run_tool(self, order: RunTool) -> tuple[str, str]:
        return "warm", ""

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        self.chronicle.tell(news, audio)


@asynccontextmanager
async def written_down(
    book: Book,
    roster: EngineRoster | None = None,
    *,
    settings: ConversationSettings | None = None,
    past: Sequence[Entry] | None = None,
    shelf: Shelf | None = None,
) -> AsyncGenerator[Caller, None]:
    """Open a session that is written down, and close it as a server does when its client leaves."""
    roster = roster or fake_roster()
    settings = settings or ConversationSettings(transcripts=True)
    caller, scribe = Caller(), Scribe(roster)
    caller.session = Session(
        session_id="sess_t", settings=settings, roster=roster, client=caller, limits=InputLimits(), mind=scribe
    )
    scribe.chronicle = Chronicle(
        book,
        caller.session.machine,
        conversation_id="conv_t",
        user_id="ann",
        wall_clock=lambda: WALL,
        past=past,
        recordings=shelf,
    )
    scribe.chronicle.describe(persona="viva", engine="chat_engine")
    async with anyio.create_task_group() as group:
        await group.start(caller.session.run)
        group.start_soon(scribe.chronicle.run)
        caller.session.configure(settings, audio_format=AudioFormat.PCM16_24K, detection=SilenceTurns(silence_ms=500))
        yield caller
        caller.session.close("client_left")
        group.cancel_scope.cancel()


def reports(caller: Caller, item_id: str, seconds: float, *, buffered: int = 1) -> None:
    """Say how much of a reply was played."""
    caller.session.dispatch(
        ev.PlayoutReported(item_id=item_id, played_samples=round(seconds * 24_000), buffered_samples=buffered)
    )
