"""The sound of conversations on disk, beside the database: one Opus file for each entry.

Owns the folder, the names and the writing, in threads. Refuses to know who agreed to it. A file that belongs to no
conversation is what a crash left, and is swept away at the next start.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread

from vivavoce.audio.files import encode_file
from vivavoce.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from vivavoce.audio.pcm import Samples

__all__ = ["Recordings"]

SUFFIX = ".opus"

MAX_SECONDS = 600
"""Of one entry; of a longer one the beginning is kept."""

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Recordings:
    """Sound by conversation and entry, under one folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, conversation_id: str, entry_id: str, audio: Samples, rate_hz: int) -> None:
        """Write the sound of an entry; a file is there whole or not at all.

        Raises:
            StorageError: `recording_not_written`.
        """
        await anyio.to_thread.run_sync(partial(self._save, self._file(conversation_id, entry_id), audio, rate_hz))

    async def of(self, conversation_id: str, entry_ids: Collection[str]) -> dict[str, Path]:
        """Return the files there are of these entries, in their order."""
        return await anyio.to_thread.run_sync(self._of, conversation_id, tuple(entry_ids))

    async def bytes_of(self, conversation_id: str) -> int:
        """Return what a conversation's sound takes on disk."""
        return await anyio.to_thread.run_sync(self._bytes_of, conversation_id)

    async def delete_entry(self, conversation_id: str, entry_id: str) -> None:
        """Delete the sound of an entry, if there is any."""
        await anyio.to_thread.run_sync(partial(self._file(conversation_id, entry_id).unlink, missing_ok=True))

    async def delete(self, conversation_id: str) -> None:
        """Delete a conversation's sound, if there is any."""
        await anyio.to_thread.run_sync(partial(shutil.rmtree, self._place(conversation_id), ignore_errors=True))

    async def sweep(self, conversation_ids: Collection[str]) -> int:
        """Delete the sound of all conversations but these; return of how many."""
        kept = {_name(conversation_id) for conversation_id in conversation_ids}
        return await anyio.to_thread.run_sync(self._sweep, kept)

    def _save(self, file: Path, audio: Samples, rate_hz: int) -> None:
        with _telling_plainly():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = file.with_suffix(".part")
            unfinished.write_bytes(encode_file(audio[: MAX_SECONDS * rate_hz], rate_hz, "opus"))
            unfinished.replace(file)

    def _of(self, conversation_id: str, entry_ids: tuple[str, ...]) -> dict[str, Path]:
        files = {entry_id: self._file(conversation_id, entry_id) for entry_id in entry_ids}
        return {entry_id: file for entry_id, file in files.items() if file.is_file()}

    def _bytes_of(self, conversation_id: str) -> int:
        place = self._place(conversation_id)
        return sum(file.stat().st_size for file in place.glob(f"*{SUFFIX}")) if place.is_dir() else 0

    def _sweep(self, kept: set[str]) -> int:
        if not self._folder.is_dir():
            return 0
        orphans = [place for place in self._folder.iterdir() if place.is_dir() and place.name not in kept]
        for place in orphans:
            shutil.rmtree(place, ignore_errors=True)
        return len(orphans)

    def _place(self, conversation_id: str) -> Path:
        return self._folder / _name(conversation_id)

    def _file(self, conversation_id: str, entry_id: str) -> Path:
        return self._place(conversation_id) / f"{_name(entry_id)}{SUFFIX}"


@contextmanager
def _telling_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            "recording_not_written",
            f"The sound could not be written: {error.strerror}.",
            remedy="Give the server a data folder that it may write to, with room left on its disk.",
        ) from error


def _name(name: str) -> str:
    """Return the id as a file name; clients may choose any id for an item."""
    return name if _SAFE.fullmatch(name) else "x-" + hashlib.sha256(name.encode(errors="replace")).hexdigest()
