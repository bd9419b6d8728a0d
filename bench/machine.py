"""The machine a figure was taken on, and where its JSON goes.

Owns the heading of every bench. Refuses to measure.
"""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

__all__ = ["machine", "write_results"]

RESULTS = Path("artefacts/bench")


def machine() -> str:
    """Return this machine in one line: processor, cores, load."""
    processor = platform.processor() or "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}"


def write_results(name: str, results: object) -> None:
    """Keep the figures as JSON."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps({"machine": machine(), "results": results}, indent=2))
