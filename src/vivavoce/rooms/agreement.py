"""The settings that all in a room share: who may change them, and what of them the conversation goes by.

Owns the rule that only the host changes them, and that each viewer's audio formats are their own. Refuses to know what
a setting means.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vivavoce.audio.formats import AudioFormat
from vivavoce.errors import InputError
from vivavoce.realtime.translation import audio_format_of, turn_detection_of
from vivavoce.realtime.wire.session_config import apply_update

if TYPE_CHECKING:
    from vivavoce.conversation.settings import ConversationSettings, Tool
    from vivavoce.realtime.in_force import SettingsInForce
    from vivavoce.realtime.wire.session_config import SessionConfig
    from vivavoce.realtime.wire.session_patch import SessionPatch
    from vivavoce.rooms.audience import Audience
    from vivavoce.rooms.stage import Stage
    from vivavoce.rooms.viewer import Viewer
    from vivavoce.session.driver import Session
    from vivavoce.tools.definition import ChangePersona, ChangeVoice

__all__ = ["Agreement", "shared"]

_HOSTS_AFFAIR = frozenset({"end_conversation", "change_voice", "change_persona"})


class Agreement:
    """The settings of one room, and the taking up of changes."""

    def __init__(self, in_force: SettingsInForce, session: Session, stage: Stage, audience: Audience) -> None:
        self.in_force = in_force
        self._session = session
        self._stage = stage
        self._audience = audience

    def update(self, viewer: Viewer, patch: SessionPatch) -> None:
        """Take up what somebody wants changed: of anyone but the host only the audio formats.

        Raises:
            InputError: it cannot be had.
        """
        own = apply_update(viewer.reporter.config, patch, voice_locked=False)
        if viewer.role == "host":
            if own.audio.input.turn_detection is None:
                raise InputError(
                    "invalid_value",
                    "In a room the server decides when a turn is over.",
                    remedy="Leave 'turn_detection' as it is; input_audio_buffer.commit ends a turn sooner.",
                    param="session.audio.input.turn_detection",
                )
            self.in_force.update(patch, voice_locked=self._session.has_spoken and not viewer.reporter.extensions)
        viewer.reporter.config = _with_formats(self.in_force.config, own)
        self._stage.change_format(viewer, audio_format_of(own.audio.input.format))
        if viewer.role == "host":
            self._changed(asked_by=viewer)

    def change(self, action: ChangeVoice | ChangePersona) -> None:
        """Do what a tool or the server wants done to the voice or the character.

        Raises:
            InputError: there is no such character.
        """
        self.in_force.change(action)
        self._changed()

    def refresh(self) -> None:
        """Take up what has changed behind the settings: the character's file, the tools there are."""
        before = self.in_force.config, self.in_force.conversation
        self.in_force.refresh()
        if (self.in_force.config, self.in_force.conversation) != before:
            self._changed()

    def take_up(self) -> None:
        """Have the conversation go by the settings in force."""
        detection = turn_detection_of(self.in_force.config)
        self._stage.detection = detection
        speaker = self._stage.speaker
        settings = replace(shared(self.in_force.conversation), speaker=self._session.settings.speaker)
        audio_format = speaker.input_format if speaker else AudioFormat.PCM16_24K
        self._session.configure(settings, audio_format=audio_format, detection=detection)

    def _changed(self, asked_by: Viewer | None = None) -> None:
        """Go by the settings in force, and tell everyone but who asked for them, who is answered by their handler."""
        self.take_up()
        for viewer in self._audience:
            if viewer is not asked_by:
                viewer.reporter.config = _with_formats(self.in_force.config, viewer.reporter.config)
                viewer.reporter.tell_settings()


def shared(conversation: ConversationSettings) -> ConversationSettings:
    """Return the settings as a conversation of several goes by them."""
    tools = tuple(tool for tool in conversation.tools if _is_anyones(tool))
    # Nobody's loudspeaker is everybody's: what was heard is told by the time that has passed.
    # Whoever set it, somebody else may look at a face.
    return replace(conversation, tools=tools, transcripts=True, playout_reports=False, mouth=True, idle_seconds=None)


def _is_anyones(tool: Tool) -> bool:
    """Whether a tool may be run for whoever asks: of the server's own only those that change nothing."""
    return not tool.server_label or (tool.only_reads and tool.name not in _HOSTS_AFFAIR)


def _with_formats(config: SessionConfig, of: SessionConfig) -> SessionConfig:
    """Return the settings with the audio formats of others."""
    heard = msgspec.structs.replace(config.audio.input, format=of.audio.input.format)
    spoken = msgspec.structs.replace(config.audio.output, format=of.audio.output.format)
    return msgspec.structs.replace(config, audio=msgspec.structs.replace(config.audio, input=heard, output=spoken))
