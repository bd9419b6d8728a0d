"""What drawing the sound costs: share of a core and frames a second, in Chromium, with the picture and without.

vivavoce bench visualiser [--seconds 10]

A conversation runs with a microphone that never falls silent; the face is switched off, and the disc of the state does
not move. "Without" is the same page whose requests for frames are never answered. The main thread's share is what the
browser counts itself; the whole browser's is that of all its processes, software rasterising included.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from bench.report import Report
from bench.server import running_server
from scripts.chromium import PRIVATE, find_chromium
from vivavoce.audio.files import write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

__all__ = ["main"]

RATE_HZ = 48_000
SETTLE_SECONDS = 4.0
MODES = ("waveform", "spectrum")
WITHOUT = "without"
ONLINE = "() => document.querySelector('[data-testid=connection]').dataset.connection === 'online'"
NO_FRAMES = "window.requestAnimationFrame = () => 0;"
COUNT_FRAMES = """
    window.__frames = [];
    const count = (now) => { window.__frames.push(now); requestAnimationFrame(count); };
    requestAnimationFrame(count);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one way of drawing cost.

    Attributes:
        main_percent: the page's main thread, of one core.
        script_percent: scripts alone, of one core.
        browser_percent: all processes of the browser, of one core.
        frame_ms: between two frames; None where none were drawn.
    """

    mode: str
    main_percent: float
    script_percent: float
    browser_percent: float
    frame_ms: tuple[float, ...]


def _loud(folder: Path, seconds: float) -> Path:
    """Write a sound with pitches and pauses like a voice's, but that nobody takes for words."""
    time_axis = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    pitch = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * 0.7 * time_axis)) / RATE_HZ
    voice = sum(np.sin(harmonic * pitch) / harmonic for harmonic in range(1, 24))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time_axis), 0, 1)
    path = folder / "loud.wav"
    write_wav(path, (0.2 * voice * syllables).astype(np.float32), RATE_HZ)
    return path


@contextmanager
def _browser(microphone: Path) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium() or PRIVATE / "run" / "chrome",
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
                "--disable-gpu",
            ],
        )
        yield browser
        browser.close()


def _measure(browser: Browser, url: str, mode: str, seconds: float) -> Cost:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    preferences = {"face": "none", "visualiser": MODES[0] if mode == WITHOUT else mode, "mode": "push-to-talk"}
    page.add_init_script(f"localStorage.setItem('vivavoce.preferences', {json.dumps(json.dumps(preferences))});")
    page.add_init_script(NO_FRAMES if mode == WITHOUT else COUNT_FRAMES)
    page.goto(url)
    page.get_by_test_id("start").click()
    # Asked by the clock: by default it is asked at every frame, of which there may be none.
    page.wait_for_function(ONLINE, polling=100)
    page.wait_for_timeout(1000 * SETTLE_SECONDS)
    try:
        return _cost(page, mode, seconds)
    finally:
        context.close()


def _cost(page: Page, mode: str, seconds: float) -> Cost:
    devtools = page.context.new_cdp_session(page)
    # Processor time, not the clock's: what else the machine does is no cost of the page.
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("window.__frames && (window.__frames.length = 0)")
    before, cpu_before, began = _metrics(devtools), _browser_seconds(), time.monotonic()
    page.wait_for_timeout(1000 * seconds)
    after, cpu_after = _metrics(devtools), _browser_seconds()
    passed = time.monotonic() - began
    frames: list[float] = page.evaluate("window.__frames ?? []")
    return Cost(
        mode=mode,
        main_percent=100 * (after["TaskDuration"] - before["TaskDuration"]) / passed,
        script_percent=100 * (after["ScriptDuration"] - before["ScriptDuration"]) / passed,
        browser_percent=100 * (cpu_after - cpu_before) / passed,
        frame_ms=tuple(later - earlier for earlier, later in itertools.pairwise(frames)),
    )


def _metrics(devtools: Any) -> dict[str, float]:
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {str(metric["name"]): float(metric["value"]) for metric in found}


def _browser_seconds() -> float:
    """Return the CPU time that all processes under this one have used."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            if "chrom" in process.name().lower():
                used = process.cpu_times()
                total += used.user + used.system
        except psutil.NoSuchProcess:
            continue
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each way is measured")
    options = parser.parse_args(arguments)
    report = Report("visualiser", "visualiser: what drawing the sound costs")
    with tempfile.TemporaryDirectory(prefix="vivavoce-bench-") as folder:
        microphone = _loud(Path(folder), 6.0)
        with running_server("--engines", "instant") as server, _browser(microphone) as browser:
            url = f"http://127.0.0.1:{server.port}/"
            costs = [_measure(browser, url, mode, options.seconds) for mode in (WITHOUT, *MODES)]
    _tell(report, costs)


def _tell(report: Report, costs: Sequence[Cost]) -> None:
    without, *drawn = costs
    rows = [
        (
            cost.mode,
            round(cost.main_percent, 2),
            round(cost.script_percent, 2),
            round(cost.browser_percent, 1),
            round(1000 / statistics.mean(cost.frame_ms), 1) if cost.frame_ms else None,
        )
        for cost in costs
    ]
    report.table(("picture", "main thread %", "scripts %", "browser %", "frames/s"), rows)
    for cost in drawn:
        report.figure(f"{cost.mode}: main thread, of a core", cost.main_percent - without.main_percent, "%", 5.0)
        report.figure(f"{cost.mode}: whole browser, of a core", cost.browser_percent - without.browser_percent, "%")
        report.figure(f"{cost.mode}: between two frames, median", statistics.median(cost.frame_ms), "ms", 17.5)
    report.save([{"mode": cost.mode, "main": cost.main_percent, "browser": cost.browser_percent} for cost in costs])


if __name__ == "__main__":
    main()
