"""How long an MCP server is waited for.

Owns the seconds. Refuses to wait.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["McpTiming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class McpTiming:
    """Waits, in seconds.

    Attributes:
        connect_seconds: until it has told its tools. `npx` and `uvx` may fetch the program first.
        probe_seconds: between two signs of life, when nothing else goes on.
        answer_seconds: for a sign of life.
        news_seconds: between two times that it is asked for its tools because it says that they have changed.
        first_wait_seconds: before the first new attempt; each further wait is twice as long.
        longest_wait_seconds: between two attempts.
        steady_seconds: a connection that held as long starts the waits anew.
    """

    connect_seconds: float = 60.0
    probe_seconds: float = 60.0
    answer_seconds: float = 10.0
    news_seconds: float = 1.0
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 60.0
    steady_seconds: float = 30.0

    def wait_seconds(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row, from 1."""
        return min(self.first_wait_seconds * 2.0 ** min(failures - 1, 20), self.longest_wait_seconds)
