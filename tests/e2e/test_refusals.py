"""What keeps a conversation from starting is said in plain words, with a way on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Browse, Microphone, Serve
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess


@pytest.mark.parametrize(
    ("microphone", "code", "title"),
    [
        ("denied", "permission_denied", "The browser may not use your microphone"),
        ("absent", "no_microphone", "No microphone found"),
    ],
)
def test_without_a_microphone_the_user_is_told_and_can_type(
    server: ServerProcess, browse: Browse, chat: ScriptedChat, microphone: Microphone, code: str, title: str
) -> None:
    visitor = browse(microphone=microphone)
    visitor.visit(server.url)
    visitor.part("start").click()
    problem = visitor.sees_problem(code)
    expect(problem).to_contain_text(title)
    visitor.sees_state("error")
    visitor.waits_until_devices_are_free()
    problem.get_by_test_id("type-instead").click()
    expect(visitor.part("text-input")).to_be_focused()
    visitor.types("Hello there.")
    visitor.hears_the_reply()
    visitor.sees_no_problem()


def test_an_insecure_address_is_named_as_the_reason_and_typing_goes_on(
    serve: Serve, browse: Browse, chat: ScriptedChat
) -> None:
    server = serve(llm=chat.url, allowed_origins='["http://vivavoce.test"]')
    visitor = browse(flags=("--host-resolver-rules=MAP vivavoce.test 127.0.0.1",))
    chat.reply = "Good day to you."
    visitor.visit(server.url.replace("127.0.0.1", "vivavoce.test"))
    visitor.part("start").click()
    expect(visitor.sees_problem("insecure_origin")).to_contain_text("not secure enough for a microphone")
    visitor.types("Hello there.")
    expect(visitor.sees_problem("no_sound")).to_contain_text("Replies are shown, not spoken")
    expect(visitor.turns("assistant")).to_have_text(["Good day to you."])


def test_a_full_server_says_so_and_can_be_tried_again(serve: Serve, browse: Browse, chat: ScriptedChat) -> None:
    server = serve(llm=chat.url, max_sessions="1")
    first, second = browse(), browse()
    first.visit(server.url)
    first.start()
    second.visit(server.url)
    second.part("start").click()
    problem = second.sees_problem("capacity")
    expect(problem).to_contain_text("The server is full")
    expect(second.part("error")).to_have_count(1)
    first.part("stop").click()
    first.sees_connection("offline")
    problem.get_by_test_id("retry").click()
    second.sees_connection("online")
    second.sees_no_problem()


def test_a_server_with_a_key_asks_for_it(serve: Serve, browse: Browse, chat: ScriptedChat) -> None:
    server = serve(llm=chat.url, api_key="sesame")
    visitor = browse()
    visitor.visit(server.url)
    visitor.part("start").click()
    problem = visitor.sees_problem("unauthorised")
    expect(problem).to_contain_text("The server asks for a key")
    visitor.part("key-input").fill("wrong")
    visitor.part("use-key").click()
    visitor.sees_problem("unauthorised")
    visitor.part("key-input").fill("sesame")
    visitor.part("use-key").click()
    visitor.sees_connection("online")
    visitor.sees_no_problem()


def test_missing_models_are_named_and_what_needs_none_of_them_works(
    serve: Serve, browse: Browse, chat: ScriptedChat, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, models=str(tmp_path / "no_models"), offline="true")
    visitor = browse()
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.start()
    banner = visitor.part("service")
    expect(banner).to_have_attribute("data-state", "missing")
    expect(banner).to_contain_text("Speech recognition")
    expect(banner).to_contain_text("vivavoce models pull")
    visitor.types("Hello there.")
    expect(visitor.turns("assistant")).to_have_text(["Good day to you."])
    expect(visitor.sees_problem("reply_failed")).to_contain_text("There is no engine for a voice.")
    expect(visitor.part("stop")).to_be_in_viewport(ratio=1)
