"""Speech in, speech out: the page, the wire, the server and the real models together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from bench.scoring import edit_distance, word_units
from tests.e2e.microphone import clip_of, write_timeline

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.microphone import Clip, Voice
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess
    from tests.e2e.visitor import Visitor

SPEECH = Path(__file__).parents[3] / "shared" / "speech"
"""Recordings of people, where this checkout has them beside it."""

REPLY_MS = 120_000
"""The small model may talk for long."""


def word_error(said: Clip, shown: str) -> float:
    wanted = word_units(said.words)
    return edit_distance(wanted, word_units(shown)) / len(wanted)


def has_conversation(visitor: Visitor, said: Clip) -> None:
    """Check one whole turn of each side."""
    visitor.sees_state("speaking")
    visitor.sees_state("listening", within_ms=REPLY_MS)
    assert [state for state in visitor.states() if state != "idle"] == [
        "listening",
        "processing",
        "speaking",
        "listening",
    ]
    assert word_error(said, visitor.turns("user").inner_text()) <= 0.2
    expect(visitor.turns("assistant")).not_to_be_empty()
    assert visitor.count("samplesPlayed") > 12_000
    assert visitor.loudest("Reply") > 20
    visitor.sees_no_problem()


def test_a_question_is_captioned_while_it_is_spoken_and_answered_aloud(
    serve: Serve, browse: Browse, voice: Voice, tmp_path: Path
) -> None:
    question = voice.says("Could you please tell me what the weather will be like tomorrow afternoon?")
    server = serve(instructions="Answer in one short sentence.")
    visitor = browse(write_timeline(tmp_path / "question.wav", (1.5, question)))
    visitor.visit(server.url)
    visitor.start()
    has_conversation(visitor, question)
    captions_while_speaking = [glimpse.user for glimpse in visitor.glimpses() if glimpse.state == "listening"]
    assert any(captions_while_speaking)
    assert visitor.loudest("Microphone") > 20


def test_a_recording_of_a_person_is_understood(
    server: ServerProcess, browse: Browse, chat: ScriptedChat, tmp_path: Path
) -> None:
    manifest = SPEECH / "manifest.jsonl"
    if not manifest.is_file():
        pytest.skip(f"there are no recordings in {SPEECH}")
    clips = [json.loads(line) for line in manifest.read_text().splitlines()]
    clip = next(clip for clip in clips if clip["category"] == "en_command" and clip["seconds"] > 2.0)
    command = clip_of(SPEECH / clip["path"], clip["transcript"])
    visitor = browse(write_timeline(tmp_path / "command.wav", (1.5, command)))
    visitor.visit(server.url)
    chat.reply = "All right, off we go."
    visitor.start()
    has_conversation(visitor, command)
