"""The HTTP client for servers that a client of ours names: it reaches only what it may, and takes only so much.

Owns the check of addresses, which is made on the very address that is then connected to, and the bound on answers.
Refuses to send anything of ours: no proxy settings, no netrc, no cookies kept for others.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Literal

import anyio
import httpx2

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from vivavoce.tools.mcp.config import McpServerConfig

__all__ = ["Reach", "check_url", "guarded_client", "is_public"]

Reach = Literal["public", "any", "refuse"]
"""Which addresses may be reached: those of the open internet, any at all, or none."""

LONGEST_ANSWER_BYTES = 500_000
"""Read whole and at once on the event loop: of a million bytes that are all brackets, half a second long."""


_HOLDING_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::/96")))
"""NAT64 (RFC 6052) and IPv4-compatible addresses (RFC 4291): what counts is the IPv4 address in their last 32 bits."""

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out of IPv6 for the open internet. Outside are site-local fec0::/10, the local NAT64 prefix
64:ff9b:1::/48 (RFC 8215) and 5f00::/16 (RFC 9602), which `ipaddress` takes for global."""

_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""Of IANA's special-purpose registries (RFC 6890, 7526, 9637), what not every `ipaddress` knows."""


def check_url(url: str, reach: Reach) -> None:
    """Check that a server may be named by a client at all, as far as its URL says.

    Raises:
        InputError: `mcp_refused`.
    """
    if reach == "refuse":
        raise InputError(
            "mcp_refused", "This server takes no MCP servers from its clients.", remedy="See the setting 'session_mcp'."
        )
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise InputError("mcp_refused", f"{url!r} is no URL: {error}.", param="server_url") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise InputError(
            "mcp_refused", "The URL of an MCP server must be http:// or https://, without a name and password in it.",
            remedy="Pass a key as 'authorization'.", param="server_url",
        )  # fmt: skip


def is_public(address: str) -> bool:
    """Tell whether an IP address lies in the open internet, whatever form it is written in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = _inner(ip) or ip
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _GLOBAL_UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL)


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that is reached by this one; None when it is just itself."""
    if any(ip in network for network in _HOLDING_IPV4):
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def guarded_client(config: McpServerConfig, reach: Reach) -> httpx2.AsyncClient:
    """Return a client for one server named by a client of ours."""
    return httpx2.AsyncClient(
        headers={"Accept-Encoding": "identity", **config.headers},
        timeout=httpx2.Timeout(10.0, read=60.0),
        transport=_GuardedTransport(reach),
        trust_env=False,
    )


class _GuardedTransport(httpx2.AsyncBaseTransport):
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=httpx2.Limits(max_connections=8))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request to an address that has been checked."""
        if request.method == "GET":
            # The stream for a server's own messages: it never ends, so it cannot be bounded, and it is optional.
            return httpx2.Response(405, request=request)
        address = await self._address(request.url)
        # The name stays in the Host header and in TLS; the address is what was checked, whatever the name is now.
        response = await self._inner.handle_async_request(
            httpx2.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.host},
            )
        )
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.ReadError("It sent a compressed answer, which was not asked for.", request=request)
        if not isinstance(response.stream, httpx2.AsyncByteStream):
            raise httpx2.ReadError("It sent no readable answer.", request=request)
        response.stream = _BoundedStream(response.stream)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _address(self, url: httpx2.URL) -> str:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await anyio.getaddrinfo(url.host, port)
        except OSError as error:
            raise httpx2.ConnectError(f"There is no host {url.host!r}.") from error
        addresses = [str(entry[4][0]) for entry in found]
        if self._reach != "any" and not all(is_public(address) for address in addresses):
            raise httpx2.ConnectError(
                f"{url.host!r} is not on the open internet, and clients may name no other servers "
                "(see the setting 'session_mcp')."
            )
        return addresses[0]


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream
        self._left = LONGEST_ANSWER_BYTES

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise httpx2.ReadError(f"It sent an answer of more than {LONGEST_ANSWER_BYTES:,} bytes.")
            yield chunk

    async def aclose(self) -> None:
        """Close the answer."""
        await self._stream.aclose()
