"""What a server prints while it runs: kept for whoever reads a failure, and listened to for what it says of itself.

Owns the file and the counts of what was said. Refuses to know how a server is started.
"""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from typing import TYPE_CHECKING

from tests.deadlines import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["ServerLog"]

COUNTED = re.compile(rb"\b(session_opened|session_closed)\b")


class ServerLog:
    """The lives of one server, one after the other, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._counts: Counter[bytes] = Counter()
        self._told = threading.Condition()

    @property
    def text(self) -> str:
        return self._file.read_text() if self._file.exists() else ""

    def begin(self) -> int:
        """Begin the log of a new life; return where it writes, which whoever starts it closes on their side."""
        reads, writes = os.pipe()
        self._counts = Counter()
        threading.Thread(target=self._listen, args=(reads, self._counts), name="server log", daemon=True).start()
        return writes

    def waits_for_closed(self, sessions: int) -> None:
        """Wait until so many sessions have been closed in this life."""
        self._wait(lambda: self._counts[b"session_closed"] >= sessions)

    def waits_until_all_are_closed(self) -> None:
        """Wait until every session that was opened in this life is closed."""
        self._wait(lambda: self._counts[b"session_closed"] == self._counts[b"session_opened"])

    def _wait(self, is_so: Callable[[], bool]) -> None:
        with self._told:
            if not self._told.wait_for(is_so, WAIT_SECONDS):
                raise TimeoutError(f"It did not come to this; the server said: {dict(self._counts)}")

    def _listen(self, reads: int, counts: Counter[bytes]) -> None:
        with open(reads, "rb") as said, self._file.open("ab", buffering=0) as kept:
            for line in said:
                kept.write(line)
                with self._told:
                    counts.update(COUNTED.findall(line))
                    self._told.notify_all()
