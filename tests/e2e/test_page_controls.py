"""Every other way to take a turn, and what the user can choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.microphone import write_timeline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Browse
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess


def test_typing_needs_no_microphone_and_is_answered_aloud(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    visitor.sees_state("speaking")
    visitor.sees_state("idle")
    expect(visitor.turns("user")).to_have_text(["Hello there."])
    expect(visitor.turns("assistant")).to_have_text(["Good day to you."])
    assert visitor.count("samplesPlayed") > 12_000
    visitor.sees_no_problem()


def test_push_to_talk_sends_what_is_said_while_the_button_is_held(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    ignored, question = voice.says("Nobody should hear this."), voice.says("What is the capital of France?")
    visitor = browse(write_timeline(tmp_path / "held.wav", (0.5, ignored), (10.0, question)))
    visitor.visit(server.url)
    chat.reply = "Paris."
    visitor.part("mode-push-to-talk").click()
    visitor.start()
    expect(visitor.part("hint")).to_have_text("Hold the button to talk")
    frames_in_a_second = 50
    visitor.waits_until_count("framesCaptured", round(4.0 * frames_in_a_second))
    assert visitor.count("framesSent") == 0

    visitor.part("ptt").hover()
    visitor.page.mouse.down()
    visitor.sees_state("listening")
    visitor.waits_until_count("framesCaptured", round((10.1 + question.seconds) * frames_in_a_second))
    visitor.page.mouse.up()
    visitor.sees_state("speaking")
    visitor.sees_state("idle")
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?"])
    expect(visitor.turns("assistant")).to_have_text(["Paris."])


def test_a_muted_microphone_is_not_heard_until_it_is_on_again(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    secret, question = voice.says("Nobody should hear this."), voice.says("What is the capital of France?")
    visitor = browse(write_timeline(tmp_path / "muted.wav", (4.0, secret), (12.0, question)))
    visitor.visit(server.url)
    chat.reply = "Paris."
    visitor.start()
    visitor.part("mute").click()
    expect(visitor.part("mute")).to_have_attribute("aria-pressed", "true")
    expect(visitor.part("hint")).to_have_text("Your microphone is muted")
    visitor.waits_until_count("framesCaptured", 400)
    visitor.part("mute").click()
    visitor.sees_state("speaking")
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?"])
    assert not any("hear this" in text for asked in chat.asked for _, text in asked)
    assert [text for role, text in chat.asked[-1] if role == "user"] == ["What is the capital of France?"]


def test_the_language_switch_shows_everything_in_chinese_and_is_remembered(
    server: ServerProcess, browse: Browse
) -> None:
    visitor = browse()
    visitor.visit(server.url)
    expect(visitor.part("start")).to_have_text("Start")
    visitor.part("language-zh").click()
    for _ in ("at once", "after a reload"):
        expect(visitor.part("start")).to_have_text("开始")
        expect(visitor.part("connection")).to_have_text("未连接")
        expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
        without_latin = visitor.page.evaluate(
            "[...document.querySelectorAll('main *')].filter(e => e.children.length === 0 && e.textContent.trim())"
            ".filter(e => /[a-z]{3,}/i.test(e.textContent)).map(e => e.textContent)"
        )
        assert without_latin == []
        visitor.page.reload()


def test_history_survives_a_reload(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse()
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    visitor.sees_state("speaking")
    visitor.sees_state("idle")
    visitor.page.reload()
    expect(visitor.turns("user")).to_have_text(["Hello there."])
    expect(visitor.turns("assistant")).to_have_text(["Good day to you."])
    visitor.types("Do you remember?")
    visitor.sees_state("speaking")
    assert [text for role, text in chat.asked[-1] if role != "system"] == [
        "Hello there.",
        "Good day to you.",
        "Do you remember?",
    ]
