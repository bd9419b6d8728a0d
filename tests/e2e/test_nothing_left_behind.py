"""Whatever the page opens is closed and let go of, and so is what the server holds for it.

The clicks are made within the page, several a second: what drives a browser from outside leaves listeners and nodes of
its own behind. The counts are Chromium's, after a collection of garbage.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import chosen
from tests.e2e.visitor import DEADLINE_MS, DESKTOP, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import CDPSession

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.server_process import ServerProcess

HELD = Path(__file__).with_name("held.js")

CONVERSATIONS = 100
OPENINGS = 20
WARM_UP = 10
"""What is made once and kept (code, caches, the first of everything) is made in these rounds."""

LOST = 2
"""Connections that may be lost and made anew while the machine is busy with something else."""
TALKS_EVERY = 10
ROOMS = ("history", "characters", "memories", "settings", "help")

MOST_GROWTH_BYTES = 2_000_000
"""Of the heap in a hundred rounds. Measured are 0.5 MB: compiled code, what Chromium's tools note of each request and
the counting itself; a heap snapshot of two hundred rounds shows not one object more of the page's own. What the page
lost in every round would have to weigh less than 15 kB to go unseen, and contexts, worklets and sockets are counted."""


OF_THE_LAST_ROUND = 12
"""Listeners and nodes: what was opened last may still be pointed at by what shows that it is closed. One that were lost
at each opening would be at least twenty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What the page amounts to after a collection of garbage."""

    listeners: int
    nodes: int
    heap_bytes: int


class Watched(Visitor):
    """A visitor who can open and close things quickly, and weigh the page."""

    def __init__(self, visitor: Visitor) -> None:
        browser = visitor.page.context.browser
        assert browser is not None
        # A page of its own, without the witness, who keeps what it has seen.
        super().__init__(browser.new_page(viewport=DESKTOP, locale="en-GB"))
        self.page.add_init_script(path=HELD)
        # The flat face, for a sculpted one that is drawn without a GPU takes the time of two hundred rounds; and no
        # greeting, so that only the rounds in which something is said have a reply.
        self.page.add_init_script(chosen({"greeting": False, "face": "flat"}))
        self._cdp: CDPSession = self.page.context.new_cdp_session(self.page)
        self._cdp.send("Performance.enable")

    def held(self, question: str) -> dict[str, int]:
        """Return what was `opened` so far, what is `open`, or what is `alive`."""
        answer: dict[str, int] = self.page.evaluate(f"window.__held.{question}()")
        return answer

    def converses(self, times: int) -> None:
        """Open and close the conversation, with something said in some of the rounds, and forget what was said."""
        for number in range(times):
            saying = "Hello." if number % TALKS_EVERY == 0 else ""
            self.page.evaluate("saying => window.__held.converse(saying)", saying)
        self.part("clear-history").click()
        self.part("question-yes").click()

    def looks_into(self, room: str, times: int) -> None:
        """Open and close a room, in every second round before it has shown what it is waiting for."""
        for number in range(times):
            self.page.evaluate("([room, stays]) => window.__held.lookInto(room, stays)", [room, number % 2 == 0])

    def waits_until_all_is_closed(self) -> None:
        self.page.wait_for_function(
            "() => Object.values(window.__held.open()).every((count) => count === 0)", timeout=DEADLINE_MS
        )

    def weighs(self) -> Weight:
        # Twice: what the first collection finalises, the second frees.
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
        told: list[dict[str, Any]] = self._cdp.send("Performance.getMetrics")["metrics"]
        metrics = {metric["name"]: metric["value"] for metric in told}
        return Weight(
            listeners=int(metrics["JSEventListeners"]),
            nodes=int(metrics["Nodes"]),
            heap_bytes=int(metrics["JSHeapUsedSize"]),
        )

    def weighs_no_more_than(self, before: Weight) -> None:
        after = self.weighs()
        assert after.listeners <= before.listeners + OF_THE_LAST_ROUND, (before, after)
        assert after.nodes <= before.nodes + OF_THE_LAST_ROUND, (before, after)
        assert after.heap_bytes - before.heap_bytes <= MOST_GROWTH_BYTES


@pytest.fixture
def server(serve: Serve) -> ServerProcess:
    """Its engines cost nothing: what matters here is what stays of a visit, not what was said."""
    return serve(llm="auto", engines="instant", memory="false", offline="true")


@pytest.fixture
def visitor(browse: Browse) -> Iterator[Watched]:
    visitor = Watched(browse())
    yield visitor
    visitor.page.close()


def idle_tasks(server: ServerProcess, *, after: int) -> int:
    """Wait until so many sessions are over, which leaves none, and return how many tasks run."""
    server.log.waits_for_closed(after)
    health = server.health
    assert health["websocket"]["active"] == 0
    tasks: int = health["process"]["tasks"]
    return tasks


def test_a_hundred_conversations_leave_nothing_behind(server: ServerProcess, visitor: Watched) -> None:
    visitor.visit(server.url)
    visitor.converses(WARM_UP)
    visitor.waits_until_all_is_closed()
    before, tasks = visitor.weighs(), idle_tasks(server, after=WARM_UP)

    visitor.converses(CONVERSATIONS)
    visitor.waits_until_all_is_closed()
    opened = visitor.held("opened")
    assert opened["contexts"] == WARM_UP + CONVERSATIONS
    assert 0 <= opened["sockets"] - opened["contexts"] <= LOST
    visitor.weighs_no_more_than(before)
    alive = visitor.held("alive")
    # Of the last conversation: a context with its two worklets, and a socket.
    assert alive["contexts"] <= 1, alive
    assert alive["worklets"] <= 2, alive
    assert alive["sockets"] <= 1, alive
    visitor.sees_no_problem()

    assert idle_tasks(server, after=WARM_UP + CONVERSATIONS) <= tasks
    sessions = server.sessions
    assert sessions["active"] == 0
    assert 0 <= sessions["total"] - opened["contexts"] <= LOST


def test_rooms_opened_again_and_again_leave_nothing_behind(server: ServerProcess, visitor: Watched) -> None:
    visitor.visit(server.url)
    for room in ROOMS:
        visitor.looks_into(room, WARM_UP)
    before = visitor.weighs()
    for room in ROOMS:
        visitor.looks_into(room, OPENINGS)
    visitor.weighs_no_more_than(before)
