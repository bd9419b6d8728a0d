"""Frames a second of the digital human, and what it leaves in memory, in a headless Chromium that draws without a GPU.

vivavoce bench face-frames [--kind head] [--look viva] [--seconds 10] [--size 480]

The page is `face.html` of the build: one face, saying a made-up sentence over and over. What is retained is the growth
of the heap from collection to collection, read while nothing is drawn, in the calmest of three stretches: compilers
leave things in the heap, too, but not in every stretch, as something kept in each frame would.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil
from playwright.sync_api import sync_playwright

from bench.report import Report
from scripts.chromium import PRIVATE, find_chromium
from vivavoce.server.settings import BUILT_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import CDPSession, Page

SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""WebGL on the processor, which a browser without a graphics card must be allowed."""

LEAST_FRAMES_A_SECOND = 20.0
MOST_RETAINED_BYTES_A_FRAME = 64.0
SETTLE_SECONDS = 8.0
"""For compilers and for the face to find its pace."""
STRETCHES = 3


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line for every file would bury the figures."""


@contextmanager
def _served_page() -> Iterator[str]:
    """Serve the built page on a free port of this machine."""
    handler = functools.partial(_Quiet, directory=str(BUILT_PAGE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _frames(page: Page) -> int:
    count: int = page.evaluate("window.__face.frames")
    return count


def _heap_at_rest(page: Page, devtools: CDPSession) -> int:
    """Return the heap after a collection, with drawing stopped: what frames leave to collect is not retained."""
    page.evaluate("document.getElementById('root').style.marginTop = '300vh'")
    page.wait_for_function("() => !window.__face.isRunning")
    devtools.send("HeapProfiler.collectGarbage")
    heap = int(devtools.send("Runtime.getHeapUsage")["usedSize"])
    page.evaluate("document.getElementById('root').style.marginTop = '0'")
    page.wait_for_function("() => window.__face.isRunning")
    return heap


def _growth(page: Page, devtools: CDPSession, seconds: float) -> float:
    """Return by how many bytes a frame the heap grows."""
    heap, before = _heap_at_rest(page, devtools), _frames(page)
    page.wait_for_timeout(1000 * seconds)
    frames = _frames(page) - before
    return (_heap_at_rest(page, devtools) - heap) / max(1, frames)


def _processor_seconds() -> float:
    """Return what this process's children have used of the processor so far: the browser and all its helpers."""
    used = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used


def _measure(page: Page, seconds: float) -> dict[str, Any]:
    devtools = page.context.new_cdp_session(page)
    page.wait_for_function("() => window.__face?.frames > 0", timeout=60_000)
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    started, first, busy = time.perf_counter(), _frames(page), _processor_seconds()
    page.wait_for_timeout(1000 * seconds)
    frames, elapsed = _frames(page) - first, time.perf_counter() - started
    busy = _processor_seconds() - busy
    growths = [_growth(page, devtools, seconds / 2) for _ in range(STRETCHES)]
    canvas = page.locator("canvas").evaluate("canvas => [canvas.width, canvas.height]")
    return {
        "frames_a_second": frames / elapsed,
        "processor_ms_a_frame": 1000 * busy / max(1, frames),
        "retained_bytes_a_frame": max(0.0, min(growths)),
        "growths": growths,
        "canvas": canvas,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", default="head", choices=("head", "flat"), help="which kind of face")
    parser.add_argument("--look", default="viva", help="the character whose look it has")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long frames are counted")
    parser.add_argument("--size", type=int, default=480, help="width and height of the stage in pixels")
    options = parser.parse_args(arguments)
    report = Report("face-frames", f"face: {options.kind}, {options.look}, {options.size} pixels, drawn without a GPU")
    chromium = find_chromium() or PRIVATE / "run" / "chrome"
    with _served_page() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*SOFTWARE])
        page = browser.new_page(viewport={"width": options.size, "height": options.size})
        page.goto(f"{address}/face.html?kind={options.kind}&look={options.look}&mood=speaking")
        found = _measure(page, options.seconds)
        browser.close()
    slowest = 1000 / LEAST_FRAMES_A_SECOND
    report.figure("frames a second", found["frames_a_second"], "fps")
    report.figure("time a frame", 1000 / max(0.01, found["frames_a_second"]), "ms", slowest)
    report.figure("processor a frame, all of the browser", found["processor_ms_a_frame"], "ms")
    report.figure("heap retained a frame", found["retained_bytes_a_frame"], "bytes", MOST_RETAINED_BYTES_A_FRAME)
    report.save([found])


if __name__ == "__main__":
    main()
