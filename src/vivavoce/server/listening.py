"""The sockets that a server listens on.

Owns binding: every address of a host, all on one port, and what is said when that cannot be. Refuses to accept anyone.
"""

from __future__ import annotations

import errno
import socket
import sys

import anyio

from vivavoce.errors import InputError

__all__ = ["BACKLOG", "bind_sockets", "url_of"]

BACKLOG = 512


async def bind_sockets(host: str, port: int) -> list[socket.socket]:
    """Return a listening socket for each address of `host`, all on one port.

    Raises:
        InputError: `port_in_use`, `port_not_allowed` or `address_not_available`.
    """
    try:
        found = await anyio.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as failure:
        raise _unavailable(host, failure) from failure
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    sockets: list[socket.socket] = []
    failures: list[OSError] = []
    for family, address in addresses:
        same_port = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_listen(family, (address[0], same_port)))
        except OSError as failure:
            failures.append(failure)
            if failure.errno in (errno.EADDRINUSE, errno.EACCES):
                break
    fatal = [failure for failure in failures if failure.errno in (errno.EADDRINUSE, errno.EACCES)]
    if fatal or not sockets:
        for bound in sockets:
            bound.close()
        raise _refusal(host, port, (fatal or failures)[0])
    return sockets


def _listen(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setblocking(False)
        if sys.platform != "win32":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def _refusal(host: str, port: int, failure: OSError) -> InputError:
    if failure.errno == errno.EADDRINUSE:
        return InputError(
            "port_in_use",
            f"Port {port} is taken.",
            remedy="Stop the other program, or use --port with another number.",
            param="port",
        )
    if failure.errno == errno.EACCES:
        return InputError(
            "port_not_allowed",
            f"This user may not listen on port {port}.",
            remedy="Use --port with a number above 1023.",
            param="port",
        )
    return _unavailable(host, failure)


def _unavailable(host: str, failure: OSError) -> InputError:
    return InputError(
        "address_not_available",
        f"This machine cannot listen on '{host}': {failure.strerror}.",
        remedy="Use --host with an address of this machine, such as 127.0.0.1.",
        param="host",
    )


def url_of(host: str, bound: socket.socket, *, is_tls: bool = False) -> str:
    """Return the URL of a server that listens there, as its own machine reaches it."""
    name = host.strip("[]")
    if name in ("", "0.0.0.0", "::"):
        name = "127.0.0.1" if bound.family is socket.AF_INET else "::1"
    scheme = "https" if is_tls else "http"
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{bound.getsockname()[1]}"
