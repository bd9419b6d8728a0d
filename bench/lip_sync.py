"""Lip-sync: how far the mouth is from the sound, in a real page that a real server talks to.

Replies are played in Chromium. A recorder in the page takes down what goes into the loudspeaker, by the audio thread's
own clock, and the face's feed is read beside it every few milliseconds and with every picture. What is compared is
found apart on both sides: in the sound, by how loud and how bright it is, and in the shapes of the mouth.
What lies behind the browser remains unseen: how late the system and the loudspeaker are is for the browser to say.

    vivavoce bench lip-sync [--language en|zh] [--face none|flat|head] [-n 2] [--screen]
"""

from __future__ import annotations

import argparse
import json
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.lip_sync_events import Heard, LipSync, Look, lip_sync
from bench.recital import reciting
from bench.report import Report
from bench.scoring import percentile
from bench.server import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

__all__ = ["TEXTS", "main", "recorded", "watch"]

HERE = Path(__file__).parent
LIMIT_MS = 40.0
DEADLINE_MS = 120_000
FLAGS = ("--use-fake-ui-for-media-stream", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")

TEXTS = {
    "en": (
        "My boat is blue. Boats are my hobby. Bob and I built it. Maybe you know him. People say it is beautiful. "
        "About a mile below, a bay begins. Birds live there. Many come in spring. Pigs do not. But a bear may. "
        "Would you believe it?"
    ),
    "zh": (
        "爸爸买了一把雨伞。妈妈不怕下雨。北方的冬天非常冷。苹果很便宜。我们每天跑步。他明白我的意思。"
        "猫跑得比狗慢。朋友们都很忙。别忘了带面包。白马跑过木桥。"
    ),
}
"""Short sentences, for their beginnings, with many closed lips in them."""

READ_ERRORS = "browser's two accounts of its latency, apart"


def watch(page: Page) -> None:
    """Have the page watched from its next visit on."""
    # The page's own policy lets no script in that the server did not send.
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.add_init_script(path=HERE / "lip_sync_page.js")
    recorder = (HERE / "lip_sync_recorder.js").read_text(encoding="utf-8")
    page.add_init_script(f"window.__lipRecorder = {json.dumps(recorder)};")


def recorded(page: Page) -> LipSync:
    """Return what was found since the last visit."""
    sound, mouth = page.evaluate("[window.__lips.sound, window.__lips.mouth]")
    looks = [Look(at=at, open=open_, closed_lips=lips, is_drawn=bool(drawn)) for at, open_, lips, drawn in mouth]
    return lip_sync([Heard(*heard) for heard in sound], looks)


@contextmanager
def _page(*, is_shown: bool) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    from scripts.chromium import find_chromium

    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("There is no Chromium: install one, or set CHROMIUM=PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=not is_shown, args=list(FLAGS))
        try:
            yield browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
        finally:
            browser.close()


def _reply(page: Page, url: str) -> tuple[LipSync, float, float]:
    """Hear one reply in a page of its own; also return how far the latencies differ and what a picture lasts, in ms."""
    page.goto(url)
    page.get_by_test_id("text-input").fill("Please recite.")
    page.get_by_test_id("send").click()
    page.wait_for_function(_IS_STATE, arg="speaking", timeout=DEADLINE_MS)
    page.wait_for_function(_IS_STATE, arg="idle", timeout=DEADLINE_MS)
    clocks, drawn = page.evaluate(
        "[window.__lips.clocks, window.__lips.mouth.filter((look) => look[3]).map(([at]) => at)]"
    )
    return recorded(page), 1000 * float(np.median(np.abs(clocks))), 1000 * float(np.median(np.diff(drawn)))


def _heard(options: argparse.Namespace) -> Iterator[tuple[LipSync, float, float]]:
    preferences = {"greeting": False, "language": options.language, "face": options.face}
    chosen = f"localStorage.setItem('vivavoce.preferences', {json.dumps(json.dumps(preferences))});"
    with reciting(TEXTS[options.language]) as chat, running_server(llm=chat) as server:
        for _ in range(options.n):
            with _page(is_shown=options.screen) as page:
                watch(page)
                page.add_init_script(chosen)
                yield _reply(page, f"http://127.0.0.1:{server.port}/")


_IS_STATE = """state => document.querySelector('[data-testid="state"]')?.dataset.state === state"""


def _joined(parts: Sequence[LipSync]) -> LipSync:
    joined = LipSync(starts=(), drawn_starts=(), ends=(), partings=(), missed=0, unseen=0)
    for part in parts:
        joined = replace(
            joined,
            starts=joined.starts + part.starts,
            drawn_starts=joined.drawn_starts + part.drawn_starts,
            ends=joined.ends + part.ends,
            partings=joined.partings + part.partings,
            missed=joined.missed + part.missed,
            unseen=joined.unseen + part.unseen,
        )
    return joined


def _tell(report: Report, found: LipSync) -> None:
    kinds = {
        "voice begins": found.starts,
        "voice begins, first picture": found.drawn_starts,
        "voice ends": found.ends,
        "lips part": found.partings,
    }
    rows = []
    for name, delays in kinds.items():
        errors = [abs(delay) for delay in delays]
        spread = [percentile(errors, p) if errors else None for p in (50, 95)]
        rows.append((name, len(delays), float(np.median(delays)) if delays else None, *spread))
    report.table(("event", "n", "median ms (+ mouth late)", "error p50 ms", "error p95 ms"), rows)
    errors = [abs(delay) for delay in found.starts]
    report.figure("error where the voice begins, p50", percentile(errors, 50) if errors else None, "ms")
    report.figure("error where the voice begins, p95", percentile(errors, 95) if errors else None, "ms", LIMIT_MS)
    within = [abs(delay) for delay in found.partings]
    report.figure("error where lips part, p95", percentile(within, 95) if within else None, "ms", LIMIT_MS)
    report.figure("beginnings with a shut mouth", found.missed, f"of {len(found.starts) + found.missed}", 0)
    report.figure("events that nobody looked at closely enough", found.unseen, "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=sorted(TEXTS), default="en")
    parser.add_argument("--face", choices=("none", "flat", "head"), default="none", help="what is drawn meanwhile")
    parser.add_argument("-n", type=int, default=2, help="replies")
    parser.add_argument("--screen", action="store_true", help="show the browser")
    options = parser.parse_args(arguments)
    report = Report(f"lip-sync-{options.language}", f"lip-sync, {options.language}, face: {options.face}")
    parts = list(_heard(options))
    found = _joined([part for part, _, _ in parts])
    _tell(report, found)
    report.figure(READ_ERRORS, float(np.median([apart for _, apart, _ in parts])), "ms")
    report.figure("a picture lasts", float(np.median([picture for _, _, picture in parts])), "ms")
    report.save(asdict(found))


if __name__ == "__main__":
    main()
