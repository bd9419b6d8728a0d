"""What must hold before and while the store is written.

Owns the three refusals that have nothing to do with any source: no rights, no space, and somebody else at work on the
same model. Refuses to know what is being written.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

import filelock

from vivavoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vivavoce.models.transfer import Meter

__all__ = ["exclusive", "require_space", "size_text", "storage_errors"]

# EFBIG is what a file-size limit (ulimit -f, or FAT's 4 GB) answers.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHTS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


def size_text(size_bytes: float) -> str:
    """Say a size as people do: 1.1 GB, 98 MB, 5 kB."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if size_bytes >= size:
            value = size_bytes / size
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    return f"{max(1, round(size_bytes / 1000))} kB"


@contextmanager
def storage_errors(root: Path) -> Iterator[None]:
    """Name what the disk refuses.

    Raises:
        ModelError: `disk_full`, `model_folder_not_writable` or `model_storage_failed` in place of any `OSError`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(root, f"The disk of {root} is full.") from error
        if error.errno in _NO_RIGHTS:
            raise ModelError(
                "model_folder_not_writable",
                f"The models folder {root} cannot be written: {error.strerror}.",
                remedy="Set VIVAVOCE_MODELS to a folder you may write to.",
            ) from error
        raise ModelError(
            "model_storage_failed", f"The models folder {root} cannot be used: {error}.", retryable=True
        ) from error


def disk_full(root: Path, message: str) -> ModelError:
    """Build the one error for want of space."""
    return ModelError(
        "disk_full",
        message,
        remedy=f"Make room there ({root}), or set VIVAVOCE_MODELS to a folder on a larger disk.",
    )


def require_space(root: Path, needed_bytes: int, free_bytes: int) -> None:
    """Refuse to start what cannot end.

    Raises:
        ModelError: `disk_full`.
    """
    if needed_bytes > free_bytes:
        raise disk_full(root, f"This needs {size_text(needed_bytes)}, and {size_text(free_bytes)} is free.")


@contextmanager
def exclusive(lock_path: Path, meter: Meter, *, deadline_seconds: float) -> Iterator[None]:
    """Hold `lock_path` against every other thread and process; it falls with its owner, even to a kill.

    Raises:
        ModelError: `model_busy`, after `deadline_seconds`; `model_pull_cancelled`.
    """
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(lock_path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        meter.note("waiting for another vivavoce that is fetching it")
        try:
            lock.acquire(timeout=deadline_seconds, poll_interval=0.1, cancel_check=meter.is_cancelled)
        except filelock.Timeout as error:
            meter.raise_if_cancelled()
            raise ModelError(
                "model_busy",
                f"Another process has been fetching {meter.model} for {deadline_seconds:.0f} seconds.",
                remedy="Wait for it, or end it, and try again.",
                retryable=True,
            ) from error
    try:
        yield
    finally:
        lock.release()
