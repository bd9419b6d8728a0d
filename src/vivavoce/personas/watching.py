"""Telling when the files of a folder change.

Owns the watch: that it ends within a fraction of a second, and that it outlives the folder. Refuses to read the files.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio
import structlog
from anyio.to_thread import run_sync
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

__all__ = ["follow"]

_DEBOUNCE_MS = 400
_STEP_MS = 100
_LOOK_MS = 5_000
_RETRY_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def follow(folder: Path, on_change: Callable[[], Awaitable[None]]) -> None:
    """Await `on_change` once at the start and after each change in `folder`, which is made if need be, until cancelled.

    Changes that come within 0.4 s count as one. Where the system cannot tell of changes, the folder is polled.
    """
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(_follow, folder, on_change, stop)
        try:
            await anyio.sleep_forever()
        finally:
            # The watch waits in a thread, which a cancellation would wait for.
            stop.set()


async def _follow(folder: Path, on_change: Callable[[], Awaitable[None]], stop: anyio.Event) -> None:
    polls = False
    while not stop.is_set():
        try:
            await run_sync(partial(folder.mkdir, parents=True, exist_ok=True))
            await _watch(folder, on_change, stop, polls=polls)
        except (OSError, WatchfilesRustInternalError) as error:
            log.warning("a folder cannot be watched", folder=str(folder), error=str(error))
            polls = True
            await anyio.sleep(_RETRY_SECONDS)


async def _watch(folder: Path, on_change: Callable[[], Awaitable[None]], stop: anyio.Event, *, polls: bool) -> None:
    """Return when the folder is gone."""
    watch = awatch(
        folder,
        watch_filter=lambda _, path: path.endswith((".yaml", ".yml", folder.name)),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        stop_event=stop,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        force_polling=polls or None,
        recursive=False,
    )
    is_read = False
    async for changes in watch:
        if changes or not is_read:
            await on_change()
            is_read = True
        if not await run_sync(folder.is_dir):
            return
