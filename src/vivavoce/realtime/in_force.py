"""What is in force in a session: what its client wished for, and what a character fills in where it said nothing.

Owns the joining of the two, and which character it is. A client that brings its own instructions or tools is let alone:
it gets a character only by naming one (`prompt.id`), and without one there are no tools of the server and no memory.
Refuses to know sockets, and what a character is made of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vivavoce.realtime import translation
from vivavoce.realtime.wire.session_config import VivavoceOptions, apply_update
from vivavoce.realtime.wire.session_patch import Prompt
from vivavoce.tools.definition import ChangePersona, ChangeVoice

if TYPE_CHECKING:
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.personas.dress import Dress
    from vivavoce.realtime.wire.session_config import SessionConfig
    from vivavoce.realtime.wire.session_patch import SessionPatch

__all__ = ["SettingsInForce"]

NO_VOICE = "default"
"""The voice of a session in which nobody has chosen one."""


class SettingsInForce:
    """One session's settings, as the client sees them (`config`) and as the conversation does (`conversation`).

    Args:
        wishes: the session as it is before anybody wishes for anything.
        default_language: the language of a session that names none.
        default_instructions: the server's own system prompt, in the place of a character's; empty for none.
        extensions: whether the client speaks `vivavoce.v1`.
        mind: where characters come from; None for a session that has only a language model.
        persona: the character asked for in the address; empty for the server's default.
        tools_of: knows the tools of the MCP servers that the client names; None where it can name none.
    """

    def __init__(
        self,
        wishes: SessionConfig,
        *,
        default_language: str,
        default_instructions: str = "",
        extensions: bool,
        mind: ConversationMind | None = None,
        persona: str = "",
        tools_of: translation.ToolsOf | None = None,
    ) -> None:
        self._default_language = default_language
        self._default_instructions = default_instructions
        self._extensions = extensions
        self._mind = mind
        self._persona = persona
        self._tools_of = tools_of
        self._take_up(wishes)

    def update(self, patch: SessionPatch, *, voice_locked: bool) -> None:
        """Take up what a client wants changed; nothing is changed when it is refused.

        Raises:
            InputError: it cannot be had.
        """
        self._take_up(apply_update(self._wishes, patch, voice_locked=voice_locked))

    def change(self, action: ChangeVoice | ChangePersona) -> None:
        """Take up what a tool or the server wants changed, whether or not the voice was heard already.

        Raises:
            InputError: there is no such character.
        """
        wishes = self._wishes
        if isinstance(action, ChangePersona):
            # Another character comes with a voice of its own, and brings its own instructions.
            output = msgspec.structs.replace(wishes.audio.output, voice=NO_VOICE, speed=1.0)
            wishes = msgspec.structs.replace(wishes, prompt=Prompt(id=action.persona_id), instructions="")
            wishes = _in_any_language(wishes)
        else:
            output = wishes.audio.output
            output = msgspec.structs.replace(
                output, voice=action.voice or output.voice, speed=action.speed or output.speed
            )
        self._take_up(msgspec.structs.replace(wishes, audio=msgspec.structs.replace(wishes.audio, output=output)))

    def refresh(self) -> None:
        """Look again at what the character is, and which tools there are."""
        self._take_up(self._wishes)

    def _take_up(self, wishes: SessionConfig) -> None:
        mind, asked = self._mind, translation.language_asked(wishes)
        language, dress = asked or self._default_language, None
        if mind is not None:
            language, dress = mind.dressed(self._wanted(wishes, mind), language, is_asked=asked is not None)
        config = self._filled_in(wishes, dress)
        conversation = translation.conversation_settings(
            config, default_language=language, playout_reports=self._extensions, tools_of=self._tools_of
        )
        if mind is not None:
            mind.be(dress, language, voice=config.audio.output.voice)
        self._wishes, self.config = wishes, config
        self.conversation = conversation if dress is None else self._furnished(conversation, dress)

    def _wanted(self, wishes: SessionConfig, mind: ConversationMind) -> str:
        if wishes.prompt is not None or self._persona:
            return wishes.prompt.id if wishes.prompt is not None else self._persona
        if wishes.instructions or wishes.tools:
            return ""
        return mind.default_persona

    def _filled_in(self, wishes: SessionConfig, dress: Dress | None) -> SessionConfig:
        if dress is None:
            return msgspec.structs.replace(wishes, instructions=wishes.instructions or self._default_instructions)
        output = wishes.audio.output
        spoken = msgspec.structs.replace(
            output,
            voice=dress.voice or NO_VOICE if output.voice == NO_VOICE else output.voice,
            speed=dress.speed if output.speed == 1.0 else output.speed,
        )
        return msgspec.structs.replace(
            wishes,
            instructions=wishes.instructions or self._default_instructions or dress.instructions,
            audio=msgspec.structs.replace(wishes.audio, output=spoken),
            prompt=wishes.prompt or Prompt(id=dress.persona_id),
        )

    def _furnished(self, conversation: ConversationSettings, dress: Dress) -> ConversationSettings:
        own = {tool.name for tool in conversation.tools}
        ours = self._mind.tools() if self._mind is not None else ()
        return replace(
            conversation,
            voices=dress.voices if self._wishes.audio.output.voice == NO_VOICE else (),
            tools=(*conversation.tools, *(tool for tool in ours if tool.name not in own)),
            working=dress.fallback.working,
            trouble=dress.fallback.trouble,
            tool_failed=dress.fallback.tool_failed,
            expressions=dress.expressions,
            actions=dress.actions,
        )


def _in_any_language(wishes: SessionConfig) -> SessionConfig:
    """Return the wishes without one for a language: the next character may not speak it."""
    heard = wishes.audio.input
    if heard.transcription is not None:
        heard = msgspec.structs.replace(
            heard, transcription=msgspec.structs.replace(heard.transcription, language=None)
        )
    audio = msgspec.structs.replace(wishes.audio, input=heard)
    return msgspec.structs.replace(wishes, audio=audio, vivavoce=VivavoceOptions(language="auto"))
