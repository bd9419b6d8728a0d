"""Virtual time for every scenario, and an alarm for whatever blocks the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from blockbuster import BlockBuster

from vivavoce.testing.blocking import no_blocking_callbacks
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


@pytest.fixture(autouse=True)
def no_blocking_calls() -> Iterator[None]:
    """A call that blocks the loop is heard as a gap in somebody's reply."""
    detector = BlockBuster(scanned_modules=["vivavoce"])
    with no_blocking_callbacks():
        detector.activate()
        yield
        detector.deactivate()
