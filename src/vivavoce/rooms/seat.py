"""A viewer's place in a room: what they may do, done to the conversation that all share.

Owns the rule of each role. What a viewer writes waits for its turn and is answered without being asked for; the host's
requests reach the conversation as any client's do; of the others' `session.update` the audio formats are taken, and
what was played somewhere is nobody else's affair. Refuses to know the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation import events as ev
from vivavoce.errors import CapacityError, InputError
from vivavoce.rooms.queue import Line
from vivavoce.rooms.rate import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.formats import AudioFormat
    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import Item
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.realtime.wire.session_config import SessionConfig
    from vivavoce.realtime.wire.session_patch import SessionPatch
    from vivavoce.rooms.room import Room
    from vivavoce.rooms.viewer import Viewer
    from vivavoce.tools.definition import ChangePersona, ChangeVoice
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["Seat", "SharedSettings"]


class Seat:
    """A `Door` to a room."""

    def __init__(self, room: Room, viewer: Viewer, *, clock: Callable[[], float]) -> None:
        self._room = room
        self._viewer = viewer
        self._clock = clock
        self._bucket = TokenBucket(room.settings.viewer_lines, now=clock())

    @property
    def has_spoken(self) -> bool:
        """Whether any reply audio has been sent."""
        return self._room.session.has_spoken

    def configure(
        self, settings: ConversationSettings, *, audio_format: AudioFormat, detection: TurnDetection | None
    ) -> None:
        """Do nothing: the room has taken them up when `SharedSettings` did."""

    def hear(self, data: bytes) -> None:
        """Take in what this viewer's microphone sends.

        Raises:
            InputError: half a sample.
            CapacityError: the conversation's input buffer is full.
        """
        self._room.stage.hear(self._viewer, data)

    def create_item(self, request: ev.ItemCreateRequested, audio: Samples | None) -> None:
        """Write a line; whatever else is put into the conversation is the host's to put there.

        Raises:
            InputError: `room_host_only`, `line_empty`, `line_too_long` or `item_create_duplicate_item_id`.
            CapacityError: `rate_limited` or `room_queue_full`.
        """
        item = request.item
        if not _is_line(item):
            self._check_is_host("put this into the conversation")
            self._room.session.create_item(request, audio)
            return
        if not self._bucket.take(self._clock()):
            raise CapacityError("rate_limited", "You write too often.", remedy="Wait a moment between two lines.")
        text = " ".join(part.text or "" for part in item.content)
        viewer = self._viewer
        self._room.write(
            Line(
                name=viewer.name,
                text=text,
                rank=viewer.rank,
                item_id=item.id,
                viewer_id=viewer.id,
                event_id=request.event_id,
            )
        )

    def commit_input(self, event_id: str | None) -> None:
        """End this viewer's turn by hand.

        Raises:
            InputError: `floor_not_held`.
        """
        self._room.stage.check_is_heard(self._viewer)
        self._room.session.commit_input(event_id)

    def clear_input(self, event_id: str | None) -> None:
        """Throw away what this viewer has said in the turn.

        Raises:
            InputError: `floor_not_held`.
        """
        self._room.stage.check_is_heard(self._viewer)
        self._room.session.clear_input(event_id)

    def dispatch(self, event: ev.Event) -> None:
        """Do what else is asked for.

        Raises:
            InputError: `room_host_only`.
        """
        session = self._room.session
        match event:
            case ev.PlayoutReported():
                return
            case ev.ItemRetrieveRequested():
                session.dispatch(event)
            case ev.ReplyRequested() if self._is_answered_anyway():
                return
            case _:
                self._check_is_host("do this")
                session.dispatch(event)

    def _is_answered_anyway(self) -> bool:
        """Whether a reply that is asked for comes without being asked for, or is not this viewer's to ask for."""
        return self._viewer.role != "host" or self._room.is_answering or self._room.summary().waiting > 0

    def _check_is_host(self, what: str) -> None:
        if self._viewer.role != "host":
            raise InputError(
                "room_host_only",
                f"Only the host of a room may {what}.",
                remedy="Ask the host, or connect with role=host where the room is yours.",
            )


class SharedSettings:
    """The room's settings as one viewer may see and change them; a `KeepsSettings`."""

    def __init__(self, room: Room, viewer: Viewer) -> None:
        self._room = room
        self._viewer = viewer

    @property
    def config(self) -> SessionConfig:
        """The room's settings with this viewer's audio formats."""
        return self._viewer.reporter.config

    @property
    def conversation(self) -> ConversationSettings:
        """The settings as the conversation sees them."""
        return self._room.agreement.in_force.conversation

    def update(self, patch: SessionPatch, *, voice_locked: bool) -> None:
        """Take up what this viewer wants changed.

        Raises:
            InputError: it cannot be had.
        """
        self._room.agreement.update(self._viewer, patch)

    def change(self, action: ChangeVoice | ChangePersona) -> None:
        """Take up what a tool or the server wants changed.

        Raises:
            InputError: there is no such character.
        """
        self._room.agreement.change(action)

    def refresh(self) -> None:
        """Look again at what the settings rest on."""
        self._room.agreement.refresh()


def _is_line(item: Item) -> bool:
    is_message = item.kind == "message" and item.role == "user"
    return is_message and bool(item.content) and all(part.kind == "input_text" for part in item.content)
