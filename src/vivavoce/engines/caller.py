"""For whom an engine works, and how urgently: known to the engines without every call having to say it.

Owns the context variable that carries it from a session to its engines, and the news that work which waits has become
more urgent. Refuses to order anything; `fair_gate` does.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from vivavoce.resilience.fair_queue import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Caller", "Urgency", "calling", "current_caller", "urgency"]


class Caller:
    """Whoever wants work done: one object for one purpose, such as one reply.

    `session_id` is what work is shared fairly between; requests outside any session share the empty one, as if they
    were one more talker. `patience_seconds` is how long the work may wait to begin; None leaves that to the engine.
    """

    def __init__(
        self,
        session_id: str,
        urgency: Urgency = Urgency.CONFIRMED,
        *,
        patience_seconds: float | None = None,
    ) -> None:
        self.session_id = session_id
        self.patience_seconds = patience_seconds
        self._urgency = urgency
        self._listeners: list[Callable[[], None]] = []

    @property
    def urgency(self) -> Urgency:
        """Why the work is wanted."""
        return self._urgency

    def confirm(self) -> None:
        """What was done on the chance is wanted now: whatever waits for it goes before other speculation."""
        self._urgency = Urgency.CONFIRMED
        for listener in self._listeners.copy():
            listener()

    @contextmanager
    def on_confirmed(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have `listener` called when the work becomes more urgent, while the context lasts."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)


current_caller: ContextVar[Caller | None] = ContextVar("current_caller", default=None)
"""Who calls; None outside any session. Tasks inherit it from whoever starts them."""


@contextmanager
def calling(caller: Caller) -> Iterator[Caller]:
    """Work for `caller` in this context, and in the tasks that are started in it."""
    token = current_caller.set(caller)
    try:
        yield caller
    finally:
        current_caller.reset(token)


@contextmanager
def urgency(level: Urgency, *, patience_seconds: float | None = None) -> Iterator[Caller]:
    """Work for the same session with another urgency; gives the new caller, which may be confirmed later."""
    outer = current_caller.get()
    caller = Caller(outer.session_id if outer else "", level, patience_seconds=patience_seconds)
    with calling(caller):
        yield caller
