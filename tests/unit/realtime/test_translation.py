"""What a session's settings on the wire mean for its conversation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from vivavoce.realtime.translation import conversation_settings
from vivavoce.realtime.wire.client_events import SessionUpdate, decode_client_event
from vivavoce.realtime.wire.session_config import apply_update, default_session

if TYPE_CHECKING:
    from vivavoce.conversation.settings import ConversationSettings


def hearing(**audio_input: object) -> ConversationSettings:
    """Return the conversation's settings after a client has said how it wants to be heard."""
    session = {"audio": {"input": audio_input}}
    event = decode_client_event(json.dumps({"type": "session.update", "session": session}), extensions=False)
    assert isinstance(event, SessionUpdate)
    current = default_session(session_id="sess_1", model="local", voice="default")
    config = apply_update(current, event.session, voice_locked=False)
    return conversation_settings(config, default_language="en", playout_reports=False)


@pytest.mark.parametrize(
    ("detection", "seconds"),
    [
        ({"type": "server_vad"}, None),
        ({"type": "server_vad", "idle_timeout_ms": 5_000}, 5.0),
        ({"type": "semantic_vad"}, None),
        (None, None),
    ],
)
def test_silence_is_limited_only_where_the_protocol_has_a_limit(detection: object, seconds: float | None) -> None:
    assert hearing(turn_detection=detection).idle_seconds == seconds


@pytest.mark.parametrize(("asked", "language"), [("auto", "auto"), ("zh-Hans", "zh"), (None, "en")])
def test_whoever_asks_for_any_language_is_not_given_the_default_one(asked: str | None, language: str) -> None:
    assert hearing(transcription={"language": asked}).language == language


@pytest.mark.parametrize(("language", "silence"), [("en", "(The user says nothing.)"), ("zh", "（用户没有说话。）")])
def test_the_model_is_told_of_silence_in_the_language_of_the_conversation(language: str, silence: str) -> None:
    assert hearing(transcription={"language": language}).silence == silence
