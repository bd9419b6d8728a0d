"""What every test shares: nothing that a test makes a server keep, or sets up for a process, is another's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = ("test_a_mind_by_voice", "test_history_and_memories", "test_accessibility", "test_llm_embedded")
"""Files of minutes. One that is begun last keeps one process at work while the other has nothing left to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first; all else stays in the order it was shuffled into."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(autouse=True, scope="session")
def kept_for_this_run_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have every server of the run, in this process or another, keep its data in a folder of the run."""
    before = os.environ.get("VIVAVOCE_DATA")
    os.environ["VIVAVOCE_DATA"] = str(tmp_path_factory.mktemp("data"))
    yield
    if before is None:
        del os.environ["VIVAVOCE_DATA"]
    else:
        os.environ["VIVAVOCE_DATA"] = before


@pytest.fixture(autouse=True)
def logs_as_if_nobody_had_set_them_up() -> Iterator[None]:
    """Undo what a command that ran in this process has chosen to leave out of the log."""
    yield
    structlog.reset_defaults()
