"""What a client's requests are done to: a session and its settings, or a seat in one that several share.

Owns the Protocols. Refuses to know what is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vivavoce.audio.formats import AudioFormat
    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation import events as ev
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.realtime.wire.session_config import SessionConfig
    from vivavoce.realtime.wire.session_patch import SessionPatch
    from vivavoce.tools.definition import ChangePersona, ChangeVoice
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["Door", "KeepsSettings"]


class Door(Protocol):
    """See `session.driver.Session`, which is one; whatever is not allowed is refused by an `InputError`."""

    @property
    def has_spoken(self) -> bool:
        """Whether any reply audio has been sent."""
        ...

    def configure(
        self, settings: ConversationSettings, *, audio_format: AudioFormat, detection: TurnDetection | None
    ) -> None:
        """Take up new settings."""
        ...

    def hear(self, data: bytes) -> None:
        """Take in audio."""
        ...

    def create_item(self, request: ev.ItemCreateRequested, audio: Samples | None) -> None:
        """Put an item into the conversation."""
        ...

    def commit_input(self, event_id: str | None) -> None:
        """End the turn by hand."""
        ...

    def clear_input(self, event_id: str | None) -> None:
        """Throw away what no turn has taken."""
        ...

    def dispatch(self, event: ev.Event) -> None:
        """Do what else is asked for."""
        ...


class KeepsSettings(Protocol):
    """See `in_force.SettingsInForce`, which is one; whatever cannot be had is refused by an `InputError`."""

    @property
    def config(self) -> SessionConfig:
        """The settings as the client sees them."""
        ...

    @property
    def conversation(self) -> ConversationSettings:
        """The settings as the conversation sees them."""
        ...

    def update(self, patch: SessionPatch, *, voice_locked: bool) -> None:
        """Take up what a client wants changed."""
        ...

    def change(self, action: ChangeVoice | ChangePersona) -> None:
        """Take up what a tool or the server wants changed."""
        ...

    def refresh(self) -> None:
        """Look again at what the settings rest on."""
        ...
