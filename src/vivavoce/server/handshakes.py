"""Connections of which it is not known yet whether they are https at all.

Owns how many there are at a time. Beyond that the oldest is hung up on: an honest visitor shakes hands within a moment,
and whoever has said nothing for longest is the least likely to be one. Refuses to know how hands are shaken, and how
long that may take.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_HANDSHAKES", "Handshakes"]

MOST_HANDSHAKES = 256
"""At a time: each holds an open file, and each that is finished takes a millisecond for which everyone served waits."""


class Handshakes:
    """Those under way, the oldest first."""

    def __init__(self) -> None:
        self._under_way: dict[anyio.CancelScope, None] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    @contextmanager
    def another(self) -> Iterator[None]:
        """Count one more for as long as this is entered; what is done in it is cancelled when too many came after."""
        with anyio.CancelScope() as scope:
            self._under_way[scope] = None
            if len(self._under_way) > MOST_HANDSHAKES:
                oldest = next(iter(self._under_way))
                del self._under_way[oldest]
                oldest.cancel()
            try:
                yield
            finally:
                self._under_way.pop(scope, None)
