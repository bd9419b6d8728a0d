"""Who may come in, and as whom: the keys, and the web pages that a browser says it asks for.

Owns the three checks, and whom a key stands for. Keys are compared in constant time, each with all. `Origin` must be
the server's own or an allowed one, for browsers let any page open a WebSocket to any server (cross-site WebSocket
hijacking). A server without a key checks `Host` too: a hostile name that resolves to 127.0.0.1 (DNS rebinding) would
otherwise pass as the server's own origin. Refuses to know how a refusal travels.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from vivavoce.errors import UnauthorisedError
from vivavoce.server.settings import LOCAL_USER, is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import HTTPConnection

    from vivavoce.server.settings import ServerSettings

__all__ = ["KEY_SUBPROTOCOL", "Gatekeeper"]

KEY_SUBPROTOCOL = "openai-insecure-api-key."
"""Prefix of the subprotocol entry in which a browser, which cannot set headers on a WebSocket, offers its key."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Gatekeeper:
    """Decides about one server's visitors."""

    def __init__(self, settings: ServerSettings) -> None:
        self._users = {key.encode(): name for name, key in settings.users.items() if key}
        if settings.api_key:
            self._users[settings.api_key.encode()] = LOCAL_USER
        self._bound_host = settings.host.strip("[]").lower()
        self._origins = frozenset(origin.rstrip("/").lower() for origin in settings.allowed_origins)
        self._allowed_hosts = frozenset(urlsplit(origin).hostname for origin in self._origins)

    def check(self, connection: HTTPConnection) -> str:
        """Let a visitor pass every check; returns the user that they are, `LOCAL_USER` where no key is needed.

        Raises:
            UnauthorisedError: `host_not_allowed`, `origin_not_allowed` or `invalid_api_key`.
        """
        self.check_place(connection)
        return self.check_key(connection)

    def check_place(self, connection: HTTPConnection) -> None:
        """Check which server the visitor believes to speak with, and which page sent it.

        Raises:
            UnauthorisedError: `host_not_allowed` or `origin_not_allowed`.
        """
        host = connection.headers.get("host", "")
        if not self._users and not self._is_own_host(host):
            raise UnauthorisedError(
                "host_not_allowed",
                f"This server does not go by the name {host[:100]!r}.",
                remedy="Use http://127.0.0.1, or set an API key and list the page's origin as allowed.",
            )
        origin = connection.headers.get("origin")
        if origin is not None and not self._is_allowed_origin(origin.lower(), host):
            raise UnauthorisedError(
                "origin_not_allowed",
                f"Pages of {origin[:100]!r} may not call this server.",
                remedy="Add that origin to the allowed origins of the server.",
            )

    def check_key(self, connection: HTTPConnection) -> str:
        """Check the key, where one is needed; returns whose it is.

        Raises:
            UnauthorisedError: `invalid_api_key`.
        """
        if not self._users:
            return LOCAL_USER
        for shown in _keys_shown(connection):
            user = self._holder_of(shown.encode("utf-8", "surrogateescape"))
            if user is not None:
                return user
        raise UnauthorisedError(
            "invalid_api_key",
            "The API key is missing or wrong.",
            remedy=f"Send it as 'Authorization: Bearer KEY', or as the WebSocket subprotocol '{KEY_SUBPROTOCOL}KEY'.",
        )

    def _holder_of(self, shown: bytes) -> str | None:
        holder: str | None = None
        for key, user in self._users.items():
            # Every key is looked at, so that the time tells nothing of which one nearly fitted.
            if secrets.compare_digest(shown, key):
                holder = user
        return holder

    def _is_own_host(self, host: str) -> bool:
        name = _hostname(f"//{host}")
        return bool(name) and (is_loopback(name) or name == self._bound_host or name in self._allowed_hosts)

    def _is_allowed_origin(self, origin: str, host: str) -> bool:
        if origin in self._origins:
            return True
        scheme = origin.partition("://")[0]
        if scheme not in _DEFAULT_PORTS:
            return False
        own = _place(f"{scheme}://{host}", scheme)
        return own is not None and _place(origin, scheme) == own


def _keys_shown(connection: HTTPConnection) -> Iterable[str]:
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield key.strip()
    for offered in connection.scope.get("subprotocols", ()):
        if offered.startswith(KEY_SUBPROTOCOL):
            key = offered.removeprefix(KEY_SUBPROTOCOL)
            yield key
            # Not every key may stand there as it is: a browser refuses spaces and signs such as `=`.
            yield unquote(key)


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _place(address: str, scheme: str) -> tuple[str, int] | None:
    try:
        parts = urlsplit(address.lower())
        return (parts.hostname, parts.port or _DEFAULT_PORTS[scheme]) if parts.hostname else None
    except ValueError:
        return None
