"""Which reply engine answers for a conversation.

Owns the making of the engines, and what they may know of a conversation: a user who is not remembered in it is nobody
to them. Refuses to know what an engine does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch

if TYPE_CHECKING:
    from vivavoce.dialogue.switch import BoundDialogue
    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.personas.library import PersonaLibrary

__all__ = ["Answering", "engine_switch"]


def engine_switch(parts: EngineParts, personas: PersonaLibrary, *, default: str) -> EngineSwitch:
    """Return the reply engines, `default` first; a character's own is asked for by its id.

    Raises:
        InputError: `reply_engine_unknown`, or the default cannot be had here.
    """
    return EngineSwitch(known_engines(), parts, default=default, chosen_by=lambda key: personas.get(key).engine)


class Answering:
    """An `AnswersFor`."""

    def __init__(self, switch: EngineSwitch) -> None:
        self._switch = switch

    def bound(self, mind: ConversationMind) -> BoundDialogue:
        """Return what answers for a conversation."""
        return self._switch.bound(_Talk(mind))

    def close_conversation(self, conversation_id: str, session_id: str) -> None:
        """Forget what is kept for a conversation that is over."""
        self._switch.close_conversation(conversation_id, session_id)


class _Talk:
    """A conversation as the engines know it."""

    def __init__(self, mind: ConversationMind) -> None:
        self._mind = mind

    @property
    def session_id(self) -> str:
        return self._mind.session_id

    @property
    def conversation_id(self) -> str:
        return self._mind.conversation_id

    @property
    def persona_id(self) -> str:
        return self._mind.persona_id

    @property
    def user_id(self) -> str:
        return self._mind.user_id if self._mind.remembers else ""

    @property
    def language(self) -> str:
        return self._mind.language
