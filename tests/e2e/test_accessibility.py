"""The page for everybody: axe in every state and room, by keyboard and touch, large, still, and in few colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.e2e.scripted_chat import STORY
from tests.e2e.visitor import DESKTOP, PHONE, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, ViewportSize

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

SIZES: dict[str, ViewportSize] = {"desktop": DESKTOP, "phone": PHONE}
ROOMS = ("history", "characters", "memories", "settings", "help")
LANGUAGES = ("zh", "en")
TOUCH_PIXELS = 44
AT_ONCE_MS = 1_000

FIND_VIOLATIONS = """async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}"""

FIND_SMALL_TARGETS = """pixels => [...document.querySelectorAll(
        'button, select, summary, a[href], input:not([type="hidden"]), textarea, label:has(> input.unseen)')]
    .filter(target => target.checkVisibility({ visibilityProperty: true }) && !target.closest('.unseen, .skip-link'))
    .filter(target => !target.closest('dialog:not([open])') && !(target.closest('dialog') === null
        && document.querySelector('dialog:modal') !== null))
    .map(target => [target, [target, ...(target.labels ?? [])].map(part => part.getBoundingClientRect())])
    .map(([target, parts]) => [target, {
        width: Math.max(...parts.map(({ right }) => right)) - Math.min(...parts.map(({ left }) => left)),
        height: Math.max(...parts.map(({ bottom }) => bottom)) - Math.min(...parts.map(({ top }) => top)),
    }])
    .filter(([, { width, height }]) => width < pixels - 0.5 || height < pixels - 0.5)
    .map(([target, { width, height }]) => `${Math.round(width)}x${Math.round(height)} ${target.outerHTML.slice(0, 99)}`)
"""
"""A control is as large as with its label. What screen readers alone see has no size; behind a dialog is no use."""


COUNT_MOVEMENTS = "document.getAnimations().filter(({ playState }) => playState === 'running').length"


def audit(visitor: Visitor, name: str) -> list[str]:
    """Return what is wrong with the page as it is, each with where it was found."""
    page = visitor.page
    if not page.evaluate("'axe' in window"):
        # As the developer's console would: no policy of the page stands in the way.
        page.evaluate(AXE.read_text("utf-8"))
    found = [f"{name}: {violation}" for violation in page.evaluate(FIND_VIOLATIONS)]
    found += [f"{name}: small {target}" for target in page.evaluate(FIND_SMALL_TARGETS, TOUCH_PIXELS)]
    wide, high = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return found + ([f"{name}: {wide} pixels wide"] if wide > high else [])


def audit_everywhere(visitor: Visitor, name: str, languages: tuple[str, ...] = LANGUAGES) -> list[str]:
    """Return what is wrong in any of the themes, languages and sizes."""
    found: list[str] = []
    page = visitor.page
    for language in languages:
        with_language = visitor.part("language").get_by_test_id(f"language-{language}")
        if with_language.get_attribute("aria-pressed") != "true":
            with_language.dispatch_event("click")
        for size_name, size in SIZES.items():
            page.set_viewport_size(size)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
                found += audit(visitor, f"{name} {language} {size_name} {theme}")
    return found


def listens(visitor: Visitor, chat: ScriptedChat) -> None:
    visitor.start()
    visitor.sees_state("listening")


def thinks(visitor: Visitor, chat: ScriptedChat) -> None:
    visitor.start()
    chat.hold()
    visitor.types("Tell me about the sea.")


def speaks(visitor: Visitor, chat: ScriptedChat) -> None:
    # Longer than any number of audits takes.
    chat.reply = " ".join([STORY] * 4)
    visitor.start()
    visitor.types("Tell me about the sea.")
    visitor.hears_the_reply()


def is_interrupted(visitor: Visitor, chat: ScriptedChat) -> None:
    speaks(visitor, chat)
    visitor.part("interrupt").click()
    visitor.sees_state("listening")
    visitor.part("timing").locator("summary").click()


def is_read(visitor: Visitor, chat: ScriptedChat) -> None:
    is_interrupted(visitor, chat)
    visitor.page.set_viewport_size(PHONE)
    visitor.part("read").click()


def is_held_to_talk(visitor: Visitor, chat: ScriptedChat) -> None:
    visitor.part("mode-push-to-talk").click()
    visitor.start()


@pytest.mark.parametrize(
    ("state", "comes_about", "languages"),
    [
        ("idle", lambda visitor, chat: None, LANGUAGES),
        ("listening", listens, LANGUAGES),
        # Each is over before the server gives the model up.
        ("processing", thinks, ("en",)),
        ("processing", thinks, ("zh",)),
        ("speaking", speaks, LANGUAGES),
        ("listening", is_interrupted, LANGUAGES),
        ("listening", is_read, LANGUAGES),
        ("idle", is_held_to_talk, LANGUAGES),
    ],
)
def test_no_state_of_the_page_breaks_a_rule(
    state: str,
    comes_about: Callable[[Visitor, ScriptedChat], None],
    languages: tuple[str, ...],
    server: ServerProcess,
    browse: Browse,
    chat: ScriptedChat,
) -> None:
    visitor = browse()
    visitor.visit(server.url)
    comes_about(visitor, chat)
    visitor.sees_state(state)
    assert audit_everywhere(visitor, comes_about.__name__, languages) == []
    visitor.sees_state(state, within_ms=AT_ONCE_MS)


def test_a_page_that_has_given_up_breaks_no_rule(serve: Serve, browse: Browse, chat: ScriptedChat) -> None:
    server = serve(llm=chat.url)
    visitor = browse()
    visitor.page.clock.install()
    visitor.visit(server.url)
    visitor.start()
    visitor.sees_state("listening")
    server.kill()
    visitor.sees_connection("reconnecting")
    visitor.sees_the_page_give_up()
    visitor.sees_state("error")
    assert audit_everywhere(visitor, "error") == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_breaks_a_rule(room: str, server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse(face="flat")
    visitor.visit(server.url)
    chat.reply = "Good day to you."
    visitor.types("Hello there.")
    visitor.sees_state("speaking")
    visitor.sees_state("idle")
    visitor.part(f"open-{room}").click()
    expect(visitor.part(f"room-{room}")).to_be_visible()
    visitor.page.wait_for_load_state("networkidle")
    assert audit_everywhere(visitor, room) == []


def focused(page: Page) -> dict[str, Any]:
    """Return what has the focus: its test id, what it is, and whether that can be seen."""
    focus: dict[str, Any] = page.evaluate(
        """() => {
            const at = document.activeElement;
            const shown = at.closest('label, .composer') ?? at;
            const { outlineStyle, boxShadow } = getComputedStyle(shown);
            return {
                id: at.closest('[data-testid]')?.dataset.testid ?? at.className,
                tag: at.tagName,
                isSeen: outlineStyle !== 'none' || boxShadow !== 'none',
            };
        }"""
    )
    return focus


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(face="flat")
    visitor.visit(server.url)
    page = visitor.page
    page.keyboard.press("Tab")
    first = focused(page)
    assert (first["id"], first["isSeen"]) == ("skip-link", True)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "conversation"

    page.reload()
    visitor.sees_state("idle")
    stops: list[dict[str, Any]] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = focused(page)
        if stop["tag"] == "BODY":
            break
        stops.append(stop)
    assert [stop["id"] for stop in stops if not stop["isSeen"]] == []
    order = [stop["id"] for stop in stops]
    expected = ["skip-link", "open-history", "open-help", "theme", "language-en", "character", "mode-hands-free"]
    expected += ["start", "history", "text-input"]
    assert [name for name in order if name in expected] == expected

    visitor.part("open-help").focus()
    page.keyboard.press("Enter")
    expect(visitor.part("room-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(visitor.part("room-help")).to_have_count(0)
    assert focused(page)["id"] == "open-help"


@pytest.mark.parametrize(
    ("what", "width", "height"),
    [
        ("a desktop at twice the size", 640, 400),
        ("a phone on its side", 740, 360),
        ("a tablet", 768, 1024),
        ("a tablet on its side", 1024, 768),
        ("a small phone", 320, 568),
        ("a large screen", 1920, 1080),
        ("a desktop at four times the size", 320, 256),
    ],
)
def test_nothing_is_lost_on(what: str, width: int, height: int, server: ServerProcess, browse: Browse) -> None:
    visitor = browse(face="flat")
    visitor.page.set_viewport_size({"width": width, "height": height})
    visitor.visit(server.url)
    assert audit(visitor, what) == []
    for name in ("state", "start", "text-input", "open-settings", "theme"):
        part = visitor.part(name)
        part.scroll_into_view_if_needed()
        expect(part).to_be_in_viewport(ratio=0.95)
    covered = visitor.page.evaluate(
        """() => ['start', 'text-input', 'theme'].filter(name => {
            const part = document.querySelector(`[data-testid="${name}"]`);
            part.scrollIntoView({ block: 'center' });
            const { x, y, width, height } = part.getBoundingClientRect();
            const top = document.elementFromPoint(x + width / 2, y + height / 2);
            return top === null || !(part.contains(top) || top.contains(part));
        })"""
    )
    assert covered == []


def test_nothing_moves_for_who_asked_for_less_motion(server: ServerProcess, browse: Browse, chat: ScriptedChat) -> None:
    visitor = browse(microphone="absent", face="flat")
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.visit(server.url)
    chat.hold()
    visitor.types("Tell me about the sea.")
    visitor.sees_state("processing")
    assert (
        visitor.page.evaluate("document.getAnimations().filter(({ playState }) => playState === 'running').length") == 0
    )
    chat.release()
    visitor.sees_state("speaking")
    assert (
        visitor.page.evaluate("document.getAnimations().filter(({ playState }) => playState === 'running').length") == 0
    )


def test_the_states_are_told_apart_in_the_systems_own_colours(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(face="flat")
    visitor.page.emulate_media(forced_colors="active")
    visitor.visit(server.url)
    found = audit(visitor, "idle")
    chat.reply = STORY
    visitor.start()
    visitor.types("Tell me about the sea.")
    visitor.sees_state("speaking")
    expect(visitor.part("state").get_by_text("Speaking", exact=True)).to_be_visible()
    chosen = visitor.part("mode-hands-free").evaluate("label => getComputedStyle(label).backgroundColor")
    other = visitor.part("mode-push-to-talk").evaluate("label => getComputedStyle(label).backgroundColor")
    assert chosen != other
    assert [*found, *audit(visitor, "speaking")] == []


def test_a_screen_reader_is_told_what_matters_and_not_every_word(
    server: ServerProcess, browse: Browse, chat: ScriptedChat
) -> None:
    visitor = browse(microphone="absent", face="flat")
    visitor.visit(server.url)
    visitor.page.evaluate(
        """() => {
            window.__told = [];
            const live = document.querySelector('[data-testid="announcer"]');
            new MutationObserver(changes => {
                for (const { target } of changes) {
                    const words = (target.nodeType === Node.TEXT_NODE ? target.data : target.textContent).trim();
                    if (words !== '') window.__told.push(words);
                }
            }).observe(live, { subtree: true, childList: true, characterData: true });
        }"""
    )
    chat.reply = STORY
    visitor.types("Tell me about the sea.")
    visitor.sees_state("speaking")
    visitor.part("interrupt").click()
    visitor.sees_state("idle")
    visitor.page.wait_for_function("() => window.__told.length > 0")
    told = visitor.page.evaluate("window.__told")
    assert len(told) <= 4, told
    # A reply that is heard is not read out over itself.
    assert not any("sea covers" in words for words in told)
    live = visitor.page.evaluate(
        "[...document.querySelectorAll('.captions, [data-testid=\"history\"]')].filter(part =>"
        ' part.querySelector(\'[aria-live="polite"], [aria-live="assertive"]\') !== null).length'
    )
    assert live == 0
