"""A session's event log: what happened, when, and what the machine asked for; and its exact replay.

Owns the text of the log (one JSON object a line: a header, then an entry for each event with its effects). Refuses to
know files; whoever records gives and takes lines. A log holds the words that were said and no audio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from vivavoce.conversation.effects import TurnTimed
from vivavoce.conversation.events import EVENT_TYPES
from vivavoce.conversation.machine import ConversationMachine
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.conversation.effects import Effect
    from vivavoce.conversation.events import Event

__all__ = ["FORMAT", "Mismatch", "ReplaySummary", "encode_entry", "encode_header", "replay"]

FORMAT = "vivavoce-session-1"
_EVENTS_BY_NAME = {event.__name__: event for event in EVENT_TYPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A line of the log whose event gave other effects this time; both as they would be logged."""

    line: int
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySummary:
    """What a replay did, exactly so when there is no mismatch; and the waterfalls of the session's latest turns."""

    events: int
    effects: int
    seconds: float
    mismatches: tuple[Mismatch, ...]
    timeline: tuple[TurnTimed, ...]


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    session_id: str
    settings: dict[str, object]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: float
    event: dict[str, object]
    effects: msgspec.Raw


def encode_header(session_id: str, settings: ConversationSettings) -> bytes:
    """Return the log's first line."""
    return msgspec.json.encode({"format": FORMAT, "session_id": session_id, "settings": msgspec.to_builtins(settings)})


def encode_entry(now: float, event: Event, effects: Iterable[Effect]) -> bytes:
    """Return the line of one event."""
    return msgspec.json.encode({"at": now, "event": _named(event), "effects": [_named(effect) for effect in effects]})


def replay(lines: Iterable[bytes]) -> ReplaySummary:
    """Run the log's events through a new machine and compare what it asks for with what was recorded.

    Raises:
        InputError: `recording_unreadable`, naming the line.
    """
    numbered = enumerate(lines, start=1)
    machine = _machine(next(numbered, (1, b""))[1])
    mismatches: list[Mismatch] = []
    events = effects_count = 0
    first = last = None
    for number, line in numbered:
        if not line.strip():
            continue
        entry, event = _entry(number, line)
        effects = machine.handle(event, entry.at)
        replayed = msgspec.json.encode([_named(effect) for effect in effects])
        recorded = bytes(entry.effects)
        if replayed != recorded:
            # A damaged file may hold anything here: it was compared, not read.
            readable = recorded.decode(errors="replace")
            mismatches.append(Mismatch(line=number, recorded=readable, replayed=replayed.decode()))
        events, effects_count = events + 1, effects_count + len(effects)
        first, last = entry.at if first is None else first, entry.at
    seconds = (last or 0.0) - (first or 0.0)
    return ReplaySummary(
        events=events,
        effects=effects_count,
        seconds=seconds,
        mismatches=tuple(mismatches),
        timeline=machine.timeline,
    )


def _machine(line: bytes) -> ConversationMachine:
    try:
        header = msgspec.json.decode(line, type=_Header)
        if header.format != FORMAT:
            raise _unreadable(1, f"its format is '{header.format}', not '{FORMAT}'")
        settings = msgspec.convert(header.settings, ConversationSettings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(1, str(error)) from error
    return ConversationMachine(session_id=header.session_id, settings=settings)


def _entry(number: int, line: bytes) -> tuple[_Entry, Event]:
    try:
        entry = msgspec.json.decode(line, type=_Entry)
        fields = dict(entry.event)
        event_type = _EVENTS_BY_NAME.get(str(fields.pop("type", "")))
        if event_type is None:
            raise _unreadable(number, "it names no known event")
        return entry, msgspec.convert(fields, event_type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(number, str(error)) from error


def _named(record: Event | Effect) -> dict[str, object]:
    return {"type": type(record).__name__, **msgspec.to_builtins(record)}


def _unreadable(number: int, why: str) -> InputError:
    return InputError(
        "recording_unreadable",
        f"Line {number} of the recording cannot be read: {why}.",
        remedy="Give a file that 'vivavoce serve --record DIR' wrote, with the same version.",
    )
