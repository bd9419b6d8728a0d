"""A conversation as a file that other programs read.

Owns the JSON, the Markdown and the ZIP of sound. Refuses to know who asks, and where anything is kept.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vivavoce.history.files import reading_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vivavoce.history.records import Conversation, Entry, Turn

__all__ = ["as_data", "as_markdown", "as_zip", "entry_data", "turn_data"]

Data = dict[str, Any]

_SPEAKERS = {"user": "You", "assistant": "Assistant", "system": "System"}


def as_data(conversation: Conversation, entries: Sequence[Entry], turns: Sequence[Turn]) -> Data:
    """Return all that is kept of a conversation, as JSON can carry it."""
    return {
        "object": "conversation",
        **asdict(conversation),
        "entries": [entry_data(entry) for entry in entries],
        "turns": [turn_data(turn) for turn in turns],
    }


def entry_data(entry: Entry) -> Data:
    """Return an entry as JSON can carry it."""
    return {**asdict(entry), "is_interrupted": entry.is_interrupted}


def turn_data(turn: Turn) -> Data:
    """Return a turn as JSON can carry it."""
    return {**asdict(turn), "memories": [{"id": memory, "text": words} for memory, words in turn.memories]}


def as_markdown(conversation: Conversation, entries: Sequence[Entry]) -> str:
    """Return a conversation for reading: who said what and when; of an interrupted reply what was heard."""
    began = datetime.fromtimestamp(conversation.created_at, UTC)
    with_whom = f", with {conversation.persona}" if conversation.persona else ""
    lines = [f"# {conversation.title or 'Conversation'}", f"{began:%Y-%m-%d %H:%M} UTC{with_whom}"]
    lines += [line for entry in entries if (line := _line(entry))]
    return "\n\n".join(lines) + "\n"


def as_zip(transcript: str, files: Mapping[str, Path], entries: Sequence[Entry]) -> bytes:
    """Return the sound of a conversation, one file an entry in their order, with its transcript.

    Files that are gone by now are left out.

    Raises:
        StorageError: `file_not_read`.
    """
    content = io.BytesIO()
    # Opus does not get smaller.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("transcript.md", transcript)
        for number, entry in enumerate(entries, start=1):
            if entry.id in files:
                with suppress(FileNotFoundError), reading_files():
                    archive.write(files[entry.id], f"{number:04d}-{entry.role}{files[entry.id].suffix}")
    return content.getvalue()


def _line(entry: Entry) -> str:
    call = entry.call
    if call is None:
        words = entry.words.strip()
        clock = datetime.fromtimestamp(entry.created_at, UTC)
        mark = " *(interrupted)*" if entry.is_interrupted else ""
        return f"**{_SPEAKERS.get(entry.role, entry.role)}** ({clock:%H:%M:%S}): {words}{mark}" if words else ""
    if entry.kind == "function_call_output":
        return f"> → {call.output}"
    if entry.kind in ("function_call", "mcp_call"):
        outcome = f" → {call.error_code or call.output}" if call.error_code or call.output else ""
        return f"> `{call.name}({call.arguments})`{outcome}"
    return ""
