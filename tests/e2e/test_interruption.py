"""Cutting a reply short: it falls silent at once, and only what was heard of it counts."""

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
    from tests.e2e.visitor import Visitor


def hears_nothing_more(visitor: Visitor) -> None:
    """Check that no more of a reply reaches the loudspeaker while the microphone hears another second."""
    played = visitor.count("samplesPlayed")
    visitor.waits_until_count("framesCaptured", visitor.count("framesCaptured") + 50)
    assert visitor.count("samplesPlayed") == played


def heard_and_unheard(visitor: Visitor) -> tuple[str, str]:
    """Return the two parts of the first reply, as the page shows them."""
    reply = visitor.turns("assistant").first
    expect(reply.get_by_test_id("unheard")).to_be_visible()
    heard = reply.locator(".stable").inner_text()
    return heard, reply.get_by_test_id("unheard").inner_text().removeprefix("(not heard)").strip()


def test_speaking_silences_the_reply_and_the_rest_of_it_is_forgotten(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    question = voice.says("Please tell me something about the sea.")
    interruption = voice.says("Tell me about the moon instead.")
    visitor = browse(write_timeline(tmp_path / "cutting_in.wav", (1.0, question), (8.0, interruption)))
    visitor.visit(server.url)
    visitor.start()
    visitor.hears_the_reply(seconds=1.0)
    assert visitor.count("flushes") == 0
    chat.hold()
    visitor.waits_until_count("flushes", 1)
    visitor.sees_state("processing")
    hears_nothing_more(visitor)
    assert visitor.states()[-3:] == ["speaking", "listening", "processing"]

    heard, unheard = heard_and_unheard(visitor)
    assert f"{heard} {unheard}" == STORY
    chat.reply = "The moon is near."
    chat.release()
    visitor.sees_state("speaking")
    visitor.sees_state("listening")
    expect(visitor.turns("assistant").last).to_have_text("The moon is near.")
    (remembered,) = [text for role, text in chat.asked[-1] if role == "assistant"]
    # The page shows a word from its first sound; the model is told of those that were heard to their end.
    assert heard.startswith(remembered)
    assert len(heard.split()) - len(remembered.split()) <= 3


def test_the_interrupt_button_silences_the_reply(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse()
    visitor.visit(server.url)
    visitor.start()
    visitor.types("Tell me about the sea.")
    visitor.hears_the_reply()
    visitor.part("interrupt").click()
    visitor.sees_state("listening")
    assert visitor.count("flushes") == 1
    hears_nothing_more(visitor)
    heard, unheard = heard_and_unheard(visitor)
    assert f"{heard} {unheard}" == STORY
    expect(visitor.part("interrupt")).to_be_disabled()
