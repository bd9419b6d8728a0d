"""The tool calls of one session while they are under way.

Owns one task a call, in the session's task group, and its end when the machine gives it up. Refuses to know what a tool
is and what its outcome means: whoever built the session says how a call is made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.conversation import events as ev
from vivavoce.errors import VivavoceError

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from vivavoce.conversation.orders import CancelTool, RunTool

__all__ = ["RunsTools", "ToolRunner"]

log = structlog.get_logger(__name__)

RunsTools = Callable[["RunTool"], Awaitable[tuple[str, str]]]
"""Makes one call and returns its output and its error code, empty when it worked. Cancelling stops the call."""


class ToolRunner:
    """Performs `RunTool` and `CancelTool`; its tasks end with `scope`."""

    def __init__(self, scope: TaskGroup, *, run_tool: RunsTools, dispatch: Callable[[ev.Event], None]) -> None:
        self._scope = scope
        self._run_tool = run_tool
        self._dispatch = dispatch
        self._running: dict[str, anyio.CancelScope] = {}

    def run(self, order: RunTool) -> None:
        """Make a call; its outcome comes as `ToolAnswered`."""
        self._running[order.call_id] = anyio.CancelScope()
        self._scope.start_soon(self._run, order)

    def cancel(self, order: CancelTool) -> None:
        """Stop a call; nothing comes of it any more."""
        if scope := self._running.pop(order.call_id, None):
            scope.cancel()

    async def _run(self, order: RunTool) -> None:
        scope = self._running.get(order.call_id)
        if scope is None:
            return
        with scope:
            output, error_code = await self._outcome(order)
            self._running.pop(order.call_id, None)
            self._dispatch(ev.ToolAnswered(call_id=order.call_id, output=output, error_code=error_code))

    async def _outcome(self, order: RunTool) -> tuple[str, str]:
        try:
            return await self._run_tool(order)
        except VivavoceError as error:
            log.warning("tool_failed", tool=order.name, code=error.code, reason=error.message)
            return str(error), error.code
