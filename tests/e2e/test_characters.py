"""Turning to someone else in mid-conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess


def test_the_character_changes_in_mid_conversation_and_is_there_on_the_next_visit(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    chat.reply = "[joy] Good day to you."
    visitor.types("Hello there.")
    visitor.sees_state("idle")
    expect(visitor.turns("assistant").last).to_have_text("Good day to you.")
    assert "Viva" in system_prompt(chat)

    visitor.part("character").select_option("lin")
    chat.reply = "I am Lin."
    visitor.types("And who are you?")
    expect(visitor.turns("assistant").last).to_have_text("I am Lin.")
    assert "Lin" in system_prompt(chat)
    assert [text for role, text in chat.asked[-1] if role == "user"] == ["Hello there.", "And who are you?"]

    visitor.sees_state("idle")
    visitor.visit(server.url)
    expect(visitor.part("character")).to_have_value("lin")
    visitor.sees_no_problem()


def system_prompt(chat: ScriptedChat) -> str:
    return next(text for role, text in chat.asked[-1] if role == "system")
