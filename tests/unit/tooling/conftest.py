"""Programs that say what a test wants them to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def make_program(tmp_path: Path) -> Callable[..., Path]:
    """A factory of shell scripts that print a line and end with a status."""

    def make(name: str, *, says: str = "", status: int = 0) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make
