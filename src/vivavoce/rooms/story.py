"""What somebody who comes late must be told, so that what follows makes sense to them.

Owns the record of the replies under way, and the bound on what is told of the past. Refuses to keep audio: who comes in
mid-reply has its words so far, and hears it from there on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vivavoce.conversation.items import Item

__all__ = ["Story"]

_OPENINGS = (fx.OutputItemAdded, fx.ContentPartAdded, fx.OutputTextDone, fx.ContentPartDone, fx.OutputItemDone)


class Story:
    """The conversation so far, as news; `items` of it and `characters` at most, the newest."""

    def __init__(self, *, items: int = 50, characters: int = 50_000) -> None:
        self._most_items = items
        self._most_characters = characters
        self._replies: dict[str, list[fx.News]] = {}
        self._reply_of: dict[str, str] = {}
        self._state: fx.TurnStateChanged | None = None

    def note(self, news: fx.News) -> None:
        """Take note of what everyone is told."""
        match news:
            case fx.ReplyCreated():
                self._replies[news.reply.response_id] = [news]
            case fx.ReplyDone():
                self._close(news.reply.response_id)
            case fx.OutputText():
                self._add_words(news)
            case fx.ItemAdded() | fx.ItemDone():
                self._append(self._reply_of.get(news.item.id, ""), news)
            case fx.TurnStateChanged():
                self._state = news
            case _ if isinstance(news, _OPENINGS):
                if isinstance(news, fx.OutputItemAdded):
                    self._reply_of[news.item.id] = news.response_id
                self._append(news.response_id, news)
            case _:
                pass

    def retell(self, items: Sequence[Item]) -> Iterator[fx.News]:
        """Yield the news that bring somebody up to date; `items` are all of the conversation's."""
        past = [item for item in items if item.id not in self._reply_of]
        first = max(0, len(past) - self._most_items)
        characters = 0
        for place in range(len(past) - 1, first - 1, -1):
            characters += sum(len(part.text or "") for part in past[place].content) + len(past[place].output)
            if characters > self._most_characters:
                first = place + 1
                break
        for place in range(first, len(past)):
            item, previous = past[place], past[place - 1].id if place else None
            yield fx.ItemAdded(item=item, previous_item_id=previous)
            if item.status != "in_progress":
                yield fx.ItemDone(item=item, previous_item_id=previous)
        for reply in self._replies.values():
            yield from reply
        if self._state is not None:
            yield self._state

    def _append(self, response_id: str, news: fx.News) -> None:
        if response_id in self._replies:
            self._replies[response_id].append(news)

    def _add_words(self, news: fx.OutputText) -> None:
        told = self._replies.get(news.response_id)
        if told is None:
            return
        last = told[-1]
        if isinstance(last, fx.OutputText) and last.item_id == news.item_id:
            told[-1] = replace(last, delta=last.delta + news.delta)
        else:
            told.append(news)

    def _close(self, response_id: str) -> None:
        self._replies.pop(response_id, None)
        self._reply_of = {item: reply for item, reply in self._reply_of.items() if reply != response_id}
