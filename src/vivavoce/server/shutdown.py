"""The end of whatever is still being served when the server has waited long enough.

Owns the scopes of the requests under way, so that all of them can be ended at once, in order, and those that had no
answer yet get one. Refuses to decide when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import CapacityError
from vivavoce.server.error_responses import error_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CutOff"]


class CutOff:
    """Serves `app` until `cut`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: set[anyio.CancelScope] = set()

    def cut(self) -> None:
        """End everything under way."""
        for scope in tuple(self._under_way):
            scope.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        has_begun = scope["type"] != "http"

        async def send_and_see(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        with anyio.CancelScope() as serving:
            self._under_way.add(serving)
            try:
                await self._app(scope, receive, send_and_see)
            finally:
                self._under_way.discard(serving)
        if serving.cancelled_caught and not has_begun:
            stopping = CapacityError("server_stopping", "The server is stopping.", remedy="Try again in a moment.")
            await error_response(stopping)(scope, receive, send)
