"""The language model: a small one at once, the wanted one as soon as it is here.

Owns which model answers now and the tasks that keep embedded ones running. Refuses to know how a reply is made.
"""

from __future__ import annotations

import psutil
import structlog

__all__ = ["FIRST_MODEL", "LanguageModel", "wanted_model"]

log = structlog.get_logger(__name__)

FIRST_MODEL = "smollm2-135m"
"""Answers while a better model is on its way: 98 MB, loaded in half a second."""

LARGE_MEMORY_BYTES = 6 * 1024**3


def wanted_model(spec: str) -> str:
    """Return the model that `spec` stands for; auto chooses by this machine's memory."""
    if spec != "auto":
        return spec
    return "qwen2.5-coder-1.5b" if psutil.virtual_memory().total >= LARGE_MEMORY_BYTES else "qwen2.5-coder-0.5b"
