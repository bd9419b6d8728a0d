"""Who calls a tool in a spoken conversation. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vivavoce.tools.definition import SessionAction

__all__ = ["SpeakingCaller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakingCaller:
    """A `ToolCaller`; `language` is that of the user's last words where the character speaks several."""

    user_id: str
    conversation_id: str
    persona_id: str
    language: str
    act: Callable[[SessionAction], None]
