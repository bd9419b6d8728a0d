"""What memory is given to learn from: each turn once it is over.

Owns the putting together of what the user said and what they heard, and that nothing is learned from a turn in which
something was forgotten: what is to be gone stands in it. Refuses to know what memory makes of it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import anyio

from vivavoce.conversation import effects as fx
from vivavoce.memory.facts import SpokenTurn
from vivavoce.tools.definition import BUILT_IN_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import Item
    from vivavoce.memory.facts import Remembers

__all__ = ["Learner", "Learns", "Listens", "Remembered"]

LONGEST_CHARACTERS = 4_000
MOST_UNANSWERED = 32
_CALLS = ("mcp_call", "mcp_approval_request")
_FORGET = (BUILT_IN_LABEL, "forget")


class Listens(Protocol):
    """Whose conversation it is, and whether they are remembered just now."""

    user_id: str
    conversation_id: str
    language: str

    @property
    def remembers(self) -> bool:
        """Whether anything is to be learnt."""
        ...


class Learns(Protocol):
    """Whoever else learns from turns: the reply engine of the conversation, where its memory is its own."""

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later; returns at once."""
        ...


class Remembered(Protocol):
    """The conversation as it stands."""

    def item(self, item_id: str) -> Item | None:
        """Return an item; None when it is gone."""
        ...


class Learner:
    """Watches one conversation.

    Words are read off the conversation when they have been answered: not every client has them told as they are known.
    """

    def __init__(
        self,
        memory: Remembers,
        mind: Listens,
        conversation: Remembered,
        *,
        engine: Learns | None = None,
        wall_clock: Callable[[], float] = time.time,  # noqa: TID251 - facts carry the date on which they were told
    ) -> None:
        self._memory = memory
        self._mind = mind
        self._conversation = conversation
        self._engine = engine
        self._wall_clock = wall_clock
        self._unanswered: dict[str, str] = {}
        self._heard = ""
        self._is_going_on = False

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take note of who spoke, and pass words on when they have been answered."""
        match news:
            case fx.InputCommitted():
                self._note(news.item_id)
            case fx.TranscriptionCompleted():
                self._note(news.item_id, news.language)
            case fx.ItemDone() if news.item.role == "user" and news.item.kind == "message":
                self._note(news.item.id)
            case fx.ReplyDone() if news.reply.in_band:
                self._take_in(news.reply)
            case _:
                pass

    async def run(self) -> None:
        """Wait for the end, and pass on what a tool's outcome was still awaited for."""
        try:
            await anyio.sleep_forever()
        finally:
            if self._is_going_on:
                self._pass_on()

    def _note(self, item_id: str, language: str = "") -> None:
        self._unanswered[item_id] = language or self._unanswered.get(item_id, "")
        while len(self._unanswered) > MOST_UNANSWERED:
            del self._unanswered[next(iter(self._unanswered))]

    def _take_in(self, reply: fx.ReplySnapshot) -> None:
        """Pass on what was answered, unless a tool was called: after it the next may be called, to forget."""
        calls = {(item.server_label, item.name) for item in reply.output if item.kind in _CALLS}
        if _FORGET in calls:
            self._unanswered.clear()
        has_answered = _has_answered(reply)
        if has_answered:
            self._heard = " ".join(filter(None, (self._heard, *map(self._heard_of, reply.output))))
        if calls:
            self._is_going_on = True
        elif has_answered:
            self._pass_on()

    def _heard_of(self, item: Item) -> str:
        """Return what was heard of a reply's item: of one cut short the conversation knows, and its news do not."""
        content = (self._conversation.item(item.id) or item).content
        return " ".join(filter(None, (part.text if part.heard is None else part.heard for part in content)))

    def _pass_on(self) -> None:
        heard, self._heard, self._is_going_on = self._heard, "", False
        for turn_id, language in list(self._unanswered.items()):
            item = self._conversation.item(turn_id)
            if item is not None and any(part.text is None for part in item.content):
                continue  # its words are not known yet
            del self._unanswered[turn_id]
            words = "" if item is None or item.is_aside else " ".join(part.text or "" for part in item.content)
            if not words.strip() or not self._mind.remembers:
                continue
            turn = SpokenTurn(
                user_id=self._mind.user_id,
                conversation_id=self._mind.conversation_id,
                turn_id=turn_id,
                language=language or self._mind.language,
                said=words[:LONGEST_CHARACTERS],
                heard=heard[:LONGEST_CHARACTERS],
                at=self._wall_clock(),
            )
            self._memory.observe(turn)
            if self._engine is not None:
                self._engine.observe(turn)


def _has_answered(reply: fx.ReplySnapshot) -> bool:
    """Whether a reply has said anything to what was asked: a line that fills a silence has not."""
    return any(item.kind == "message" and not item.is_aside for item in reply.output)
