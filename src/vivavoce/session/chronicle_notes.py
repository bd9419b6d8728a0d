"""What a session's news means for its history: which entries are new or have grown, and how they stand.

Owns the marks of what is to be written. News only leave a mark; the entry is read off the conversation when it is
written, so that one which changed ten times is written once, as it stands then. Refuses to wait, and to know a
database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from vivavoce.conversation import effects as fx
from vivavoce.history.records import Portion, title_of
from vivavoce.session.chronicle_entries import Places, entry_of
from vivavoce.session.chronicle_turns import TurnNotes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from vivavoce.conversation.items import Item
    from vivavoce.history.records import Entry
    from vivavoce.session.chronicle_turns import TurnNews

__all__ = ["Attended", "Notes"]

MAX_CHANGED = 1_000
"""Entries that may wait to be written; when more do, the oldest are dropped. Only a database that has failed for hours
makes so many wait."""

MEND_SECONDS = 2.0
"""How long after an interruption the client may still say where it stopped."""


class Attended(Protocol):
    """The conversation, as far as it is read here; `ConversationMachine` is one."""

    def item(self, item_id: str) -> Item | None:
        """Return an item as it stands; None when it is gone."""
        ...

    def heard(self, item_id: str, now: float) -> tuple[str, int] | None:
        """Return the words of a spoken reply that were heard by now, and the samples; None of all else."""
        ...


@dataclass(slots=True)
class _Listening:
    """A reply on its way into the listener's ear; `until` once it was cut short."""

    words: str = ""
    has_sound: bool = False
    is_cut: bool = False
    until: float | None = None


class Notes:
    """One conversation's marks. With `past`, it goes on where that ended; otherwise it begins with the user's words."""

    def __init__(
        self, conversation: Attended, *, conversation_id: str, user_id: str, past: Sequence[Entry] | None = None
    ) -> None:
        self.persona = self.engine = ""
        self.dropped = 0
        self._conversation = conversation
        self._conversation_id, self._user_id = conversation_id, user_id
        self._places = Places(past or ())
        self._past = frozenset(entry.id for entry in past or ())
        self._is_open = past is not None
        self._language = self._title = ""
        self._origins: dict[str, tuple[str, float]] = {}
        self._said: dict[str, str] = {}
        self._listening: dict[str, _Listening] = {}
        self._wordless: set[str] = set()
        self._turns = TurnNotes()
        self._changed: dict[str, None] = {}
        self._deleted: list[str] = []

    @property
    def listening(self) -> Collection[str]:
        """The replies that are on their way into the listener's ear."""
        return self._listening.keys()

    @property
    def has_changes(self) -> bool:
        """Whether there may be something to write."""
        return bool(self._changed or self._turns.has_changes or self._deleted or self._wordless)

    @property
    def is_open(self) -> bool:
        """Whether the conversation is in the history."""
        return self._is_open

    def take(self, news: fx.News, at: float) -> None:
        """Mark what the news changes; `at` is seconds since 1970."""
        match news:
            case fx.ItemAdded() | fx.ItemDone() | fx.ItemDeleted() | fx.ItemTruncated():
                self._take_item(news, at)
            case fx.TranscriptionCompleted():
                self._language = news.language
                self._change(news.item_id)
            case fx.TranscriptionFailed():
                self._wordless.discard(news.item_id)
            case fx.OutputItemAdded() | fx.ContentPartAdded() | fx.OutputText() | fx.OutputAudio():
                if news.response_id in self._turns:
                    self._take_output(news)
            case fx.PlayoutCleared():
                self._cut(news.item_id)
            case fx.ReplyCreated() | fx.ReplyDone() | fx.MemoriesUsed() | fx.TurnTimed():
                self._take_turn(news, at)
            case _:
                pass

    def follow(self, now: float) -> None:
        """Look how far each reply was heard by `now`."""
        for item_id, listening in list(self._listening.items()):
            words, _ = self._conversation.heard(item_id, now) or ("", 0)
            if words != listening.words:
                listening.words = words
                self._change(item_id)
            if listening.is_cut and listening.until is None:
                listening.until = now + MEND_SECONDS
            if listening.until is not None and now >= listening.until:
                self._heard_last(item_id)

    def finish(self, now: float) -> None:
        """The session is over: what has not been heard never will be."""
        self.follow(now)
        for item_id, listening in self._listening.items():
            listening.is_cut, listening.until = True, now
            self._change(item_id)

    def portion(self, *, at: float, now: float) -> Portion | None:
        """Return what is to be written and take its marks away; None while there is nothing."""
        self._find_words()
        entries = [entry for item_id in self._changed if (entry := self._entry(item_id, now)) is not None]
        self._title = self._title or next((title_of(entry.said) for entry in entries if _is_users(entry)), "")
        # A greeting that nobody has answered is no conversation yet.
        if not self._is_open and not any(entry.role == "user" for entry in entries):
            return None
        if not (entries or self._turns.has_changes or self._deleted):
            self._changed.clear()
            return None
        portion = Portion(
            conversation_id=self._conversation_id,
            user_id=self._user_id,
            at=at,
            opens=not self._is_open,
            title=self._title,
            persona=self.persona,
            engine=self.engine,
            language=self._language,
            entries=tuple(entries),
            turns=self._turns.take_changed(),
            deleted=tuple(self._deleted),
        )
        self._changed.clear()
        self._deleted.clear()
        return portion

    def written(self) -> None:
        """The last portion is in the history."""
        self._is_open = True

    def put_back(self, portion: Portion) -> None:
        """The portion could not be written: mark what was in it again, as older than what was marked since."""
        newer, self._changed = self._changed, {}
        for item_id in (*(entry.id for entry in portion.entries), *newer):
            self._change(item_id)
        self._turns.put_back(portion.turns)
        self._deleted[:0] = portion.deleted

    # ------------------------------------------------------------------ marks

    def _take_item(self, news: fx.ItemAdded | fx.ItemDone | fx.ItemDeleted | fx.ItemTruncated, at: float) -> None:
        match news:
            case fx.ItemAdded():
                self._add(news.item, news.previous_item_id, at)
            case fx.ItemDone():
                self._said.pop(news.item.id, None)
                self._change(news.item.id)
            case fx.ItemTruncated():
                self._cut(news.item_id)
                self._change(news.item_id)
            case fx.ItemDeleted():
                self._forget(news.item_id)

    def _add(self, item: Item, previous_item_id: str | None, at: float) -> None:
        if item.id in self._places:
            return
        self._places.insert(item.id, previous_item_id)
        response_id, _ = self._origins.get(item.id, ("", 0.0))
        self._origins[item.id] = (response_id, at)
        if any(part.text is None for part in item.content):
            self._wordless.add(item.id)
        self._change(item.id)

    def _forget(self, item_id: str) -> None:
        self._places.remove(item_id)
        self._changed.pop(item_id, None)
        self._origins.pop(item_id, None)
        self._listening.pop(item_id, None)
        self._said.pop(item_id, None)
        self._wordless.discard(item_id)
        self._deleted.append(item_id)

    def _take_output(self, news: fx.OutputItemAdded | fx.ContentPartAdded | fx.OutputText | fx.OutputAudio) -> None:
        match news:
            case fx.OutputItemAdded():
                self._origins[news.item.id] = (news.response_id, 0.0)
            case fx.ContentPartAdded():
                if news.part == "output_audio":
                    self._listening[news.item_id] = _Listening()
            case fx.OutputText() if news.item_id in self._places:
                self._said[news.item_id] = self._said.get(news.item_id, "") + news.delta
                # What is spoken is written clause by clause, as its sound goes out.
                if news.part == "output_text":
                    self._change(news.item_id)
            case fx.OutputAudio():
                if news.item_id in self._listening:
                    self._listening[news.item_id].has_sound = True
                if news.text:
                    self._change(news.item_id)
            case _:
                pass  # more of an item that the client has deleted

    def _take_turn(self, news: TurnNews, at: float) -> None:
        self._turns.take(news, at)
        if isinstance(news, fx.ReplyDone):
            # One without a sound is not waited for.
            self._end_listening(news.reply.response_id, silent_only=True)
        elif isinstance(news, fx.TurnTimed) and news.marks.played is not None:
            self._end_listening(news.response_id)

    def _end_listening(self, response_id: str, *, silent_only: bool = False) -> None:
        for item_id, listening in list(self._listening.items()):
            if self._origins[item_id][0] == response_id and not (silent_only and listening.has_sound):
                self._heard_last(item_id)

    def _heard_last(self, item_id: str) -> None:
        if self._listening.pop(item_id, None) is not None:
            self._change(item_id)

    def _cut(self, item_id: str) -> None:
        if item_id in self._listening:
            self._listening[item_id].is_cut = True

    def _change(self, item_id: str) -> None:
        if item_id in self._past or item_id not in self._places:
            return
        self._changed[item_id] = None
        if len(self._changed) > MAX_CHANGED:
            del self._changed[next(iter(self._changed))]
            self.dropped += 1

    # ------------------------------------------------------------------ reading off

    def _find_words(self) -> None:
        """Mark the spoken turns whose words are known by now: not every client wants to be told of them."""
        for item_id in list(self._wordless):
            item = self._conversation.item(item_id)
            if item is None or all(part.text is not None for part in item.content):
                self._wordless.discard(item_id)
                self._change(item_id)

    def _entry(self, item_id: str, now: float) -> Entry | None:
        item = self._conversation.item(item_id)
        if item is None:
            return None
        response_id, created_at = self._origins[item_id]
        said = self._said.get(item_id, "")
        place = self._places[item_id]
        entry = entry_of(item, place=place, response_id=response_id, created_at=created_at, said=said)
        if entry is None or entry.role != "assistant" or entry.kind != "message":
            return entry
        listening = self._listening.get(item_id)
        if listening is not None:
            return _as_heard(replace(entry, source="audio"), listening)
        if entry.status == "completed" or entry.heard is not None:
            return replace(entry, heard=None if entry.status == "completed" else entry.heard)
        heard = self._conversation.heard(item_id, now)
        return entry if heard is None else replace(entry, source="audio", heard=heard[0])


def _as_heard(entry: Entry, listening: _Listening) -> Entry:
    is_whole = listening.words.strip() == entry.said.strip() and entry.status == "completed"
    if is_whole and listening.is_cut:
        return replace(entry, heard=None)
    return replace(entry, heard=listening.words, status="incomplete" if listening.is_cut else "in_progress")


def _is_users(entry: Entry) -> bool:
    return entry.role == "user" and entry.kind == "message" and not entry.is_aside
