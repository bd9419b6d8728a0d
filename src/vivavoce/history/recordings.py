"""The sound of conversations on disk, beside the database: one Opus file for each entry.

Owns the folder, the names and the writing, in threads. Refuses to know who agreed to it. A file that belongs to no
conversation is what a crash left, and is swept away at the next start.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread

from vivavoce.audio.files import encode_file
from vivavoce.history.files import file_name, reading_files, write_whole, writing_files
from vivavoce.storage.storable import storable

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from vivavoce.audio.pcm import Samples

__all__ = ["Recordings"]

SUFFIX = ".opus"

MAX_SECONDS = 600
"""Of one entry; of a longer one the beginning is kept."""


class Recordings:
    """Sound by conversation and entry, under one folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, conversation_id: str, entry_id: str, audio: Samples, rate_hz: int) -> None:
        """Write the sound of an entry; a file is there whole or not at all.

        Raises:
            StorageError: `file_not_written`.
        """
        await anyio.to_thread.run_sync(partial(self._save, conversation_id, entry_id, audio, rate_hz))

    async def of(self, conversation_id: str, entry_ids: Collection[str]) -> dict[str, Path]:
        """Return the files there are of these entries, in their order.

        Raises:
            StorageError: `file_not_read`.
        """
        return await anyio.to_thread.run_sync(self._of, conversation_id, tuple(entry_ids))

    async def bytes_of(self, conversation_ids: Collection[str]) -> dict[str, int]:
        """Return what each conversation's sound takes on disk, of those that have any.

        Files that come and go meanwhile count or do not.

        Raises:
            StorageError: `file_not_read`.
        """
        return await anyio.to_thread.run_sync(self._bytes_of, tuple(conversation_ids))

    async def delete_entry(self, conversation_id: str, entry_id: str) -> None:
        """Delete the sound of an entry, if there is any.

        Raises:
            StorageError: `file_not_written`.
        """
        await anyio.to_thread.run_sync(self._delete_entry, conversation_id, entry_id)

    async def delete(self, conversation_id: str) -> None:
        """Delete a conversation's sound, if there is any."""
        await anyio.to_thread.run_sync(self._delete, conversation_id)

    async def sweep(self, conversation_ids: Collection[str]) -> int:
        """Delete the sound of all conversations but these; return of how many.

        Raises:
            StorageError: `file_not_read`.
        """
        return await anyio.to_thread.run_sync(self._sweep, set(map(file_name, conversation_ids)))

    def _save(self, conversation_id: str, entry_id: str, audio: Samples, rate_hz: int) -> None:
        sound = encode_file(audio[: MAX_SECONDS * rate_hz], rate_hz, "opus")
        write_whole(self._file(conversation_id, entry_id), sound)

    def _of(self, conversation_id: str, entry_ids: tuple[str, ...]) -> dict[str, Path]:
        with reading_files():
            files = {entry_id: self._file(conversation_id, entry_id) for entry_id in entry_ids}
            return {entry_id: file for entry_id, file in files.items() if file.is_file()}

    def _bytes_of(self, conversation_ids: tuple[str, ...]) -> dict[str, int]:
        sizes: dict[str, int] = {}
        for name in conversation_ids:
            with suppress(FileNotFoundError), reading_files():
                sizes[name] = sum(_size(file) for file in self._place(name).iterdir())
        return sizes

    def _delete(self, conversation_id: str) -> None:
        shutil.rmtree(self._place(conversation_id), ignore_errors=True)

    def _delete_entry(self, conversation_id: str, entry_id: str) -> None:
        with writing_files():
            self._file(conversation_id, entry_id).unlink(missing_ok=True)

    def _sweep(self, kept: set[str]) -> int:
        orphans: list[Path] = []
        with suppress(FileNotFoundError), reading_files():
            orphans = [place for place in self._folder.iterdir() if place.is_dir() and place.name not in kept]
        for place in orphans:
            shutil.rmtree(place, ignore_errors=True)
        return len(orphans)

    def _place(self, conversation_id: str) -> Path:
        return self._folder / file_name(conversation_id)

    def _file(self, conversation_id: str, entry_id: str) -> Path:
        return self._place(conversation_id) / f"{file_name(storable(entry_id))}{SUFFIX}"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0  # it was deleted, or got its name, since the folder was read
