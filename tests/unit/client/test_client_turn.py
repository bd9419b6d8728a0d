"""A turn as a client sees it, when it said something over a reply."""

from __future__ import annotations

from typing import Any

import numpy as np

from vivavoce.client.recordings import Recording
from vivavoce.client.turn import Turn


def turn(*events: dict[str, Any]) -> Turn:
    """A turn that has seen these events."""
    recording = Recording(
        name="x", audio=np.zeros(24_000, np.float32), speech_start_seconds=0.0, speech_end_seconds=1.0
    )
    seen = Turn(recording=recording, speech_end_at=1.0)
    for event in events:
        seen.take(event, 2.0)
    return seen


STARTED = {"type": "input_audio_buffer.speech_started"}
STOPPED = {"type": "input_audio_buffer.speech_stopped", "item_id": "u"}
FALSE = {"type": "vivavoce.turn.state", "state": "speaking", "reason": "false_interruption"}
HEARD = {
    "type": "conversation.item.input_audio_transcription.completed",
    "item_id": "u",
    "transcript": "Mm-hm.",
}


def test_words_are_answered() -> None:
    assert not turn(STARTED, STOPPED, HEARD).is_over(10.0, silent_at=0.0)


def test_a_false_interruption_is_not() -> None:
    assert turn(STARTED, STOPPED, FALSE, HEARD).is_over(10.0, silent_at=0.0)


def test_what_is_said_after_one_is() -> None:
    assert not turn(STARTED, STOPPED, FALSE, HEARD, STARTED, STOPPED, HEARD).is_over(10.0, silent_at=0.0)
