"""How soon the page shows itself on a slow machine: first paint and first use, at a first visit and at the next.

Owns the browser, whose processor is slowed down, and the two visits. Refuses to know the page, but for the one element
without which nobody can do anything. The page is served by the real server with engines that cost nothing.
"""

from __future__ import annotations

import argparse
import statistics
from typing import TYPE_CHECKING

from bench.report import Report
from bench.server import running_server
from scripts.chromium import PRIVATE, find_chromium, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

__all__ = ["main"]

SLOWED = 4
"""A phone of the middle class against the machines this is measured on."""

LIMITS_MS = {"first paint": 1_500.0, "next paint": 1_500.0}

READ_PAINT = """() => new Promise(done => {
    new PerformanceObserver(list => {
        const paint = list.getEntries().find(({ name }) => name === 'first-contentful-paint');
        if (paint !== undefined) done(paint.startTime);
    }).observe({ type: 'paint', buffered: true });
})"""

READ_USE = """() => new Promise(done => {
    const look = () => {
        if (document.querySelector('[data-testid="start"]') !== null) done(performance.now());
        else requestAnimationFrame(look);
    };
    look();
})"""


def visit(browser: Browser, url: str) -> dict[str, float]:
    """Return milliseconds from the click to paint and use, of a first visit and of the next in the same browser."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    measured: dict[str, float] = {}
    for kind in ("first", "next"):
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(url, wait_until="commit")
        measured[f"{kind} use"] = page.evaluate(READ_USE)
        measured[f"{kind} paint"] = page.evaluate(READ_PAINT)
        page.wait_for_load_state("networkidle")
        page.close()
    context.close()
    return measured


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=5, help="first visits to measure (%(default)s)")
    options = parser.parse_args(arguments)
    report = Report("first-paint", f"First paint of the page, processor slowed {SLOWED} times")
    with running_server("--engines", "instant") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--disable-gpu"])
        visits = [visit(browser, f"http://127.0.0.1:{server.port}/") for _ in range(options.n)]
        browser.close()
    for name in visits[0]:
        times = [each[name] for each in visits]
        report.figure(f"{name}, median", round(statistics.median(times)), "ms", LIMITS_MS.get(name))
        report.figure(f"{name}, slowest", round(max(times)), "ms")
    report.save(visits)


def _chromium() -> str:
    private = PRIVATE / "run" / "chrome"
    found = find_chromium() or (private if runs(private) else None)
    if found is None:
        raise SystemExit("There is no Chromium: install one, set CHROMIUM=PATH, or run `make e2e`.")
    return str(found)


if __name__ == "__main__":
    main()
