"""Those who are in a room, and the telling of what happens: the same to each, in each one's own wire.

Owns who is there, and what only one of them is told (the answer to what they asked). Refuses to wait for anyone: news
goes to outboxes, and a viewer whose outbox is full has left by their own connection.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio

from vivavoce.conversation import effects as fx
from vivavoce.realtime.wire import extension_events as we
from vivavoce.rooms.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import Item
    from vivavoce.rooms.viewer import Viewer

__all__ = ["Audience"]


class Audience:
    """The viewers of one room."""

    def __init__(self, story: Story | None = None) -> None:
        self._viewers: dict[str, Viewer] = {}
        self._story = story or Story()
        self._askers: tuple[Viewer, ...] | None = None
        self._came_or_went = anyio.Event()

    def __len__(self) -> int:
        return len(self._viewers)

    def __iter__(self) -> Iterator[Viewer]:
        """Yield those who are there, in the order they came."""
        return iter(tuple(self._viewers.values()))

    def get(self, viewer_id: str) -> Viewer | None:
        """Return who goes by this id."""
        return self._viewers.get(viewer_id)

    def free_name(self, name: str) -> str:
        """Return the name, with a number where somebody has it already."""
        taken = {viewer.name.casefold() for viewer in self._viewers.values()}
        number, free = 1, name
        while free.casefold() in taken:
            number += 1
            free = f"{name} ({number})"
        return free

    async def change(self) -> None:
        """Wait until somebody comes or goes."""
        await self._came_or_went.wait()

    def join(self, viewer: Viewer, items: Sequence[Item]) -> None:
        """Let somebody in under a name that nobody here has, and bring them up to date."""
        viewer.name = self.free_name(viewer.name)
        self._viewers[viewer.id] = viewer
        for news in self._story.retell(items):
            viewer.reporter.tell(news, None)
        self._note_change()

    def leave(self, viewer: Viewer) -> None:
        """Let somebody go."""
        del self._viewers[viewer.id]
        self._note_change()

    @contextmanager
    def asking(self, *viewers: Viewer) -> Iterator[None]:
        """What is answered meanwhile is the affair of these viewers, or of nobody here."""
        self._askers = viewers
        try:
            yield
        finally:
            self._askers = None

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Pass news on to all whom it concerns."""
        if self._askers is not None and isinstance(news, fx.ErrorRaised | fx.ItemRetrieved):
            for asker in self._askers:
                asker.reporter.tell(news, audio)
            return
        self._story.note(news)
        for viewer in self._viewers.values():
            viewer.reporter.tell(news, audio)

    def tell_state(self, room: str, *, speaker: str, waiting: int, dropped: int) -> None:
        """Tell those who speak the extension how the room is."""
        for viewer in self._viewers.values():
            reporter = viewer.reporter
            if not reporter.extensions:
                continue
            reporter.send(
                we.RoomState(
                    event_id=reporter.next_event_id(),
                    room=room,
                    name=viewer.name,
                    role=viewer.role,
                    speaker=speaker or None,
                    waiting=waiting,
                    dropped=dropped,
                    viewers=len(self._viewers),
                )
            )

    def _note_change(self) -> None:
        self._came_or_went.set()
        self._came_or_went = anyio.Event()
