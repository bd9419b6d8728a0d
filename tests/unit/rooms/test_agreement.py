"""What a conversation of several goes by."""

from __future__ import annotations

from vivavoce.conversation.settings import ConversationSettings
from vivavoce.rooms.agreement import shared


def test_a_face_in_the_room_has_its_mouth_though_it_was_set_up_by_a_client_that_shows_none() -> None:
    assert shared(ConversationSettings(mouth=False)).mouth
