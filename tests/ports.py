"""Ports for servers of tests that cannot be told to take any: no two tests get the same, whichever process they run in.

Owns which port is whose. Refuses to know what listens there.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket

__all__ = ["free_port"]

_FIRST, _EACH = 20_000, 1_000
"""Below those that a system gives to connections of its own, which could take one before a server does."""

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
# From anywhere, since another checkout may be tested on this machine at the same time.
_OFFSETS = itertools.count(random.randrange(_EACH))


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at, and that nobody else is given soon."""
    for offset in itertools.islice(_OFFSETS, _EACH):
        port = _FIRST + _EACH * _WORKER + offset % _EACH
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("every port is taken")
