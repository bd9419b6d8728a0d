"""The documentation says what the code says, and its links lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from scripts.docs import DOCS, PAGES
from scripts.steps import ROOT

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_generated_page_is_current(path: Path) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == PAGES[path](), "run make docs"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_to_files(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    inside = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in inside if not (page.parent / target).exists()] == []
