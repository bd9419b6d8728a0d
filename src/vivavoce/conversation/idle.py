"""The user's silence after a reply: how long it may last, the turn without words that ends it, and the session's end.

Owns the wait, which begins when a reply has been heard to its end and again whenever the floor falls free after that,
the item that stands for the silence, and the count of those that nobody answered: after the last of the nudges the
assistant says goodbye, and the session expires once that was heard. Refuses to know what the assistant says.

Spec: OpenAI API reference, `turn_detection.idle_timeout_ms` and `input_audio_buffer.timeout_triggered`. The end is our
own: there the assistant asks for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.effects import InputCommitted, InputTimedOut, ItemAdded, ItemDone, SessionExpired
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.orders import MeasureSilence, ReleaseInput
from vivavoce.conversation.settings import ReplyOptions
from vivavoce.conversation.transitions import State, Trigger

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import SilenceMeasured
    from vivavoce.conversation.replies import Replies

__all__ = ["UserSilence"]

SAMPLES_PER_MS = 16
TIMER = "idle"


class UserSilence:
    """Follows the floor, and speaks up when it has been free for too long."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies
        self._has_replied = False
        self._limit_seconds: float | None = None
        self._unanswered: list[str] = []
        self._is_leaving = False
        self._has_expired = False

    def follow(self) -> None:
        """Begin or end the wait as the floor and the settings are now; and the session, when the goodbye was heard."""
        core = self._core
        self._has_replied = self._has_replied or core.state is State.SPEAKING
        is_free = core.state is State.LISTENING and self._has_replied and not self._has_expired
        if is_free and self._is_leaving:
            self._is_leaving = False
            is_free = not self._expire()
        limit = core.settings.idle_seconds if is_free else None
        if limit == self._limit_seconds:
            return
        self._limit_seconds = limit
        core.cancel_timer(TIMER)
        if limit is not None:
            core.start_timer(TIMER, limit)

    def ran_out(self) -> None:
        """The user has said nothing for as long as may be: have the silence measured."""
        self._core.emit(MeasureSilence())

    def measured(self, event: SilenceMeasured) -> None:
        """Take the silence for a turn, and answer it; nothing happens when someone spoke up meanwhile."""
        core, limit = self._core, self._limit_seconds
        if limit is None or core.state is not State.LISTENING:
            return
        audio_ms = (event.end_sample - event.start_sample) // SAMPLES_PER_MS
        item = Item(id=core.new_id("item"), content=(ContentPart(kind="input_audio", text="", audio_ms=audio_ms),))
        end_ms = event.end_sample // SAMPLES_PER_MS
        start_ms = max(0, end_ms - round(limit * 1000))
        core.emit(InputTimedOut(item_id=item.id, audio_start_ms=start_ms, audio_end_ms=end_ms))
        previous = core.items.insert(item)
        core.emit(
            InputCommitted(
                item_id=item.id,
                previous_item_id=previous,
                start_sample=event.start_sample,
                end_sample=event.end_sample,
            ),
            ItemAdded(item=item, previous_item_id=previous),
            ItemDone(item=item, previous_item_id=previous),
            ReleaseInput(before_sample=event.end_sample),
        )
        core.fire(Trigger.TURN_CLOSED)
        self._speak_up(item.id)

    def _speak_up(self, item_id: str) -> None:
        settings = self._core.settings
        if self._has_answered():
            self._unanswered.clear()
        nudges = len(self._unanswered)
        self._unanswered.append(item_id)
        self._is_leaving = nudges >= len(settings.nudges)
        said = settings.farewell if self._is_leaving else settings.nudges[nudges]
        if settings.reply_after_turn and said:
            self._replies.start(ReplyOptions(silence=said), user_item_id=item_id)

    def _expire(self) -> bool:
        """End the session, unless the user has spoken up after all, or may be silent now."""
        if self._core.settings.idle_seconds is not None and not self._has_answered():
            self._has_expired = True
            self._core.emit(SessionExpired())
        return self._has_expired

    def _has_answered(self) -> bool:
        """Whether the user has said anything since the last silence."""
        items = list(self._core.items)
        while items and items[-1].id not in self._unanswered[-1:]:
            item = items.pop()
            if item.role == "user" and not item.is_aside and any(part.text for part in item.content):
                return True
        return False
