"""The names and addresses under which this machine is reached.

Owns asking the system for them, and telling those that pass. Refuses to know what they are for.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["machine_names", "passing_addresses"]

_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")


def machine_names(host: str) -> tuple[str, ...]:
    """Return the names and addresses that this machine is reached at; `host` is what it listens on."""
    own = socket.gethostname().strip(".").lower()
    # An address with a zone is good on one link only, and no certificate can name the zone.
    listening_at = host.strip("[]").lower().partition("%")[0]
    names = ["localhost", *(_name_of(name) for name in (own, f"{own.split('.')[0]}.local", listening_at))]
    addresses = {"127.0.0.1", "::1"}
    for interface in psutil.net_if_addrs().values():
        addresses |= {entry.address for entry in interface if entry.family in (socket.AF_INET, socket.AF_INET6)}
    usable = sorted(address for address in addresses if "%" not in address)
    return tuple(dict.fromkeys(name for name in (*names, *usable) if name and name not in ("0.0.0.0", "::")))


def passing_addresses(names: Iterable[str], host: str) -> tuple[str, ...]:
    """Return those of `names` that the machine has for a while only; `host` is what it listens on, and stays.

    A global IPv6 address is one of several, changed by the day for privacy and by many providers besides.
    """
    listening_at = _address_of(host.strip("[]").partition("%")[0])
    found = ((name, _address_of(name)) for name in names)
    return tuple(
        name
        for name, address in found
        if isinstance(address, ipaddress.IPv6Address) and address in _GLOBAL_IPV6 and address != listening_at
    )


def _address_of(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _name_of(host: str) -> str:
    """Return a host name as a certificate can carry it; empty for one that none can."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
