"""One process at a time in a folder.

Owns the lock, which ends with whoever holds it, however they went. Refuses to know what is done in the folder.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["folder_lock"]

WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.02

_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)
"""What file systems without locks answer, such as some that come over the network."""


@contextmanager
def folder_lock(folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Have the folder for oneself; not for the event loop, which it would keep waiting.

    Where the file system knows no locks, nobody waits for anybody.

    Raises:
        OSError: the folder cannot be written, or somebody else keeps it for longer than `wait_seconds`.
    """
    file = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            deadline = time.monotonic() + wait_seconds
            while not _taken(file):
                if time.monotonic() > deadline:
                    raise OSError(errno.EBUSY, "another process keeps it busy")
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        # Closing is what lets go of the lock.
        os.close(file)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as failure:
        # Rather two processes at once, which hardly ever are, than none at all.
        if failure.errno not in _NO_LOCKS:
            raise
    return True
