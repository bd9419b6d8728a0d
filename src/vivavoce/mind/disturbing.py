"""Whether one conversation disturbs the peace: somebody speaks in it, or waits for a reply.

Owns the reading of its news. Refuses to know what is done in peace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.conversation import effects as fx

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.memory.stillness import Stillness

__all__ = ["Disturbance"]


class Disturbance:
    """Watches one session."""

    def __init__(self, stillness: Stillness, session_id: str) -> None:
        self._stillness = stillness
        self._session_id = session_id
        self._is_spoken_to = False
        self._is_busy = False

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take note of who speaks."""
        match news:
            case fx.SpeechStartedNotice():
                self._is_spoken_to = True
            case fx.SpeechStoppedNotice():
                self._is_spoken_to = False
            case fx.TurnStateChanged():
                self._is_busy = news.state in ("processing", "speaking")
            case _:
                return
        if self._is_spoken_to or self._is_busy:
            self._stillness.disturb(self._session_id)
        else:
            self._stillness.settle(self._session_id)

    async def run(self) -> None:
        """Leave peace behind when cancelled."""
        try:
            await anyio.sleep_forever()
        finally:
            self._stillness.settle(self._session_id)
