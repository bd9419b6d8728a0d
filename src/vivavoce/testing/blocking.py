"""An alarm for whatever keeps the event loop busy: every session of a process waits for it.

Owns the processor time that each callback of an asyncio loop takes on the loop's thread, and the name of what took it.
It is processor time and not the wall's, so that a machine that does other things meanwhile raises no alarm; garbage
collection, which may hit any callback, is left out. Calls that block without computing (a sleep, a file, a socket) are
for `blockbuster` to find. Refuses loops that are not asyncio's own: uvloop runs its callbacks where nobody can look.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["BlockedLoopError", "BlockingCallback", "no_blocking_callbacks"]

LIMIT_MS = 100.0
"""Ten times the lag that a loaded server may have, since test machines are slow and run under coverage."""

LOOK_SECONDS = 0.01
SHOWN_FRAMES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingCallback:
    """One callback that took too long; `culprit` is where it was, the innermost call last."""

    took_ms: float
    culprit: str


class BlockedLoopError(AssertionError):
    """The event loop was kept from everyone else."""

    def __init__(self, callbacks: list[BlockingCallback], limit_ms: float) -> None:
        self.callbacks = callbacks
        found = "\n".join(f"{callback.took_ms:.0f} ms in {callback.culprit}" for callback in callbacks)
        super().__init__(f"Callbacks computed for more than {limit_ms:.0f} ms on the event loop:\n{found}")


@contextmanager
def no_blocking_callbacks(limit_ms: float = LIMIT_MS) -> Iterator[None]:
    """Watch the callbacks that run while the context is open, in the thread that opened it.

    Raises:
        BlockedLoopError: at the end, when any of them computed for longer than `limit_ms`.
    """
    watch = _Watch(limit_ms)
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        with watch.callback(handle):
            run(handle)

    # The one place that every callback passes.
    setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - an assignment is refused by the type checker
    gc.callbacks.append(watch.collect)
    try:
        with watch.looking():
            yield
    finally:
        gc.callbacks.remove(watch.collect)
        setattr(asyncio.Handle, "_run", run)  # noqa: B010
    if watch.found:
        raise BlockedLoopError(watch.found, limit_ms)


class _Watch:
    def __init__(self, limit_ms: float) -> None:
        self._limit_ms = limit_ms
        self._thread = threading.get_ident()
        self._number = 0
        self._is_running = False
        self._collecting_ns = 0
        self._collection_began_ns = 0
        self._seen = (0, "")
        self.found: list[BlockingCallback] = []

    @contextmanager
    def callback(self, handle: asyncio.Handle) -> Iterator[None]:
        """Time one callback."""
        if threading.get_ident() != self._thread:
            yield
            return
        self._number += 1
        began_ns, self._collecting_ns = time.thread_time_ns(), 0
        self._is_running = True
        try:
            yield
        finally:
            self._is_running = False
            took_ms = (time.thread_time_ns() - began_ns - self._collecting_ns) / 1e6
            if took_ms > self._limit_ms:
                number, culprit = self._seen
                named = culprit if number == self._number else repr(handle)
                self.found.append(BlockingCallback(took_ms=took_ms, culprit=named))

    def collect(self, phase: str, _: dict[str, int]) -> None:
        """Leave out the time of a garbage collection."""
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._collection_began_ns = time.thread_time_ns()
        else:
            self._collecting_ns += time.thread_time_ns() - self._collection_began_ns

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look now and then at what the loop's thread is doing, from another one."""
        done = threading.Event()
        looker = threading.Thread(target=self._look, args=(done,), name="vivavoce-loop-watch", daemon=True)
        looker.start()
        try:
            yield
        finally:
            done.set()
            looker.join()

    def _look(self, done: threading.Event) -> None:
        last = 0
        while not done.wait(LOOK_SECONDS):
            number = self._number
            # Only one that was there at the last look is worth the price of its stack.
            if self._is_running and number == last:
                # No name for the frame: it would keep alive what was at work, until the next look.
                self._seen = (number, _named(sys._current_frames().get(self._thread)))
            last = number


def _named(frame: FrameType | None) -> str:
    summary = traceback.extract_stack(frame)[-SHOWN_FRAMES:]
    return " > ".join(f"{entry.name} ({entry.filename}:{entry.lineno})" for entry in summary)
