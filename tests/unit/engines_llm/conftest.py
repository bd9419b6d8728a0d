"""What the tests of the reply engines share."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Run async tests on the event loop that production uses."""
    return ("asyncio", {"use_uvloop": True})
