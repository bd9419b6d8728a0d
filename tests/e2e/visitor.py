"""A person in front of the page: what they do, and what they see and hear."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.deadlines import WAIT_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, ViewportSize

__all__ = ["DEADLINE_MS", "DESKTOP", "PHONE", "WITNESS", "Glimpse", "Visitor"]

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}

RECONNECT_TRIES = 8
LONGEST_WAIT_MS = 10_000

WITNESS = Path(__file__).with_name("witness.js")

DEADLINE_MS = 1000 * WAIT_SECONDS
"""For anything that depends on nothing but the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """A moment at the page: its state, and the captions of both sides."""

    state: str
    user: str
    reply: str


class Visitor:
    """Knows the page by what is on it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def part(self, name: str) -> Locator:
        """Return a part of the page by its test id."""
        return self.page.get_by_test_id(name)

    def visit(self, url: str) -> None:
        self.page.goto(url)
        expect(self.part("state")).to_have_attribute("data-state", "idle")

    def start(self) -> None:
        """Start to talk, and wait until the server listens."""
        self.part("start").click()
        self.sees_connection("online")

    def types(self, text: str) -> None:
        self.part("text-input").fill(text)
        self.part("send").click()

    def sees_state(self, state: str, *, within_ms: float = DEADLINE_MS) -> None:
        expect(self.part("state")).to_have_attribute("data-state", state, timeout=within_ms)

    def sees_connection(self, kind: str, *, within_ms: float = DEADLINE_MS) -> None:
        expect(self.part("connection")).to_have_attribute("data-connection", kind, timeout=within_ms)

    def sees_the_page_give_up(self) -> None:
        """Follow the tries to reconnect to their end; the page's clock, installed before the visit, is put forward."""
        for attempt in range(1, RECONNECT_TRIES + 1):
            self.page.wait_for_function(
                """attempt => {
                    const { dataset, textContent } = document.querySelector('[data-testid="connection"]');
                    return dataset.connection === 'failed' || Number(/\\d+/.exec(textContent)) >= attempt;
                }""",
                arg=attempt,
                timeout=DEADLINE_MS,
            )
            self.page.clock.fast_forward(LONGEST_WAIT_MS)
        self.sees_connection("failed")

    def sees_problem(self, code: str) -> Locator:
        """Wait for a problem in plain words, and return it."""
        problem = self.page.locator(f'[data-testid="error"][data-code="{code}"]')
        expect(problem).to_be_visible(timeout=DEADLINE_MS)
        return problem

    def sees_no_problem(self) -> None:
        expect(self.part("error")).to_have_count(0)

    def turns(self, speaker: str) -> Locator:
        """Return everything that was said or typed by `user` or `assistant`, the present exchange included."""
        return self.page.locator(f'.utterance[data-speaker="{speaker}"]:not([data-empty="true"]) .words')

    def count(self, counter: str) -> int:
        """Return one of the page's own counters."""
        value: int = self.page.evaluate("name => window.__vivavoce[name]", counter)
        return value

    def waits_until_count(self, counter: str, at_least: int, *, within_ms: float = DEADLINE_MS) -> None:
        self.page.wait_for_function(
            "([name, least]) => window.__vivavoce[name] >= least", arg=[counter, at_least], timeout=within_ms
        )

    def hears_the_reply(self, *, seconds: float = 0.5) -> None:
        """Wait until so much more of a reply has reached the loudspeaker."""
        self.waits_until_count("samplesPlayed", self.count("samplesPlayed") + int(24_000 * seconds))

    def glimpses(self) -> list[Glimpse]:
        """Return every moment since the page was loaded."""
        return [Glimpse(**glimpse) for glimpse in self.page.evaluate("window.__seen.glimpses")]

    def states(self) -> list[str]:
        """Return the states the page went through, in order."""
        states = [glimpse.state for glimpse in self.glimpses() if glimpse.state]
        return [state for at, state in enumerate(states) if at == 0 or state != states[at - 1]]

    def loudest(self, side: str) -> int:
        """Return the highest level (0 to 100) shown for `Microphone` or `Reply`."""
        level: int = self.page.evaluate("side => window.__seen[`loudest${side}`]", side)
        return level

    def waits_until_devices_are_free(self) -> None:
        """Wait until no microphone is open and no audio context is left."""
        self.page.wait_for_function(
            """() => window.__seen.tracks.every(({ readyState }) => readyState === 'ended')
                && window.__seen.contexts.every(({ state }) => state === 'closed')""",
            timeout=DEADLINE_MS,
        )
