"""The server goes away, and comes back or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.microphone import write_timeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat

LOOKS_EVERY_MS = 30_000
"""A page that has given the server up."""


def test_a_killed_server_that_comes_back_is_talked_to_as_before(
    serve: Serve, browse: Browse, voice: Voice, tmp_path: Path
) -> None:
    question = voice.says("What is the capital of France?")
    server = serve(instructions="Answer in three words.")
    visitor = browse(write_timeline(tmp_path / "question.wav", (1.0, question)))
    visitor.visit(server.url)
    visitor.start()
    visitor.hears_the_reply()
    server.kill()
    visitor.sees_connection("reconnecting")
    visitor.sees_problem("server_gone")
    server.start()
    server.wait_until_ready()
    visitor.sees_connection("online")
    visitor.sees_state("listening")
    visitor.sees_no_problem()
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?"])

    visitor.types("And of Spain?")
    visitor.hears_the_reply()
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?", "And of Spain?"])
    expect(visitor.turns("assistant")).to_have_count(2)


def test_a_server_that_stays_away_is_looked_for_seldom_and_gone_on_with_when_it_is_back(
    serve: Serve, browse: Browse, chat: ScriptedChat
) -> None:
    server = serve(llm=chat.url)
    visitor = browse()
    chat.reply = "Good day."
    visitor.page.clock.install()
    visitor.visit(server.url)
    visitor.start()
    visitor.types("Hello.")
    visitor.sees_state("speaking")
    visitor.sees_state("listening")
    server.kill()
    visitor.sees_the_page_give_up()
    problem = visitor.sees_problem("gave_up")
    expect(problem).to_contain_text("The server does not answer")
    expect(problem).to_contain_text("every half minute")
    visitor.waits_until_devices_are_free()
    expect(visitor.turns("assistant")).to_have_text(["Good day."])
    visitor.page.clock.fast_forward(LOOKS_EVERY_MS)
    visitor.sees_connection("failed")

    server.start()
    server.wait_until_ready()
    visitor.page.clock.fast_forward(LOOKS_EVERY_MS)
    visitor.sees_connection("online")
    visitor.sees_no_problem()
    visitor.sees_state("listening")
    visitor.types("Are you back?")
    visitor.hears_the_reply()
    asked = [text for role, text in chat.asked[-1] if role != "system"]
    assert [asked[0], asked[-1], len(asked)] == ["Hello.", "Are you back?", 3]
    # As far as it was heard: on a busy machine the end of the sound may be lost with the server.
    assert "Good day.".startswith(asked[1])
    assert asked[1]
