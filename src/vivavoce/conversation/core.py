"""What the parts of the machine share: the floor's state, the items, the timers, the time, the effects so far.

Owns the one place where the state changes and where timers are begun and ended. Refuses to know what a reply or a turn
of the user's consists of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.effects import ErrorRaised, TurnStateChanged
from vivavoce.conversation.events import Failure
from vivavoce.conversation.items import ItemList
from vivavoce.conversation.ledger import PlayoutLedger
from vivavoce.conversation.orders import CancelTimer, StartTimer
from vivavoce.conversation.transitions import TABLE, IllegalTransition, State, Trigger

if TYPE_CHECKING:
    from vivavoce.conversation.effects import Effect, VisibleState
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.errors import InputError

__all__ = ["REPLY_SAMPLE_RATE_HZ", "Core"]

REPLY_SAMPLE_RATE_HZ = 24_000
"""The rate of all speech the assistant makes, and of every playout position."""

VISIBLE: dict[State, VisibleState] = {
    State.IDLE: "idle",
    State.LISTENING: "listening",
    State.USER_SPEAKING: "listening",
    State.ENDPOINTING: "listening",
    State.THINKING: "processing",
    State.SPEAKING: "speaking",
    State.INTERRUPTED: "listening",
    State.CLOSED: "idle",
}


class Core:
    """The shared record. `now` is the time of the event being handled; `out` collects its effects.

    `awaits_tools` while the assistant owes what comes of tools at work, `awaits_consent` while the user was asked
    whether a tool may be used.
    """

    def __init__(self, *, session_id: str, settings: ConversationSettings) -> None:
        self.settings = settings
        self.items = ItemList()
        self.ledger = PlayoutLedger(REPLY_SAMPLE_RATE_HZ)
        self.state = State.IDLE
        self.language = settings.language
        self.now = 0.0
        self.out: list[Effect] = []
        # The wire's session ids carry a prefix that would only make every other id longer.
        self._session_id = session_id.removeprefix("sess_")
        self._ids = 0
        self._timers: dict[str, str] = {}
        self._call_ids: set[str] = set()
        self.awaits_tools = False
        self.awaits_consent = False

    def emit(self, *effects: Effect) -> None:
        """Add effects in order."""
        self.out.extend(effects)

    def new_id(self, prefix: str) -> str:
        """Return an id that is unique in the session and the same in every replay."""
        while True:
            self._ids += 1
            new_id = f"{prefix}_{self._session_id}{self._ids:04d}"
            if new_id not in self.items:
                return new_id

    def new_item_id(self) -> str:
        """Return an id for an item that will be inserted later; a client that asks for the same one is refused."""
        item_id = self.new_id("item")
        self.items.promise(item_id)
        return item_id

    def own_call_id(self, wanted: str) -> str:
        """Return an id for a call that this server makes: the model's own, unless it has used it before."""
        call_id = self.new_id("call") if not wanted or wanted in self._call_ids else wanted
        self._call_ids.add(call_id)
        return call_id

    def fire(self, trigger: Trigger, reason: str = "") -> None:
        """Move the floor.

        Raises:
            IllegalTransition: the table does not list this pair.
        """
        target = TABLE.get((self.state, trigger))
        if target is None:
            raise IllegalTransition(self.state, trigger)
        before, self.state = self.state, target
        if VISIBLE[before] != VISIBLE[target]:
            self.emit(TurnStateChanged(state=VISIBLE[target], reason=reason or trigger.value))

    def start_timer(self, name: str, delay_seconds: float) -> None:
        """Begin the timer `name`, in the place of one that runs."""
        self.cancel_timer(name)
        timer_id = self.new_id(f"timer_{name}")
        self._timers[name] = timer_id
        self.emit(StartTimer(timer_id=timer_id, delay_seconds=delay_seconds))

    def cancel_timer(self, name: str) -> None:
        """End the timer `name`, if it runs."""
        timer_id = self._timers.pop(name, None)
        if timer_id is not None:
            self.emit(CancelTimer(timer_id=timer_id))

    def cancel_all_timers(self) -> None:
        """End every timer that runs."""
        for name in list(self._timers):
            self.cancel_timer(name)

    def take_fired(self, timer_id: str) -> str | None:
        """Return the name of the timer that fired, or None for one that was given up meanwhile."""
        for name, running in self._timers.items():
            if running == timer_id:
                del self._timers[name]
                return name
        return None

    def refuse(self, error: InputError, event_id: str | None) -> None:
        """Tell the client that its request was refused."""
        failure = Failure(code=error.code, stage=error.stage, message=error.message, remedy=error.remedy)
        self.emit(ErrorRaised(failure=failure, event_id=event_id, param=error.param))
