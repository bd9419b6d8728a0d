"""An event loop whose clock jumps: tests of long waits that take no time.

Owns the clock of one asyncio loop. It stands still while anything can run and, once everything waits, jumps to the next
deadline, as trio's `MockClock` does with its autojump. Sockets, pipes and threads work as ever; the clock does not jump
while a thread of the loop's executor is at work or, in a loop that anyio runs, one of `anyio.to_thread` (default
limiter). Refuses to know what is tested, and other clocks: code under test must take its time from the loop
(`anyio.current_time`, `anyio.sleep`).

With anyio's pytest plugin:

    @pytest.fixture
    def anyio_backend() -> tuple[str, dict[str, object]]:
        return "asyncio", {"loop_factory": VirtualTimeLoop}
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

__all__ = ["StuckError", "VirtualTimeLoop"]

START_SECONDS = 1_000.0
STUCK_SECONDS = 10.0
"""Real seconds without anything happening after which a loop with nothing to jump to is given up."""

THREAD_LOOK_SECONDS = 0.005
"""Real seconds between two looks at whether a thread is still at work."""

T = TypeVar("T")


class StuckError(Exception):
    """Everything waits, and for nothing that time could bring."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on virtual time, which begins at 1,000 s."""

    def __init__(self) -> None:
        self._now = START_SECONDS
        self._executor_jobs = 0
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Move the clock forward."""
        self._now += seconds

    @property
    def has_thread_at_work(self) -> bool:
        """Whether a result may come from a thread."""
        if self._executor_jobs:
            return True
        try:
            return anyio.to_thread.current_default_thread_limiter().borrowed_tokens > 0
        except anyio.NoEventLoopError:
            return False

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """Run `func` in a thread; the clock stands still until it is done."""
        self._executor_jobs += 1
        job = super().run_in_executor(executor, func, *args)
        job.add_done_callback(self._job_done)
        return job

    def _job_done(self, _: asyncio.Future[T]) -> None:
        self._executor_jobs -= 1


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for real events only, and lets the loop's clock jump instead of waiting for time to pass."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; with nothing ready, let `timeout` virtual seconds pass."""
        ready = super().select(0)
        while not ready and self._loop.has_thread_at_work and timeout != 0:
            ready = super().select(THREAD_LOOK_SECONDS)
        if ready or timeout == 0:
            return ready
        if timeout is not None:
            self._loop.jump(timeout)
            return []
        ready = super().select(STUCK_SECONDS)
        if not ready:
            raise StuckError(f"Nothing has happened for {STUCK_SECONDS:.0f} real seconds, and no timer runs.")
        return ready
