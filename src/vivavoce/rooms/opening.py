"""The making of a room: the same parts that a conversation of one's own is made of.

Owns their joining. Refuses to know who may have a room, and the wire.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from vivavoce.realtime.in_force import SettingsInForce
from vivavoce.realtime.wire.session_config import default_session
from vivavoce.rooms.room import Room
from vivavoce.rooms.settings import RoomSettings
from vivavoce.session.driver import Session
from vivavoce.session.recorder import SessionRecorder

if TYPE_CHECKING:
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.conversation import ConversationMind
    from vivavoce.realtime.connection import ConnectionSettings
    from vivavoce.realtime.query import ConnectionQuery
    from vivavoce.session.driver import SessionClient

__all__ = ["MakesRoomMind", "RoomMaker"]


class MakesRoomMind(Protocol):
    """Makes what a room thinks with: a character, tools, and a history, which is its owner's.

    It must have no memory: others listen, and neither may they be told what is remembered of the owner nor may what
    they say be remembered as the owner's words.
    """

    def __call__(self, *, session_id: str, user_id: str, conversation_id: str) -> ConversationMind:
        """Return the mind of one room."""
        ...


class RoomMaker:
    """Makes the rooms of a server; without `make_mind` they have only a language model."""

    def __init__(
        self,
        roster: EngineRoster,
        connection: ConnectionSettings,
        *,
        make_mind: MakesRoomMind | None = None,
        settings: RoomSettings | None = None,
    ) -> None:
        self._roster = roster
        self._connection = connection
        self._make_mind = make_mind
        self._settings = settings or RoomSettings()

    def __call__(self, query: ConnectionQuery, user_id: str) -> Room:
        """Return the room that is asked for, which does not run yet.

        Raises:
            InputError: there is no such character.
        """
        token, connection = secrets.token_hex(12), self._connection
        session_id, conversation_id = f"sess_{token}", f"conv_{token}"
        mind = None
        if self._make_mind is not None:
            mind = self._make_mind(session_id=session_id, user_id=user_id, conversation_id=conversation_id)
        in_force = SettingsInForce(
            default_session(
                session_id=session_id,
                model=connection.model,
                voice=connection.voice or "default",
                silence_ms=connection.silence_ms,
            ),
            default_language=query.language or connection.language,
            default_instructions=connection.instructions,
            extensions=False,
            mind=mind,
            persona=query.persona,
        )

        def open_session(client: SessionClient, settings: ConversationSettings) -> Session:
            folder = connection.record_folder
            return Session(
                session_id=session_id,
                settings=settings,
                roster=self._roster,
                client=client,
                limits=connection.input_limits,
                mind=mind,
                recorder=SessionRecorder(folder, session_id, settings) if folder is not None else None,
            )

        room = Room(
            query.room,
            owner=user_id,
            conversation_id=conversation_id,
            in_force=in_force,
            open_session=open_session,
            roster=self._roster,
            settings=self._settings,
        )
        if mind is not None:
            mind.changed = room.agreement.change
        return room
