"""A session's event log on disk.

Owns the file. Refuses to know what the lines mean (`conversation.recording` writes and reads them). Lines are buffered
and written out at the end of each burst of events; what is lost by a crash is the burst under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from vivavoce.conversation.recording import encode_entry, encode_header
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vivavoce.conversation.effects import Effect
    from vivavoce.conversation.events import Event
    from vivavoce.conversation.settings import ConversationSettings

__all__ = ["SessionRecorder"]


class SessionRecorder:
    """Writes `FOLDER/SESSION.jsonl`; holds the words that are said, so it runs only when asked for."""

    def __init__(self, folder: Path, session_id: str, settings: ConversationSettings) -> None:
        self.path = folder / f"{session_id}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("wb")
        except OSError as error:
            raise InputError(
                "recording_folder_not_writable",
                f"The folder '{folder}' cannot be written to: {error.strerror}.",
                remedy="Give --record a folder that you may write to.",
            ) from error
        self._write(encode_header(session_id, settings))

    def record(self, now: float, event: Event, effects: Iterable[Effect]) -> None:
        """Add one event and what it led to."""
        self._write(encode_entry(now, event, effects))

    def close(self) -> None:
        """Write out what is left."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._file.flush()
