"""Microphones and speakers: chosen, exchanged, unplugged, silent, or of a browser that only records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.microphone import write_timeline
from tests.e2e.visitor import DEADLINE_MS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess
    from tests.e2e.visitor import Visitor

UNPLUG = """label => {
    const devices = navigator.mediaDevices;
    window.__list ??= devices.enumerateDevices.bind(devices);
    devices.enumerateDevices = async () => (await window.__list()).filter((device) => device.label !== label);
    const used = window.__seen.tracks.find((track) => track.label === label && track.readyState === 'live');
    if (used !== undefined) {
        used.stop();
        used.dispatchEvent(new Event('ended'));
    }
    devices.dispatchEvent(new Event('devicechange'));
}"""

PLUG_IN = """() => {
    navigator.mediaDevices.enumerateDevices = window.__list;
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
}"""

SECOND = "Fake Audio Input 2"


def waits_until_the_microphone_is(visitor: Visitor, label: str, *, other: bool = False) -> None:
    visitor.page.wait_for_function(
        """([label, other]) => {
            const live = window.__seen.tracks.filter(({ readyState }) => readyState === 'live');
            return live.length === 1 && (live[0].label === label) !== other;
        }""",
        arg=[label, other],
        timeout=DEADLINE_MS,
    )


def chooses(visitor: Visitor, label: str) -> None:
    """Choose a microphone in the settings, and go back to the conversation."""
    visitor.page.evaluate("window.location.hash = '#/settings/sound'")
    visitor.part("choose-microphone").select_option(label=label)
    visitor.part("close-room").click()


def waits_until_the_microphone_has_run(visitor: Visitor, seconds: float) -> None:
    visitor.page.wait_for_function(
        "seconds => window.__seen.contexts[0].currentTime >= seconds", arg=seconds, timeout=DEADLINE_MS
    )


def test_a_microphone_is_exchanged_in_mid_conversation_replaced_when_unplugged_and_taken_up_again(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse()
    visitor.visit(server.url)
    visitor.start()
    waits_until_the_microphone_is(visitor, SECOND, other=True)
    chooses(visitor, SECOND)
    waits_until_the_microphone_is(visitor, SECOND)

    visitor.page.evaluate(UNPLUG, SECOND)
    visitor.sees_problem("microphone_away")
    waits_until_the_microphone_is(visitor, SECOND, other=True)
    visitor.sees_connection("online")
    frames = visitor.count("framesSent")
    visitor.waits_until_count("framesSent", frames + 50)

    visitor.page.evaluate(PLUG_IN)
    waits_until_the_microphone_is(visitor, SECOND)
    expect(visitor.part("error")).to_have_count(0)
    assert visitor.count("reconnects") == 0


def test_a_silent_microphone_is_told_after_five_seconds_with_the_cause(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse()
    visitor.visit(server.url)
    visitor.start()
    hint = visitor.part("hearing")
    expect(hint).to_have_attribute("data-trouble", "none")
    expect(hint).to_have_attribute("data-trouble", "nothing", timeout=DEADLINE_MS)
    expect(hint).to_contain_text("We cannot hear you")
    visitor.part("mute").click()
    expect(hint).to_have_attribute("data-trouble", "none")


def test_the_hint_goes_away_with_the_first_words(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    visitor = browse(write_timeline(tmp_path / "late.wav", (9.0, voice.says("What is the capital of France?"))))
    visitor.visit(server.url)
    chat.reply = "Paris."
    visitor.start()
    hint = visitor.part("hearing")
    expect(hint).to_have_attribute("data-trouble", "nothing", timeout=DEADLINE_MS)
    expect(hint).to_have_attribute("data-trouble", "none", timeout=DEADLINE_MS)
    expect(visitor.turns("assistant")).to_have_text(["Paris."], timeout=DEADLINE_MS)


def test_a_browser_that_can_only_record_converses_too(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    question = voice.says("What is the capital of France?")
    visitor = browse(write_timeline(tmp_path / "webm.wav", (1.5, question)))
    visitor.page.goto(f"{server.url}?input=webm")
    chat.reply = "The capital of France is Paris."
    visitor.start()
    visitor.sees_state("speaking", within_ms=2 * DEADLINE_MS)
    visitor.sees_state("listening", within_ms=2 * DEADLINE_MS)
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?"])
    expect(visitor.turns("assistant")).to_have_text(["The capital of France is Paris."])
    assert visitor.count("framesCaptured") == 0
    assert visitor.count("samplesPlayed") > 12_000
    visitor.sees_no_problem()
    visitor.part("stop").click()
    visitor.waits_until_devices_are_free()


def test_push_to_talk_by_recording_sends_nothing_else(
    server: ServerProcess, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    ignored, question = voice.says("Nobody should hear this."), voice.says("What is the capital of France?")
    visitor = browse(write_timeline(tmp_path / "held.wav", (0.5, ignored), (12.0, question)))
    visitor.page.goto(f"{server.url}?input=webm")
    chat.reply = "Paris."
    visitor.part("mode-push-to-talk").click()
    visitor.start()
    waits_until_the_microphone_has_run(visitor, 5.0)
    assert visitor.count("framesSent") == 0
    visitor.part("ptt").hover()
    visitor.page.mouse.down()
    waits_until_the_microphone_has_run(visitor, 12.7 + question.seconds)
    visitor.page.mouse.up()
    visitor.sees_state("speaking", within_ms=2 * DEADLINE_MS)
    expect(visitor.turns("user")).to_have_text(["What is the capital of France?"])


def test_an_insecure_page_says_how_to_open_it_instead(serve: Serve, browse: Browse, chat: ScriptedChat) -> None:
    server = serve(llm=chat.url, api_key="a-key")
    port = server.url.rstrip("/").rpartition(":")[2]
    visitor = browse(flags=("--host-resolver-rules=MAP desk.example 127.0.0.1",))
    visitor.page.goto(f"http://desk.example:{port}/")
    visitor.part("start").click()
    help_shown = visitor.sees_problem("insecure_origin").get_by_test_id("insecure-help")
    for words in (f"http://localhost:{port}/", f"https://desk.example:{port}/", "vivavoce serve --tls"):
        expect(help_shown).to_contain_text(words)
    expect(help_shown).to_contain_text(f"ssh -L {port}:127.0.0.1:{port} desk.example")
