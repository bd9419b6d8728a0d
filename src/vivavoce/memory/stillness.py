"""Whether anybody speaks or waits for a reply, as far as work in the background must know.

Owns who disturbs the peace, by name, so that saying it twice does no harm. Refuses to know sessions. One event loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Stillness"]


class Stillness:
    """Still from the start, until someone disturbs it."""

    def __init__(self) -> None:
        self._disturbers: set[str] = set()
        self._still = anyio.Event()
        self._still.set()
        self._disturbed = anyio.Event()

    @property
    def is_still(self) -> bool:
        """Whether nobody speaks or waits for a reply."""
        return not self._disturbers

    def disturb(self, who: str) -> None:
        """Someone (a session, by its id) speaks, or waits for a reply."""
        if self.is_still:
            self._still = anyio.Event()
            self._disturbed.set()
        self._disturbers.add(who)

    def settle(self, who: str) -> None:
        """They no longer do, or are gone; unknown names are fine."""
        self._disturbers.discard(who)
        if self.is_still and not self._still.is_set():
            self._disturbed = anyio.Event()
            self._still.set()

    async def until_still(self) -> None:
        """Wait until nobody speaks."""
        while not self.is_still:
            await self._still.wait()

    async def until_disturbed(self) -> None:
        """Wait until somebody speaks."""
        while self.is_still:
            await self._disturbed.wait()

    async def in_peace(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work while nobody speaks: it is cancelled when somebody does, and begun anew after them, until it is done.

        What it raises comes out in an exception group.
        """
        is_done = False
        while not is_done:
            await self.until_still()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._break_off, tasks.cancel_scope)
                await work()
                is_done = True
                tasks.cancel_scope.cancel()

    async def _break_off(self, scope: anyio.CancelScope) -> None:
        await self.until_disturbed()
        scope.cancel()
