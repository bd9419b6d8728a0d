"""What memory is given to learn from: each turn once it is over.

Owns the putting together of what the user said and what they heard. Refuses to know what memory makes of it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import anyio

from vivavoce.conversation import effects as fx
from vivavoce.memory.facts import SpokenTurn

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import Item
    from vivavoce.memory.facts import Remembers

__all__ = ["Learner", "Listens", "Remembered"]

LONGEST_CHARACTERS = 4_000
MOST_UNANSWERED = 32


class Listens(Protocol):
    """Whose conversation it is, and whether they are remembered just now."""

    user_id: str
    conversation_id: str
    language: str

    @property
    def remembers(self) -> bool:
        """Whether anything is to be learnt."""
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
        wall_clock: Callable[[], float] = time.time,  # noqa: TID251 - facts carry the date on which they were told
    ) -> None:
        self._memory = memory
        self._mind = mind
        self._conversation = conversation
        self._wall_clock = wall_clock
        self._unanswered: dict[str, str] = {}

    def tell(self, news: fx.Effect, audio: Samples | None) -> None:
        """Take note of who spoke, and pass words on when they have been answered."""
        match news:
            case fx.InputCommitted():
                self._note(news.item_id)
            case fx.TranscriptionCompleted():
                self._note(news.item_id, news.language)
            case fx.ItemDone() if news.item.role == "user" and news.item.kind == "message":
                self._note(news.item.id)
            case fx.ReplyDone() if news.reply.in_band and _has_answered(news.reply):
                self._pass_on(news.reply)
            case _:
                pass

    async def run(self) -> None:
        """There is nothing to do: memory has its own tasks."""
        await anyio.sleep_forever()

    def _note(self, item_id: str, language: str = "") -> None:
        self._unanswered[item_id] = language or self._unanswered.get(item_id, "")
        while len(self._unanswered) > MOST_UNANSWERED:
            del self._unanswered[next(iter(self._unanswered))]

    def _pass_on(self, reply: fx.ReplySnapshot) -> None:
        heard = " ".join(part.text or "" for item in reply.output for part in item.content)
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


def _has_answered(reply: fx.ReplySnapshot) -> bool:
    """Whether a reply has said anything to what was asked: a line that fills a silence has not."""
    return any(item.kind == "message" and not item.is_aside for item in reply.output)
