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
    from vivavoce.memory.facts import Remembers

__all__ = ["Learner", "Listens"]

LONGEST_CHARACTERS = 4_000


class Listens(Protocol):
    """Whose conversation it is, and whether they are remembered just now."""

    user_id: str
    conversation_id: str
    language: str

    @property
    def remembers(self) -> bool:
        """Whether anything is to be learnt."""
        ...


class Learner:
    """Watches one conversation."""

    def __init__(
        self,
        memory: Remembers,
        mind: Listens,
        wall_clock: Callable[[], float] = time.time,  # noqa: TID251 - facts carry the date on which they were told
    ) -> None:
        self._memory = memory
        self._mind = mind
        self._wall_clock = wall_clock
        self._said: dict[str, tuple[str, str]] = {}

    def tell(self, news: fx.Effect, audio: Samples | None) -> None:
        """Take note of words, and pass a turn on when its reply is over."""
        match news:
            case fx.TranscriptionCompleted() if news.transcript:
                self._said[news.item_id] = (news.transcript, news.language)
            case fx.ItemDone() if news.item.role == "user" and not news.item.is_aside:
                written = " ".join(part.text for part in news.item.content if part.kind == "input_text" and part.text)
                if written:
                    self._said[news.item.id] = (written, "")
            case fx.ReplyDone() if news.reply.in_band and news.reply.status in ("completed", "cancelled"):
                self._pass_on(news.reply)
            case _:
                pass

    async def run(self) -> None:
        """There is nothing to do: memory has its own tasks."""
        await anyio.sleep_forever()

    def _pass_on(self, reply: fx.ReplySnapshot) -> None:
        heard = " ".join(part.text or "" for item in reply.output for part in item.content)
        said, self._said = self._said, {}
        if not self._mind.remembers:
            return
        for turn_id, (words, language) in said.items():
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
