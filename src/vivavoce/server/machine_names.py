"""The names and addresses under which this machine is reached.

Owns asking the system for them. Refuses to know what they are for.
"""

from __future__ import annotations

import socket

import psutil

__all__ = ["machine_names"]


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


def _name_of(host: str) -> str:
    """Return a host name as a certificate can carry it; empty for one that none can."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
