"""How long the tests of real processes, sockets and models wait for what has to come.

A wait that ends well costs nothing, so these are long: the cores may be busy with a model, a browser, a compiler and
other people's work at the same time. What a test promises about time is not found here; it stands in the test.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["OPEN_DOORS", "START_SECONDS", "WAIT_SECONDS", "quickest"]

WAIT_SECONDS = 60.0
"""For one event, one answer, or the end of a process that was told to end."""

START_SECONDS = 120.0
"""For a process to start and load what it needs."""

OPEN_DOORS = {
    "VIVAVOCE_MAX_LOOP_LAG_MS": "60000",
    "VIVAVOCE_MAX_QUEUE_DELAY_MS": "60000",
    "VIVAVOCE_MAX_FIRST_AUDIO_MS": "60000",
}
"""The environment of a server that sends nobody away because the machine is busy with something else."""


async def quickest(work: Callable[[], Awaitable[object]], *, tries: int = 5) -> float:
    """Return the least time, in seconds, that some work took: the machine may have been busy the other times."""
    took: list[float] = []
    for _ in range(tries):
        started = time.monotonic()
        await work()
        took.append(time.monotonic() - started)
    return min(took)
