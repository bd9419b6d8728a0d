"""The query of `/v1/realtime`, read and checked once.

Owns what each parameter may hold. Refuses to know what becomes of it; parameters that are not known here are let pass,
for stock clients send some of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast, get_args

from vivavoce.errors import InputError
from vivavoce.realtime.query import NAME_IN_A_ROOM, ConnectionQuery, RoomRole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["connection_query"]

_SHAPES = {
    "persona": (re.compile(r"[a-z0-9][a-z0-9-]{0,63}"), "the id of a character: lower-case letters, digits and '-'"),
    "conversation": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}"), "the id of a conversation"),
    "language": (re.compile(r"auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"), "an ISO 639-1 code, or auto"),
    "voice": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}"), "the name of a voice"),
    "speed": (re.compile(r"0\.(2[5-9]|[3-9])\d*|1(\.[0-4]\d*|\.50*)?"), "a speaking rate from 0.25 to 1.5"),
    "greet": (re.compile(r"true|false"), "true or false"),
    "room": (re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"), "up to 64 letters, digits and _ . -"),
    "name": (re.compile(NAME_IN_A_ROOM), "up to 40 characters in one line, without ':'"),
    "role": (re.compile("|".join(get_args(RoomRole))), f"one of {', '.join(get_args(RoomRole))}"),
}


def connection_query(parameters: Mapping[str, str]) -> ConnectionQuery:
    """Return what the address asks for.

    Raises:
        InputError: `intent_not_supported`, `call_not_found`, or `invalid_value` for a parameter.
    """
    _check_kind(parameters)
    asked = {name: value for name in _SHAPES if (value := parameters.get(name, "").strip())}
    for name, value in asked.items():
        shape, meaning = _SHAPES[name]
        if not shape.fullmatch(value):
            raise InputError("invalid_value", f"The parameter '{name}' is {meaning}.", param=name)
    if "room" in asked and "conversation" in asked:
        raise InputError(
            "invalid_value",
            "A room is a conversation of its own: no other can be gone on with in it.",
            remedy="Leave out 'conversation' or 'room'.",
            param="conversation",
        )
    return ConnectionQuery(
        persona=asked.get("persona", ""),
        conversation=asked.get("conversation", ""),
        language=asked.get("language", ""),
        voice=asked.get("voice", ""),
        speed=float(asked.get("speed", "1")),
        greet=asked.get("greet") == "true",
        room=asked.get("room", ""),
        name=" ".join(asked.get("name", "").split()),
        role=cast("RoomRole", asked.get("role", "")),
    )


def _check_kind(parameters: Mapping[str, str]) -> None:
    """Raise `InputError` for the kinds of session that are not there; any model is taken for the local one."""
    intent = parameters.get("intent")
    if intent not in (None, "", "conversation", "realtime"):
        raise InputError(
            "intent_not_supported",
            "Transcription sessions are not supported yet." if intent == "transcription" else "Unknown intent.",
            remedy="Leave 'intent' out and ask for text, or use POST /v1/audio/transcriptions.",
            param="intent",
        )
    if "call_id" in parameters:
        raise InputError(
            "call_not_found", "There is no such call here.", remedy="Leave 'call_id' out.", param="call_id"
        )
