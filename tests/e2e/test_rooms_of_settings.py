"""The rooms of characters, settings and help, used as a person would, with the real server behind them."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Response

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess
    from tests.e2e.visitor import Visitor

OVERHEAR = """
    const sounds = (window.__sounds = []);
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...when) {
        const samples = this.buffer.getChannelData(0);
        const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
        sounds.push({ seconds: this.buffer.duration, level: Math.sqrt(energy / samples.length) });
        return start.apply(this, when);
    };
    const said = (window.__said = []);
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (typeof data === 'string') said.push(JSON.parse(data));
        return send.call(this, data);
    };
"""
"""Notes what is played on trial, and what the page tells the server."""

VOICE_SECONDS_MS = 60_000
"""A voice may have to be loaded first."""


def enters(visitor: Visitor, url: str, room: str) -> None:
    visitor.page.goto(f"{url}#/{room}")
    expect(visitor.part(f"room-{room.partition('/')[0]}")).to_be_visible()


def settings_told(visitor: Visitor) -> dict[str, Any]:
    """Return the session settings that the page told last."""
    told = visitor.page.evaluate("window.__said.filter(({ type }) => type === 'session.update').at(-1).session")
    assert isinstance(told, dict)
    return told


def kept_for(server_url: str, key: str) -> dict[str, Any]:
    """Return what the server keeps of a user's settings."""
    request = urllib.request.Request(f"{server_url}v1/preferences", headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        kept: dict[str, Any] = json.load(answer)["data"]
    return {name: choice["value"] for name, choice in kept.items()}


def tells_the_server(name: str) -> Callable[[Response], bool]:
    """Return whether this is the server's word that it keeps a choice: the page sends it a moment later."""

    def is_kept(answer: Response) -> bool:
        asked = answer.request
        return asked.method == "PATCH" and answer.ok and f'"{name}"' in (asked.post_data or "")

    return is_kept


def test_a_character_is_heard_on_trial_chosen_in_mid_conversation_and_rewritten(
    serve: Serve, browse: Browse, chat: ScriptedChat, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, personas=str(tmp_path / "personas"))
    visitor = browse(microphone="absent")
    visitor.page.add_init_script(OVERHEAR)
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    expect(visitor.turns("assistant").last).to_have_text("Good day to you.")

    enters(visitor, server.url, "characters")
    viva, lin = visitor.part("character-viva"), visitor.part("character-lin")
    viva.get_by_test_id("listen").click()
    visitor.page.wait_for_function("() => window.__sounds.length > 0", timeout=VOICE_SECONDS_MS)
    sound = visitor.page.evaluate("window.__sounds[0]")
    assert sound["seconds"] > 0.8
    assert sound["level"] > 0.01
    expect(viva.get_by_test_id("listen")).to_have_attribute("data-preview", "silent")

    lin.get_by_test_id("choose").click()
    expect(visitor.part("character-news")).to_have_text("You are talking to Lin now.")
    expect(lin).to_have_attribute("data-chosen", "true")

    lin.get_by_test_id("edit").click()
    instructions = visitor.part("field-instructions")
    instructions.fill("You are Lin, and you love lighthouses.")
    visitor.part("close-room").click()
    enters(visitor, server.url, "characters/lin")
    expect(visitor.part("restored")).to_be_visible()
    expect(instructions).to_have_value("You are Lin, and you love lighthouses.")
    visitor.part("save").click()
    expect(visitor.part("saving-state")).to_have_text("Saved.")
    assert "lighthouses" in (tmp_path / "personas" / "lin.yaml").read_text()

    visitor.part("close-room").click()
    chat.reply = "I am Lin."
    visitor.types("And who are you?")
    expect(visitor.turns("assistant").last).to_have_text("I am Lin.")
    assert "lighthouses" in next(text for role, text in chat.asked[-1] if role == "system")
    visitor.sees_no_problem()


def test_a_new_character_is_refused_in_plain_words_then_saved_talked_to_and_deleted(
    serve: Serve, browse: Browse, chat: ScriptedChat, tmp_path: Path
) -> None:
    folder = tmp_path / "personas"
    server = serve(llm=chat.url, personas=str(folder))
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    enters(visitor, server.url, "characters/new")
    visitor.part("field-name").fill("Tom")
    visitor.part("save").click()
    expect(visitor.part("refusal")).to_contain_text("instructions")
    expect(visitor.part("field-instructions")).to_have_attribute("aria-invalid", "true")
    visitor.part("field-instructions").fill("You are Tom, a lighthouse keeper.")
    expect(visitor.part("refusal")).to_have_count(0)
    visitor.part("save").click()
    expect(visitor.part("delete")).to_be_visible()
    assert "lighthouse keeper" in (folder / "tom.yaml").read_text()

    visitor.part("back").click()
    visitor.part("character-tom").get_by_test_id("choose").click()
    visitor.part("close-room").click()
    expect(visitor.part("character")).to_have_value("tom")
    chat.reply = "Ahoy."
    visitor.types("Hello.")
    expect(visitor.turns("assistant").last).to_have_text("Ahoy.")
    assert "lighthouse keeper" in next(text for role, text in chat.asked[-1] if role == "system")

    enters(visitor, server.url, "characters/tom")
    visitor.part("delete").click()
    visitor.part("question-yes").click()
    expect(visitor.part("character-viva")).to_be_visible()
    expect(visitor.part("character-tom")).to_have_count(0)
    assert not (folder / "tom.yaml").exists()


def test_what_is_set_reaches_the_running_session_and_survives_a_reload(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse()
    visitor.page.add_init_script(OVERHEAR)
    visitor.visit(server.url)
    visitor.start()
    enters(visitor, server.url, "settings")
    visitor.part("eagerness-high").click()
    visitor.part("field-barge-in").click()
    visitor.part("field-voice").select_option("heart")
    visitor.part("field-speed").fill("1.25")
    visitor.page.wait_for_function(
        """() => {
            const last = window.__said.filter(({ type }) => type === 'session.update').at(-1);
            return last?.session.audio.output.speed === 1.25;
        }"""
    )
    audio = settings_told(visitor)["audio"]
    assert audio["input"]["turn_detection"]["eagerness"] == "high"
    assert audio["input"]["turn_detection"]["interrupt_response"] is False
    assert (audio["output"]["voice"], audio["output"]["speed"]) == ("heart", 1.25)
    visitor.part("theme-dark").click()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(visitor.part("providers").locator("li").first).to_be_visible()
    expect(visitor.part("providers")).to_contain_text("Answers")
    expect(visitor.part("version")).to_contain_text("vivavoce")
    visitor.part("close-room").click()
    visitor.sees_no_problem()

    visitor.page.wait_for_function("() => localStorage.getItem('vivavoce.preferences').includes('dark')")
    visitor.visit(server.url)
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    enters(visitor, server.url, "settings")
    expect(visitor.part("field-eagerness")).to_have_attribute("data-value", "high")
    expect(visitor.part("field-barge-in")).not_to_be_checked()
    expect(visitor.part("field-speed")).to_have_value("1.25")


def test_two_users_find_their_own_settings_on_another_machine(
    serve: Serve, browse: Browse, chat: ScriptedChat, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, users='{"ann": "key-of-ann", "ben": "key-of-ben"}', data=str(tmp_path / "data"))

    def signs_in(key: str) -> Visitor:
        visitor = browse(microphone="absent")
        visitor.visit(server.url)
        enters(visitor, server.url, "settings")
        visitor.part("settings-key").fill(key)
        visitor.part("settings-use-key").click()
        expect(visitor.part("sync-note")).to_contain_text(key.removeprefix("key-of-"))
        return visitor

    ann, ben = signs_in("key-of-ann"), signs_in("key-of-ben")
    with ann.page.expect_response(tells_the_server("theme")), ann.page.expect_response(tells_the_server("eagerness")):
        ann.part("theme-dark").click()
        ann.part("eagerness-low").click()
    with ben.page.expect_response(tells_the_server("theme")):
        ben.part("theme-light").click()
    expect(ann.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert kept_for(server.url, "key-of-ann") == {"theme": "dark", "eagerness": "low"}
    assert kept_for(server.url, "key-of-ben") == {"theme": "light"}

    elsewhere = signs_in("key-of-ann")
    expect(elsewhere.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(elsewhere.part("field-eagerness")).to_have_attribute("data-value", "low")

    elsewhere.part("close-room").click()
    elsewhere.types("I am Ann, and this is mine.")
    expect(elsewhere.turns("assistant")).to_have_count(1)
    enters(elsewhere, server.url, "settings")
    elsewhere.part("forget-key").click()
    expect(elsewhere.turns("user")).to_have_count(0)
    elsewhere.sees_connection("offline")
    elsewhere.part("settings-key").fill("key-of-ben")
    elsewhere.part("settings-use-key").click()
    expect(elsewhere.page.locator("html")).to_have_attribute("data-theme", "light")
    expect(elsewhere.part("field-eagerness")).to_have_attribute("data-value", "auto")
    assert kept_for(server.url, "key-of-ann") == {"theme": "dark", "eagerness": "low"}
    elsewhere.part("close-room").click()
    elsewhere.types("And I am Ben.")
    expect(elsewhere.turns("assistant")).to_have_count(1)
    assert [text for role, text in chat.asked[-1] if role == "user"] == ["And I am Ben."]


def test_a_new_conversation_by_voice_begins_with_a_greeting_and_one_gone_on_with_does_not(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(is_greeted=True)
    visitor.visit(server.url)
    visitor.start()
    visitor.hears_the_reply()
    expect(visitor.turns("assistant").first).to_contain_text("I'm Viva")
    assert chat.asked == []
    visitor.sees_state("listening")
    visitor.part("stop").click()
    visitor.sees_connection("offline")
    said = visitor.turns("assistant").count()
    visitor.start()
    visitor.sees_state("listening")
    chat.reply = "Here I am."
    visitor.types("Are you there?")
    expect(visitor.turns("assistant")).to_have_count(said + 1)
    expect(visitor.turns("assistant").last).to_have_text("Here I am.")


def test_help_shows_the_permission_and_asks_a_first_question(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.page.context.grant_permissions(["microphone"])
    visitor.visit(server.url)
    enters(visitor, server.url, "help")
    expect(visitor.part("permission")).to_have_attribute("data-permission", "granted")
    chat.reply = "With many things."
    visitor.part("help-say-one").click()
    expect(visitor.part("room-help")).to_have_count(0)
    expect(visitor.turns("assistant")).to_have_text(["With many things."])
    visitor.part("open-help").click()
    visitor.part("help-devices").click()
    expect(visitor.part("settings-sound")).to_be_in_viewport()
