"""Virtual time: a tool's thirty seconds pass at once."""

from __future__ import annotations

import pytest

from tests.unit.tools.callers import RecordedCaller
from vivavoce.testing.virtual_time import VirtualTimeLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


@pytest.fixture
def caller() -> RecordedCaller:
    return RecordedCaller()
