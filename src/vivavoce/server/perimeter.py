"""What every HTTP request passes before it reaches a route, and what every answer carries away.

Owns the checks that must come before a body is read (who, and how much), whose a request is, and the security headers.
Refuses to know the routes, but for one thing: `/v1`, `/api` and the metrics are behind the key, the page and the health
of the service are not; those are told no user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from vivavoce.errors import InputError, UnauthorisedError
from vivavoce.server.error_responses import error_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from vivavoce.server.auth import Gatekeeper
    from vivavoce.server.settings import ServerSettings

__all__ = [
    "CONTENT_SECURITY_POLICY",
    "METRICS_PATH",
    "REALTIME_PATH",
    "BodyLimit",
    "Perimeter",
    "SecurityHeaders",
    "user_of",
]

REALTIME_PATH = "/v1/realtime"
METRICS_PATH = "/metrics"

_BEHIND_THE_KEY = ("/v1/", "/api/")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Audio worklets count as scripts, workers as workers; a bundler makes some of the latter from blobs.
        "script-src 'self'",
        "worker-src 'self' blob:",
        # Component libraries write their styles at run time.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def user_of(request: HTTPConnection) -> str:
    """Return the user that a request behind the key comes from."""
    user_id: str = request.state.user_id
    return user_id


class SecurityHeaders:
    """Puts the security headers on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer with its headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Perimeter:
    """Turns away HTTP requests that may not come in.

    WebSockets are the Realtime route's own affair; those for any other place are turned away.
    """

    def __init__(self, app: ASGIApp, gatekeeper: Gatekeeper) -> None:
        self._app = app
        self._gatekeeper = gatekeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            try:
                self._gatekeeper.check_place(connection)
                if scope["path"].startswith(_BEHIND_THE_KEY) or scope["path"] == METRICS_PATH:
                    connection.state.user_id = self._gatekeeper.check_key(connection)
            except UnauthorisedError as error:
                await error_response(error)(scope, receive, send)
                return
        elif scope["type"] == "websocket" and scope["path"] != REALTIME_PATH:
            nothing = InputError("not_found", f"WebSockets are spoken to at {REALTIME_PATH} only.")
            await error_response(nothing)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class BodyLimit:
    """Bounds the size of every request's body, and the patience with its sender."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its body arrives under the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = HTTPConnection(scope).headers
        is_upload = headers.get("content-type", "").startswith("multipart/")
        limit = self._settings.max_upload_bytes if is_upload else self._settings.max_body_bytes
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            await error_response(_too_large(limit))(scope, receive, send)
            return
        body = _Body(receive, limit, self._settings.body_seconds)
        await self._app(scope, body.receive, send)


class _Body:
    def __init__(self, receive: Receive, limit: int, patience_seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._patience_seconds = patience_seconds
        self._bytes = 0
        self._is_whole = False

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()
        try:
            with anyio.fail_after(self._patience_seconds):
                message = await self._receive()
        except TimeoutError:
            slow = InputError("body_too_slow", "The request's body stopped coming.", remedy="Send it without pauses.")
            raise HTTPException(408) from slow
        self._bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._bytes > self._limit:
            # Only this exception passes the framework's body parsing as it is.
            raise HTTPException(413) from _too_large(self._limit)
        return message


def _too_large(limit: int) -> InputError:
    return InputError(
        "body_too_large", f"The request is larger than {limit:,} bytes.", remedy="Send less at a time, or compress it."
    )
