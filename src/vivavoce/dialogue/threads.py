"""What an engine keeps of each conversation, so that its prompt begins alike at every turn.

Owns the record of one conversation and its bounds, and which conversations are kept: the latest, for some never close.
Refuses to know models, memory and prompts.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from vivavoce.engines.protocols import ChatMessage

__all__ = ["Remembered", "Thread", "Threads", "TurnNote", "fingerprint"]

MAX_THREADS = 512
MAX_STRANGERS = 3
"""After so many prompts in a row that begin otherwise, the conversation itself has changed."""
MAX_NOTES = 256
"""Turns of one conversation that may have notes; the oldest lose theirs."""

Remembered = tuple[str, str]
"""A memory's id and its text."""


def fingerprint(messages: Sequence[ChatMessage]) -> bytes:
    """Return what tells these messages from others."""
    parts = hashlib.blake2b(digest_size=16)
    for message in messages:
        for text in (message.role, message.content, *(part for call in message.tool_calls for part in call)):
            parts.update(text.encode("utf-8", "replace") + b"\x00")
    return parts.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnNote:
    """What was remembered for one turn, while it was spoken and once it was over.

    Attributes:
        words: the turn's, when the later part was added; what comes behind them was said afterwards.
        before: stands before the words: it was found while they were still coming.
        after: stands behind them: it was found with the last of them.
    """

    words: str
    before: tuple[Remembered, ...] = ()
    after: tuple[Remembered, ...] = ()


@dataclass(slots=True, eq=False)
class Thread:
    """One conversation. Messages are counted without the system's.

    Attributes:
        language: that of the notes; empty before the first turn.
        beginning, is_begun: what marks the conversation: its first message, and whether another stands behind it.
        strangers: how often in a row it was asked with messages that begin otherwise.
        user_id: whose memories its prompt holds; empty for nobody's.
        known: what is known of the user from the start; None before it was looked up.
        is_outdated: whether some of that holds no longer, so that it is to be looked up anew.
        notes: what was remembered for a turn, by its message's number.
        summary, lines: what the first `covered` messages said, in words and, the newer ones, line by line.
        told_of: the ids of the memories that the summary may tell of.
        covered, covered_mark: how many these are, and what marks them.
        measured: the size of a prompt as the gauge has it, and the tokens it had.
        searched: the words that memory was searched for last, and what came of it.
        asked: what memory was asked and has not answered yet, each kind of question once.
        background: what is being done for it beside its turns.
    """

    language: str = ""
    beginning: str = ""
    is_begun: bool = False
    strangers: int = 0
    user_id: str = ""
    known: tuple[Remembered, ...] | None = None
    is_outdated: bool = False
    notes: OrderedDict[int, TurnNote] = field(default_factory=OrderedDict)
    summary: str = ""
    lines: tuple[str, ...] = ()
    told_of: frozenset[str] = frozenset()
    covered: int = 0
    covered_mark: bytes = b""
    measured: tuple[float, int] | None = None
    searched: tuple[str, tuple[Remembered, ...]] = ("", ())
    asked: dict[str, anyio.Event] = field(default_factory=dict)
    background: anyio.CancelScope | None = None

    def note(self, index: int, note: TurnNote) -> None:
        """Keep a turn's note."""
        self.notes[index] = note
        while len(self.notes) > MAX_NOTES:
            self.notes.popitem(last=False)

    def cover(self, messages: Sequence[ChatMessage], summary: str, lines: tuple[str, ...] = ()) -> None:
        """Let these stand for the messages, the first of the conversation."""
        self.told_of = self.told_of | self.placed() if summary else frozenset()
        self.summary, self.lines = summary, lines
        self.covered, self.covered_mark = len(messages), fingerprint(messages)
        self.measured = None
        for index in [index for index in self.notes if index < self.covered]:
            del self.notes[index]

    def belong_to(self, user_id: str) -> None:
        """Hold memories of this user only, or nobody's: those of another, and what may tell of them, leave."""
        if user_id == self.user_id:
            return
        self.forget(self.placed() | self.told_of)
        self.user_id, self.known, self.is_outdated = user_id, None, False
        self.notes.clear()

    def forget(self, memory_ids: Collection[str]) -> None:
        """Let these memories, which hold no longer, leave its prompt, and what may tell of them."""
        self.searched = ("", ())
        self.asked.clear()
        if not self.told_of.isdisjoint(memory_ids):
            # The lines beside it are what was said itself.
            self.summary, self.told_of, self.measured = "", frozenset(), None
        if self.placed().isdisjoint(memory_ids):
            return
        self.stop()
        self.measured = None
        if self.known is not None:
            self.known, self.is_outdated = _without(self.known, memory_ids), True
        for index, note in self.notes.items():
            before, after = _without(note.before, memory_ids), _without(note.after, memory_ids)
            self.notes[index] = replace(note, before=before, after=after)

    def placed(self) -> frozenset[str]:
        """Return the ids of all memories that its prompt holds."""
        beside = (found for note in self.notes.values() for found in (*note.before, *note.after))
        return frozenset(memory_id for memory_id, _ in (*(self.known or ()), *beside))

    def stop(self) -> None:
        """End what is being done beside its turns."""
        if self.background is not None:
            self.background.cancel()
            self.background = None


class Threads:
    """The conversations, by id."""

    def __init__(self, *, kept: int = MAX_THREADS, make: Callable[[], Thread] = Thread) -> None:
        self._threads: OrderedDict[str, Thread] = OrderedDict()
        self._kept = kept
        self._make = make

    def __len__(self) -> int:
        return len(self._threads)

    def of(self, conversation_id: str, messages: Sequence[ChatMessage]) -> Thread:
        """Return what is kept of a conversation, where these messages are its own; else something that is not kept.

        Without an id nothing is kept. A conversation without messages yet is any.
        """
        if not conversation_id:
            return self._make()
        thread = self._threads.get(conversation_id)
        if thread is not None and self._is_stranger(thread, messages):
            thread.strangers += 1
            if thread.strangers < MAX_STRANGERS:
                return self._make()
            self.close(conversation_id)
            thread = None
        if thread is None:
            thread = self._threads[conversation_id] = self._make()
            while len(self._threads) > self._kept:
                self.close(next(iter(self._threads)))
        self._threads.move_to_end(conversation_id)
        thread.strangers = 0
        if messages:
            thread.beginning, thread.is_begun = messages[0].content, len(messages) > 1
        return thread

    def _is_stranger(self, thread: Thread, messages: Sequence[ChatMessage]) -> bool:
        if not messages or not thread.beginning or (len(messages) == 1 and not thread.is_begun):
            return False
        # A turn may go on after a pause, and a reply may turn out to have been heard in part.
        begins, began = messages[0].content, thread.beginning
        return not (begins.startswith(began) or began.startswith(begins))

    def forget(self, user_id: str, memory_ids: Collection[str]) -> None:
        """Let these memories of a user, which hold no longer, leave all prompts."""
        for thread in self._threads.values():
            if thread.user_id == user_id:
                thread.forget(memory_ids)

    def close(self, conversation_id: str) -> None:
        """Keep nothing of it any more."""
        thread = self._threads.pop(conversation_id, None)
        if thread is not None:
            thread.stop()


def _without(memories: tuple[Remembered, ...], memory_ids: Collection[str]) -> tuple[Remembered, ...]:
    return tuple(memory for memory in memories if memory[0] not in memory_ids)
