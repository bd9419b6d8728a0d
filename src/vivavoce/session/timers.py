"""The machine's timers, kept on the event loop's clock.

Owns one wake-up a timer. Refuses to know what a timer is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.conversation.orders import CancelTimer, StartTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

__all__ = ["Timers"]


class Timers:
    """Runs timers in a task group; they end with it."""

    def __init__(self, scope: TaskGroup, fired: Callable[[str], None]) -> None:
        self._scope = scope
        self._fired = fired
        self._running: dict[str, anyio.CancelScope] = {}

    def perform(self, order: StartTimer | CancelTimer) -> None:
        """Call `fired(timer_id)` after the delay, or forget a timer."""
        if isinstance(order, StartTimer):
            self._running[order.timer_id] = anyio.CancelScope()
            self._scope.start_soon(self._run, order.timer_id, order.delay_seconds)
        elif scope := self._running.pop(order.timer_id, None):
            scope.cancel()

    async def _run(self, timer_id: str, delay_seconds: float) -> None:
        scope = self._running.get(timer_id)
        if scope is None:
            return
        with scope:
            await anyio.sleep(delay_seconds)
        if self._running.pop(timer_id, None) is not None:
            self._fired(timer_id)
