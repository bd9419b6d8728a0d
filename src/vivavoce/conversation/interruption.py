"""Speech over a reply, while it is not known yet whether it means to interrupt.

Owns what becomes of the reply meanwhile and afterwards. A client that reports its playout keeps it on hold, and the
engines go on; any other drops what it has at the first sound of speech, so there the reply is cancelled, and what was
not heard of it is said again when nobody meant to interrupt. Refuses to know turns and transcripts (`user_turns`
does), and what words ask for the floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.conversation.reply import Reply
from vivavoce.conversation.transitions import Trigger

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.items import ContentPart
    from vivavoce.conversation.playout import Playout
    from vivavoce.conversation.replies import Replies

__all__ = ["FLOOR_TAKEN_TIMER", "PAUSE_WAIT_SECONDS", "WAIT_TIMER", "WORDS_WAIT_SECONDS", "Interruption"]

FLOOR_TAKEN_TIMER = "floor_taken"
FLOOR_TAKEN_SECONDS = 1.2
"""Speech without a pause that nobody utters only to say "go on": it takes the floor, whatever the words are."""

WAIT_TIMER = "interruption"
WORDS_WAIT_SECONDS = 2.5
"""How long a reply is held once the turn is over and its words are still sought."""

PAUSE_WAIT_SECONDS = 0.3
"""How long after a "mm-hm" the speaker may still go on before the reply does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _TakenBack:
    """A reply that was cancelled at the first sound: the items it had said something in, and the reply itself."""

    item_ids: tuple[str, ...]
    reply: Reply


class Interruption:
    """At most one at a time. It is open from the first sound until it is known to be real or false."""

    def __init__(self, core: Core, replies: Replies, playout: Playout) -> None:
        self._core = core
        self._replies = replies
        self._playout = playout
        self._taken_back: _TakenBack | None = None
        self._began_at = 0.0
        self.is_open = False
        self.answers_a_question = False

    def begin(self) -> None:
        """Somebody speaks over a reply, or before it: silence it for now."""
        core = self._core
        core.fire(Trigger.BARGED_IN)
        self.is_open = True
        self._began_at = core.now
        self.answers_a_question = self._playout.has_asked()
        if core.settings.playout_reports:
            self._playout.hold(self._replies.active)
        else:
            self._take_back()
        self.goes_on()

    def goes_on(self) -> None:
        """The speaker goes on, for now."""
        self._core.cancel_timer(WAIT_TIMER)
        self._core.start_timer(FLOOR_TAKEN_TIMER, FLOOR_TAKEN_SECONDS)

    def pauses(self) -> None:
        """The speaker fell silent."""
        self._core.cancel_timer(FLOOR_TAKEN_TIMER)

    def wait(self, seconds: float) -> None:
        """Hold the reply for so long and no longer."""
        self.pauses()
        self._core.start_timer(WAIT_TIMER, max(0.0, seconds))

    def prove(self) -> None:
        """It was real: the reply is not wanted any more."""
        since = self._began_at if self.is_open else self._core.now
        for reply in self._sounding():
            reply.clock.mark("interrupted", since)
        self._taken_back = None
        self._replies.interrupt("turn_detected")
        self._end()

    def disprove(self, *, is_owed: bool) -> bool:
        """Nobody meant to interrupt: the reply has the floor again. False when there is none any more.

        `is_owed` when a turn before it waits for its answer.
        """
        core, active = self._core, self._replies.active
        taken_back, self._taken_back = self._taken_back, None
        self._playout.resume()
        self._end()
        if self._playout.is_playing or (active is not None and active.has_output):
            core.fire(Trigger.NOT_INTERRUPTED)
        elif active is not None or is_owed:
            core.fire(Trigger.QUESTION_STANDS)
        else:
            return taken_back is not None and self._say_the_rest(taken_back)
        return True

    def _sounding(self) -> list[Reply]:
        active = self._replies.active
        return [*self._playout.playing, *([active] if active is not None else [])]

    def _end(self) -> None:
        self.is_open = False
        self._core.cancel_timer(FLOOR_TAKEN_TIMER)
        self._core.cancel_timer(WAIT_TIMER)
        self._playout.drop_hold()

    def _take_back(self) -> None:
        replies = self._sounding()
        self._replies.interrupt("turn_detected")
        if replies:
            self._taken_back = _TakenBack(item_ids=tuple(reply.item_id for reply in replies), reply=replies[-1])

    def _say_the_rest(self, taken_back: _TakenBack) -> bool:
        """Say what was written and not heard; a reply of which nothing was heard is asked for anew.

        False when all was heard, or the client itself decides what is said.
        """
        reply = taken_back.reply
        parts = [part for item_id in taken_back.item_ids for part in self._content(item_id) if part.heard is not None]
        rest = " ".join((part.text or "")[len(part.heard or "") :].strip() for part in parts).strip()
        is_heard = reply.text_ended or reply.calls or any(part.heard for part in parts)
        if not is_heard or (reply.status == "cancelled" and reply.server_calls):
            # Its calls were not made.
            rest = ""
        elif not rest:
            return False
        if not self._core.settings.reply_after_turn:
            return False
        self._core.fire(Trigger.QUESTION_STANDS)
        self._replies.start(reply.options(recital=rest), user_item_id=reply.user_item_id)
        return True

    def _content(self, item_id: str) -> tuple[ContentPart, ...]:
        return self._core.items.get(item_id).content if item_id in self._core.items else ()
