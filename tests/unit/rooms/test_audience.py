"""Those who are in a room."""

from __future__ import annotations

from vivavoce.audio.formats import AudioFormat
from vivavoce.realtime.outbox import Outbox
from vivavoce.realtime.reporter import Reporter
from vivavoce.realtime.wire.session_config import default_session
from vivavoce.rooms.audience import Audience
from vivavoce.rooms.viewer import Viewer


def viewer(name: str, viewer_id: str) -> Viewer:
    config = default_session(session_id="sess_1", model="vivavoce", voice="default", silence_ms=500)
    return Viewer(
        id=viewer_id,
        name=name,
        role="speaker",
        reporter=Reporter(Outbox(), config, conversation_id="conv_1", extensions=False),
        input_format=AudioFormat.PCM16_24K,
    )


def test_two_who_come_at_once_under_one_name_are_told_apart() -> None:
    audience = Audience()
    ann, other, third = viewer("Ann", "1"), viewer("ann", "2"), viewer("Ann", "3")
    for newcomer in (ann, other, third):
        audience.join(newcomer, [])
    assert [one.name for one in audience] == ["Ann", "ann (2)", "Ann (3)"]


def test_a_name_is_free_again_once_who_had_it_has_left() -> None:
    audience = Audience()
    ann = viewer("Ann", "1")
    audience.join(ann, [])
    audience.leave(ann)
    assert audience.free_name("Ann") == "Ann"
