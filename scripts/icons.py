"""Draws the page's icons from its one SVG, in the sizes and shapes that systems ask of an installed page.

Run as `python -m scripts.icons` after `web/public/favicon.svg` was changed, and commit what it wrote.

Owns the sizes. Refuses to know the drawing.
"""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from scripts.chromium import find_chromium
from scripts.steps import ROOT, SetupError, fail

PUBLIC = ROOT / "web" / "public"
SOURCE = PUBLIC / "favicon.svg"

GROUND = "#0b6b64"
"""The colour of the drawing's ground: where a system cuts its own shape, all of the square has it."""

ICONS = {"icon-192": (192, 1.0), "icon-512": (512, 1.0), "maskable-512": (512, 0.8), "icon-180": (180, 0.9)}
"""Edge in pixels, and how much of it the drawing takes; below 1 the ground fills the rest, and no corner is round."""


def page_of(edge: int, share: float) -> str:
    """Return a page that shows the drawing as large as the icon."""
    ground = GROUND if share < 1.0 else "transparent"
    size = round(edge * share)
    return (
        f"<body style='margin:0;width:{edge}px;height:{edge}px;display:grid;place-items:center;background:{ground}'>"
        f"<div style='width:{size}px;height:{size}px'>{SOURCE.read_text('utf-8')}</div>"
    )


def main() -> int:
    """Write all icons; return 0 when done."""
    try:
        chromium = find_chromium()
    except SetupError as error:
        return fail(error)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for name, (edge, share) in ICONS.items():
            page = browser.new_page(viewport={"width": edge, "height": edge})
            page.set_content(page_of(edge, share))
            page.screenshot(path=PUBLIC / "icons" / f"{name}.png", omit_background=True)
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
