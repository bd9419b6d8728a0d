"""The machine a figure was taken on, in a line.

Owns the heading of every bench. Refuses to measure.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

__all__ = ["machine"]


def machine() -> str:
    """Return this machine in one line: processor, cores, load."""
    processor = platform.processor() or "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load}"
