"""The history of a server: its database, its recordings and its archive, which must agree.

Owns what concerns more than one of them: whoever deletes a conversation deletes its sound. Refuses to know what a
conversation is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from vivavoce.errors import InputError
from vivavoce.history.archive import Archive
from vivavoce.history.export import as_markdown, as_zip
from vivavoce.history.files import reading_files
from vivavoce.history.recordings import Recordings
from vivavoce.history.store import HistoryStore
from vivavoce.history.tables import HISTORY
from vivavoce.storage.migrating import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["History", "begin_history"]

SOUND_FOLDER = "sound"


class History:
    """Everything that is kept of conversations."""

    def __init__(self, store: HistoryStore, recordings: Recordings, archive: Archive | None = None) -> None:
        self.store = store
        self.recordings = recordings
        self._archive = archive

    async def delete(self, user_id: str, conversation_id: str) -> None:
        """Delete a conversation and its sound for good.

        Raises:
            InputError: `conversation_not_found`.
            StorageError: the database could not be written to.
        """
        await self.store.delete(user_id, conversation_id)
        await self.recordings.delete(conversation_id)

    async def delete_all(self, user_id: str) -> int:
        """Delete all of a user's conversations for good, archived ones too; return how many the database had.

        Raises:
            StorageError: the database could not be written to.
        """
        doomed = await self.store.delete_all(user_id)
        for conversation_id in doomed:
            await self.recordings.delete(conversation_id)
        if self._archive is not None:
            await self._archive.forget_all(user_id)
        return len(doomed)

    async def retire(self, user_id: str, conversation_id: str) -> None:
        """Move a conversation to the archive, or delete it where there is none; its sound is deleted either way.

        Raises:
            InputError: `conversation_not_found`.
            StorageError: it could not be moved, and is where it was.
        """
        if self._archive is not None:
            await self._archive.add(*await self.store.whole(user_id, conversation_id))
        await self.store.discard(user_id, conversation_id)
        await self.recordings.delete(conversation_id)

    async def sound(self, user_id: str, conversation_id: str) -> bytes:
        """Return the sound of a conversation as a ZIP file, with its transcript.

        Raises:
            InputError: `conversation_not_found`; `conversation_not_recorded`.
            StorageError: the database or a file cannot be read.
        """
        conversation, entries, _ = await self.store.whole(user_id, conversation_id)
        files = await self.recordings.of(conversation_id, [entry.id for entry in entries])
        if not files:
            raise _not_recorded()
        transcript = as_markdown(conversation, entries)
        return await anyio.to_thread.run_sync(as_zip, transcript, files, entries)

    async def sound_of(self, user_id: str, conversation_id: str, entry_id: str) -> bytes:
        """Return the sound of one entry as an Opus file.

        Raises:
            InputError: `conversation_not_found`; `conversation_not_recorded`.
            StorageError: the database or the file cannot be read.
        """
        await self.store.conversation(user_id, conversation_id)
        file = (await self.recordings.of(conversation_id, [entry_id])).get(entry_id)
        try:
            return await self._content(file)
        except FileNotFoundError:
            raise _not_recorded() from None

    async def _content(self, file: Path | None) -> bytes:
        if file is None:
            raise FileNotFoundError
        with reading_files():
            return await anyio.to_thread.run_sync(file.read_bytes)


def _not_recorded() -> InputError:
    return InputError(
        "conversation_not_recorded",
        "There is no sound of this conversation.",
        remedy="Recording is off unless the server's setting record_audio is on.",
    )


async def begin_history(engine: AsyncEngine, *, folder: Path, archive: Path | None = None) -> History:
    """Return the history on `engine`, with its sound in `folder`: up to date, and without what a crash left.

    Raises:
        StorageError: the database cannot be used.
    """
    await migrate(engine, HISTORY)
    store, recordings = HistoryStore(engine), Recordings(folder / SOUND_FOLDER)
    # A database that was just begun anew says nothing about sound that is older.
    if ids := await store.ids():
        await recordings.sweep(ids)
    return History(store, recordings, None if archive is None else Archive(archive))
