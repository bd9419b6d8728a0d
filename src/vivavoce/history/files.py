"""Files beside the database.

Owns their safe names, and the plain words for a disk that fails. Refuses to know what is in them.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vivavoce.errors import StorageError
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["file_name", "reading_files", "write_whole", "writing_files"]

_SAFE = re.compile(r"[a-z0-9_-]{1,100}")

_HASHED = "x-"
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""What Windows takes for a device, whatever follows after a full stop
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def file_name(name: str) -> str:
    """Return what an id is called as a file.

    Clients may choose any id for an item, and some file systems take `Ann` and `ann` for the same.
    """
    is_plain = _SAFE.fullmatch(name) and name not in _RESERVED and not name.startswith(_HASHED)
    return name if is_plain else _HASHED + hashlib.sha256(name.encode(errors="replace")).hexdigest()


def write_whole(file: Path, content: bytes, *, synced: bool = False) -> None:
    """Write a file that is there whole or not at all; `synced` also after a power cut.

    Raises:
        StorageError: `file_not_written`.
    """
    with writing_files():
        make_private(file.parent)
        unfinished = file.with_name(f"{file.name}.part")
        with unfinished.open("wb") as stream:
            stream.write(content)
            if synced:
                stream.flush()
                os.fsync(stream.fileno())
        unfinished.replace(file)


@contextmanager
def reading_files() -> Iterator[None]:
    """Tell plainly what goes wrong with a file that is there; one that is gone is the caller's to see to.

    Raises:
        StorageError: `file_not_read`.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(
            "file_not_read",
            f"A file beside the database could not be read: {error.strerror}.",
            remedy="Give the server a data folder whose files it may read.",
        ) from error


@contextmanager
def writing_files() -> Iterator[None]:
    """Tell plainly what goes wrong with a file.

    Raises:
        StorageError: `file_not_written`.
    """
    try:
        yield
    except OSError as error:
        raise StorageError(
            "file_not_written",
            f"A file beside the database could not be written: {error.strerror}.",
            remedy="Give the server a data folder that it may write to, with room left on its disk.",
        ) from error
