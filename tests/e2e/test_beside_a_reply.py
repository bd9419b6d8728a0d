"""A word of attention over a reply: the reply goes on, in one piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.microphone import write_timeline
from tests.e2e.scripted_chat import STORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Browse
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess

REPLY = STORY.partition(" Its tides")[0]
"""Takes some twelve seconds to say; the word of attention comes in the midst of it."""


def test_a_short_word_of_attention_neither_stops_a_reply_nor_splits_it(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    question, attention = voice.says("Please tell me something about the sea."), voice.says("Right.")
    visitor = browse(write_timeline(tmp_path / "attention.wav", (1.0, question), (8.0, attention)))
    visitor.visit(server.url)
    chat.reply = REPLY
    visitor.start()
    visitor.hears_the_reply(seconds=1.0)
    visitor.waits_until_count("holds", 1)
    visitor.sees_state("listening")

    visitor.sees_state("speaking")
    visitor.hears_the_reply(seconds=1.0)
    expect(visitor.part("aside")).to_contain_text("right", ignore_case=True)
    expect(visitor.part("user-caption")).to_contain_text("sea")
    visitor.sees_state("listening")
    expect(visitor.turns("assistant")).to_have_text([REPLY])
    expect(visitor.part("unheard")).to_have_count(0)
    assert visitor.count("flushes") == 0
    assert visitor.states()[-4:] == ["speaking", "listening", "speaking", "listening"]
