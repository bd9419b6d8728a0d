"""A session's event log on disk.

Owns the file. Refuses to know what the lines mean (`conversation.recording` writes and reads them). Every line is
written at once, so that a crash loses none. A disk that fails ends the recording and not the conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from vivavoce.conversation.recording import encode_entry, encode_header
from vivavoce.errors import InputError
from vivavoce.storage.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vivavoce.conversation.effects import Effect
    from vivavoce.conversation.events import Event
    from vivavoce.conversation.settings import ConversationSettings

__all__ = ["SessionRecorder"]

log = structlog.get_logger(__name__)


class SessionRecorder:
    """Writes `FOLDER/SESSION.jsonl`; holds the words that are said, so it runs only when asked for."""

    def __init__(self, folder: Path, session_id: str, settings: ConversationSettings) -> None:
        self.path = folder / f"{session_id}.jsonl"
        try:
            make_private(folder)
            self._file = self.path.open("wb", buffering=0)
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
        """End the recording."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        if self._file.closed:
            return
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            log.warning("recording_ended", path=str(self.path), reason=error.strerror)
            self._file.close()
