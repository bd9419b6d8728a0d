"""The page as an application: installed, opened without its server, and going on when a part of it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess
    from tests.e2e.visitor import Visitor


def waits_until_the_shell_is_kept(visitor: Visitor) -> None:
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visitor.page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def has_talked(visitor: Visitor, chat: ScriptedChat) -> None:
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    visitor.sees_state("speaking")
    visitor.sees_state("idle")


def test_the_page_opens_without_its_server_and_goes_on_when_it_is_back(
    serve: Serve, browse: Browse, chat: ScriptedChat
) -> None:
    server = serve(llm=chat.url)
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    waits_until_the_shell_is_kept(visitor)
    has_talked(visitor, chat)

    server.kill()
    visitor.page.reload()
    visitor.sees_state("idle")
    expect(visitor.turns("user")).to_have_text(["Hello there."])
    expect(visitor.turns("assistant")).to_have_text(["Good day to you."])
    expect(visitor.part("away")).to_contain_text("The server cannot be reached")
    visitor.part("open-help").click()
    expect(visitor.part("room-help")).to_be_visible()
    visitor.part("close-room").click()

    server.start()
    server.wait_until_ready()
    expect(visitor.part("away")).to_have_count(0)
    visitor.types("Are you back?")
    visitor.sees_state("speaking")


def test_nothing_that_the_server_says_is_kept_by_the_browser(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    waits_until_the_shell_is_kept(visitor)
    has_talked(visitor, chat)
    visitor.part("open-history").click()
    visitor.page.wait_for_load_state("networkidle")
    kept: list[str] = visitor.page.evaluate(
        """async () => {
            const names = await caches.keys();
            const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
            return requests.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )
    assert "/index.html" in kept
    assert any(path.startswith("/assets/") for path in kept)
    assert [path for path in kept if path.startswith(("/v1", "/api", "/health", "/metrics"))] == []


def test_the_page_can_be_installed(server: ServerProcess, browse: Browse) -> None:
    visitor = browse()
    visitor.visit(server.url)
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    manifest: dict[str, Any] = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    waits_until_the_shell_is_kept(visitor)
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private window, as every test's is, installs nothing; that is the one thing that may be said.
    assert [each["errorId"] for each in problems if each["errorId"] != "in-incognito"] == []


def test_what_was_said_may_fail_to_show_and_the_conversation_goes_on(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.page.add_init_script("Intl.DateTimeFormat = function () { throw new Error('no calendar'); };")
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    expect(visitor.page.locator(".talk .broken")).to_be_visible()
    visitor.hears_the_reply(seconds=0.5)
    expect(visitor.part("assistant-caption")).to_have_text("Good day to you.")
    visitor.sees_state("idle")


def test_a_room_that_cannot_be_loaded_leaves_the_conversation_as_it_is(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.page.context.route("**/assets/history-*.js", lambda route: route.abort())
    visitor.visit(server.url)
    visitor.part("open-history").click()
    expect(visitor.part("room-history").locator(".broken")).to_be_visible()
    visitor.part("close-room").click()
    has_talked(visitor, chat)
    visitor.sees_no_problem()


OVERHEAR = """
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...when) {
        window.__sounding = this;
        return start.apply(this, when);
    };
"""


def test_a_reply_is_heard_again_to_its_end(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    has_talked(visitor, chat)
    played = visitor.count("samplesPlayed")
    visitor.part("replay").click()
    expect(visitor.part("replay")).to_have_attribute("data-playing", "true")
    expect(visitor.part("replay")).to_have_attribute("data-playing", "false")
    # The conversation's own sound, and what is reported of it, knows nothing of that.
    assert visitor.count("samplesPlayed") == played


def test_a_reply_that_is_heard_again_gives_way_to_the_next(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent")
    visitor.page.add_init_script(OVERHEAR)
    visitor.visit(server.url)
    visitor.types("Tell me about the sea.")
    visitor.hears_the_reply()
    visitor.part("interrupt").click()
    visitor.sees_state("idle")

    visitor.part("replay").click()
    expect(visitor.part("replay")).to_have_attribute("data-playing", "true")
    chat.reply = "Good day to you."
    visitor.types("And again?")
    expect(visitor.part("replay").first).to_have_attribute("data-playing", "false")
    whole, played = visitor.page.evaluate("[__sounding.buffer.duration, __sounding.context.currentTime]")
    assert played < whole - 1.0, "it came to its end"
    visitor.sees_state("speaking")
    visitor.sees_state("idle")
    visitor.part("stop").click()
    visitor.waits_until_devices_are_free()


def test_a_rating_is_kept_with_the_reply(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    has_talked(visitor, chat)
    with visitor.page.expect_response(lambda answer: answer.url.endswith("/rating") and answer.ok):
        visitor.part("rate-up").click()
    visitor.page.reload()
    expect(visitor.part("rate-up")).to_have_attribute("aria-pressed", "true")
    kept = visitor.page.evaluate(
        """async () => {
            const { data } = await (await fetch('v1/conversations')).json();
            const { entries } = await (await fetch(`v1/conversations/${data[0].id}`)).json();
            return entries.map(({ role, rating }) => [role, rating]);
        }"""
    )
    assert kept == [["user", None], ["assistant", "up"]]
