"""The tools that act on the conversation itself: end it, change the voice, change the character.

Owns what the model is told of it. Refuses to do any of it: the session does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vivavoce.errors import InputError
from vivavoce.tools.definition import ChangePersona, ChangeVoice, EndConversation, ToolCaller
from vivavoce.tools.functions import tool

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Characters", "Conversing", "KnowsCharacters"]


class KnowsCharacters(Protocol):
    """Which characters there are now."""

    def names(self) -> Mapping[str, str]:
        """Return what each is called, by its id."""
        ...


class Conversing:
    """What can be done to any conversation."""

    @tool
    async def end_conversation(self, caller: ToolCaller) -> str:
        """Hang up when the user says goodbye."""
        caller.act(EndConversation())
        return "说完再见就挂断。" if caller.language == "zh" else "Say goodbye; the line closes after that."

    @tool
    async def change_voice(self, caller: ToolCaller, voice: str = "", speed: float | None = None) -> str:
        """Another voice or speed (0.5 slow, 1.5 fast)."""
        if not voice and speed is None:
            raise InputError("voice_unchanged", "Neither a voice nor a speed was given.")
        bounded = None if speed is None else min(max(speed, 0.25), 1.5)
        caller.act(ChangeVoice(voice=voice or None, speed=bounded))
        return "从下一句话开始生效。" if caller.language == "zh" else "Done, from the next reply on."


class Characters:
    """Changing to another character."""

    def __init__(self, known: KnowsCharacters) -> None:
        self._known = known

    @tool
    async def change_persona(self, name: str, caller: ToolCaller) -> str:
        """Become another character."""
        names = self._known.names()
        wanted = name.strip().casefold()
        exact = [key for key, called in names.items() if wanted in (key.casefold(), called.casefold())]
        near = [key for key, called in names.items() if wanted and wanted in called.casefold()]
        persona_id = next(iter(exact or (near if len(near) == 1 else [])), None)
        if persona_id is None:
            raise InputError(
                "persona_not_found",
                f"There is no character {name!r}.",
                remedy=f"There are: {', '.join(names.values()) or 'none'}.",
            )
        caller.act(ChangePersona(persona_id=persona_id))
        called = names[persona_id]
        return f"下一句话起由{called}说。" if caller.language == "zh" else f"{called} speaks from the next reply on."
