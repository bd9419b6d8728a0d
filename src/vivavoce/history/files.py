"""Files beside the database.

Owns their safe names, and the plain words for a disk that fails. Refuses to know what is in them.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from vivavoce.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["file_names", "place_of", "reading_files", "write_whole", "writing_files"]

_SAFE = re.compile(r"[a-z0-9_-]{1,100}")
_FORMERLY_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")

_HASHED = "x-"
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""What Windows takes for a device, whatever follows after a full stop
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def file_names(name: str) -> tuple[str, ...]:
    """Return what an id is called as a file, and then what it was called before, if that was otherwise.

    Clients may choose any id for an item, and some file systems take `Ann` and `ann` for the same.
    """
    is_plain = _SAFE.fullmatch(name) and name not in _RESERVED and not name.startswith(_HASHED)
    now = name if is_plain else _HASHED + hashlib.sha256(name.encode(errors="replace")).hexdigest()
    return (now, name) if now != name and _FORMERLY_SAFE.fullmatch(name) else (now,)


def place_of(folder: Path, name: str, suffix: str = "") -> Path:
    """Return where in a folder the file or folder of an id is or is to be.

    Raises:
        OSError: the folder is there and cannot be read.
    """
    place, *former = (folder / f"{each}{suffix}" for each in file_names(name))
    with suppress(FileNotFoundError):
        for old in former:
            # `exists` alone would find another's where capitals do not count.
            if old.exists() and not place.exists() and old.name in os.listdir(folder):
                return old
    return place


def write_whole(file: Path, content: bytes, *, synced: bool = False) -> None:
    """Write a file that is there whole or not at all; `synced` also after a power cut.

    Raises:
        StorageError: `file_not_written`.
    """
    with writing_files():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
