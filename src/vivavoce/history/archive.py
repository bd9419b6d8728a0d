"""Conversations that have left the database, as compressed files: JSON, one record a line.

Owns the folder: `USER/CONVERSATION.jsonl.gz` (by id, or the hash of one that is no file name everywhere), the
conversation in the first line, then its entries and turns. Refuses to decide what leaves (`retention`), and to read it
back: any program can.
"""

from __future__ import annotations

import gzip
import json
import shutil
from typing import TYPE_CHECKING

import anyio.to_thread

from vivavoce.history.export import as_data
from vivavoce.history.files import file_name, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vivavoce.history.records import Conversation, Entry, Turn

__all__ = ["Archive"]

SUFFIX = ".jsonl.gz"


class Archive:
    """Old conversations under one folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def add(self, conversation: Conversation, entries: Sequence[Entry], turns: Sequence[Turn]) -> Path:
        """Write a conversation, in the place of what was written of it before, and return its file.

        Raises:
            StorageError: `file_not_written`; what the archive held of it is still there.
        """
        return await anyio.to_thread.run_sync(self._write, conversation, entries, turns)

    async def forget_all(self, user_id: str) -> None:
        """Delete all that is a user's."""
        await anyio.to_thread.run_sync(self._forget_all, user_id)

    def _forget_all(self, user_id: str) -> None:
        shutil.rmtree(self._folder / file_name(user_id), ignore_errors=True)

    def _write(self, conversation: Conversation, entries: Sequence[Entry], turns: Sequence[Turn]) -> Path:
        data = as_data(conversation, entries, turns)
        parts = {"entry": data.pop("entries"), "turn": data.pop("turns")}
        records = [data, *({"object": kind, **record} for kind, found in parts.items() for record in found)]
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        file = self._folder / file_name(conversation.user_id) / f"{file_name(conversation.id)}{SUFFIX}"
        # The conversation is deleted from the database next.
        write_whole(file, gzip.compress(lines.encode(), mtime=0), synced=True)
        return file
