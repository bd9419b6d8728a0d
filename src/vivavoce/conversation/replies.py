"""The life of replies: asked for, written, spoken, finished or stopped.

Owns which reply is active (one at most in the conversation, any number beside it), the gate that drops what belongs to
a reply that is over, and the order of the news about a reply. Refuses to know the user's turn, and which engines work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from vivavoce.conversation import reply_output
from vivavoce.conversation.anticipation import Anticipation
from vivavoce.conversation.asking import new_reply, order_for
from vivavoce.conversation.effects import MemoriesUsed, ReplyCreated, ReplyDone, TurnTimed
from vivavoce.conversation.events import (
    ClauseSpoken,
    Failure,
    ReplyEnded,
    ReplyFailed,
    ReplyMemoriesUsed,
    ReplyTextArrived,
    ReplyToolCallArrived,
    SpeechSynthesized,
    SynthesisFailed,
)
from vivavoce.conversation.orders import CancelReply
from vivavoce.conversation.reply import TurnClock
from vivavoce.conversation.settings import ReplyOptions
from vivavoce.conversation.transitions import Trigger
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.effects import ReplyStatus
    from vivavoce.conversation.items import Item
    from vivavoce.conversation.playout import Playout
    from vivavoce.conversation.reply import EngineEvent, Reply, SpeechEvent, WrittenEvent

__all__ = ["Replies"]

STALL_SECONDS = 60.0
"""A reply in which nothing has happened for this long has failed, whatever its engines' own deadlines say."""

MAX_REPLIES_BESIDE = 4
"""Replies out of the conversation that may run at once."""


class Replies:
    """All replies under way, by id."""

    def __init__(self, core: Core, playout: Playout) -> None:
        self._core = core
        self._playout = playout
        self._running: dict[str, Reply] = {}
        self._anticipated: Anticipation | None = None
        self._asked: list[Reply] = []
        self._ended: list[Reply] = []

    @property
    def active(self) -> Reply | None:
        """The conversation's own reply under way."""
        return next((reply for reply in self._running.values() if reply.in_band), None)

    def take_asked(self) -> list[Reply]:
        """Return the conversation's replies that an engine was asked for since the last call."""
        asked, self._asked = self._asked, []
        return asked

    def take_ended(self) -> list[Reply]:
        """Return the conversation's replies that have ended since the last call."""
        ended, self._ended = self._ended, []
        return ended

    def start(
        self,
        options: ReplyOptions,
        *,
        clock: TurnClock | None = None,
        user_item_id: str | None = None,
        waiting_for: frozenset[str] = frozenset(),
    ) -> str:
        """Begin a reply and return its id; it is asked of the engine once the transcripts in `waiting_for` are known.

        Raises:
            InputError: another reply is active, or an item to answer does not exist.
        """
        core = self._core
        self._check_room(options)
        for item in options.input_items or ():
            if item.kind == "reference":
                core.items.get(item.id)
        reply, held = self._taken_up(
            new_reply(core, options, clock=clock or TurnClock(core.now), user_item_id=user_item_id)
        )
        reply.waiting_for = set(waiting_for)
        self._running[reply.id] = reply
        core.emit(ReplyCreated(reply=reply.snapshot("in_progress")))
        if reply.in_band:
            core.fire(Trigger.REPLY_STARTED)
        core.start_timer(f"stall:{reply.id}", STALL_SECONDS)
        if held is not None:
            self._asked.append(reply)
            for _, event in held:
                self.handle(event)
        elif not reply.waiting_for:
            self._ask(reply)
        return reply.id

    def anticipate(self, item: Item, *, language: str) -> None:
        """Ask for the reply to a turn that may be over; nothing of it is told before `start`.

        `item` is the turn as it will stand in the conversation, `language` the one it would be answered in.
        """
        self.forget_anticipated()
        if self.active is not None:
            return
        core = self._core
        reply = new_reply(core, ReplyOptions(), clock=TurnClock(core.now), user_item_id=item.id, language=language)
        order = order_for(core, reply, [*core.items, item])
        self._anticipated = Anticipation(reply=reply, order=order)
        core.emit(order)

    def forget_anticipated(self) -> None:
        """The turn was not over, or is answered otherwise: stop the work that was begun for it."""
        if self._anticipated is not None:
            self._core.emit(CancelReply(response_id=self._anticipated.reply.id))
            self._anticipated = None

    def transcript_settled(self, item_id: str) -> None:
        """The words of `item_id` are known, or never will be."""
        for reply in self._running.values():
            if item_id in reply.waiting_for:
                reply.waiting_for.discard(item_id)
                if not reply.waiting_for:
                    self._ask(reply)

    def handle(self, event: EngineEvent) -> None:
        """Take in what an engine made; work that nobody waits for any more is dropped here."""
        if self._hold(event):
            return
        reply = self._running.get(event.response_id)
        if reply is None or reply.waiting_for:
            return
        reply.progress_at = self._core.now
        match event:
            case ReplyTextArrived() | ReplyToolCallArrived() | ReplyMemoriesUsed() | ReplyEnded() | ReplyFailed():
                if not reply.text_ended:
                    self._take_words(reply, event)
            case _:
                if event.clause_index in reply.unspoken:
                    self._take_speech(reply, event)
        if reply.text_ended and not reply.unspoken:
            self._finish(reply)

    def _hold(self, event: EngineEvent) -> bool:
        """Keep an event of the anticipated reply for later, and tell whether it was one."""
        early = self._anticipated
        if early is None or event.response_id != early.reply.id:
            return False
        ahead = early.hold(event, self._core.now)
        if ahead is None:
            self.forget_anticipated()
        else:
            self._core.emit(*ahead)
        return True

    def _taken_up(self, wanted: Reply) -> tuple[Reply, list[tuple[float, EngineEvent]] | None]:
        """Return the reply to go on with: the anticipated one and what it has said, where it is what is wanted."""
        early = self._anticipated
        if early is None or not wanted.in_band:
            return wanted, None
        if wanted.user_item_id == early.reply.user_item_id and early.answers(wanted, order_for(self._core, wanted)):
            self._anticipated = None
            early.reply.clock, early.reply.progress_at = wanted.clock, wanted.progress_at
            early.mark(wanted.clock)
            return early.reply, early.held
        self.forget_anticipated()
        return wanted, None

    def _take_words(self, reply: Reply, event: WrittenEvent) -> None:
        match event:
            case ReplyTextArrived():
                reply_output.add_text(self._core, self._playout, reply, event.text)
            case ReplyToolCallArrived():
                reply_output.add_tool_call(self._core, reply, event)
            case ReplyMemoriesUsed():
                self._core.emit(MemoriesUsed(response_id=reply.id, memories=event.memories))
            case ReplyEnded():
                reply.finish_reason, reply.usage = event.finish_reason, event.usage
                reply.is_written = event.finish_reason not in ("length", "content_filter")
                self._end_text(reply)
            case ReplyFailed():
                reply.failure = event.failure
                self._end_text(reply)
            case _:
                assert_never(event)

    def _take_speech(self, reply: Reply, event: SpeechEvent) -> None:
        match event:
            case SpeechSynthesized():
                reply_output.add_speech(self._core, reply, event)
            case ClauseSpoken():
                reply.unspoken.discard(event.clause_index)
                reply.clauses[event.clause_index].is_whole = True
            case SynthesisFailed():
                reply.unspoken.discard(event.clause_index)
                reply.failure = reply.failure or event.failure
            case _:
                assert_never(event)

    def cancel(self, reply: Reply, reason: str) -> None:
        """Stop the reply now; nothing of it follows its `ReplyDone`."""
        core = self._core
        core.emit(CancelReply(response_id=reply.id))
        reply.clock.mark("interrupted", core.now)
        self._playout.silence(reply)
        self._close(reply, "cancelled", reason=reason)
        if reply.in_band:
            self._playout.settle(reply.item_id)

    def interrupt(self, reason: str) -> None:
        """The listener took the floor: stop the conversation's reply, and what still plays of earlier ones."""
        active = self.active
        if active is not None:
            self.cancel(active, reason)
        self._playout.clear()

    def cancel_requested(self, response_id: str | None) -> None:
        """Stop the reply a client names, or the conversation's own.

        A client that reports its playout counts a reply as its own until the last of it was heard, so it may stop one
        that is whole and still plays; any other truncates the item instead.

        Raises:
            InputError: `response_cancel_not_active`.
        """
        reply = self._running.get(response_id) if response_id else self.active
        if reply is None and self._core.settings.playout_reports and self._playout.plays(response_id):
            self._playout.clear()
            return
        if reply is None:
            raise InputError(
                "response_cancel_not_active",
                "Cancellation failed: no active response found",
                param="response_id" if response_id else None,
            )
        self.cancel(reply, "client_cancelled")
        if reply.in_band:
            self._playout.clear()

    def stalled(self, response_id: str) -> None:
        """A reply's timer ran out: it has failed, unless something happened meanwhile."""
        reply = self._running[response_id]
        idle = self._core.now - reply.progress_at
        if idle < STALL_SECONDS:
            # Never less than a second: the rest may be too small to move a clock of large numbers.
            self._core.start_timer(f"stall:{reply.id}", max(1.0, STALL_SECONDS - idle))
            return
        reply.failure = Failure(
            code="reply_stalled",
            stage="llm",
            message="The reply stopped coming.",
            remedy="Ask again; if it happens often, run 'vivavoce doctor'.",
            retryable=True,
        )
        self._core.emit(CancelReply(response_id=reply.id))
        self._close(reply, "failed")
        if reply.in_band:
            self._playout.finished(reply)

    def cancel_all(self) -> None:
        """The session is over: stop all work and say nothing."""
        for reply in self._running.values():
            self._core.emit(CancelReply(response_id=reply.id))
        self._running.clear()
        self.forget_anticipated()

    def _check_room(self, options: ReplyOptions) -> None:
        active = self.active
        if options.in_band and active is not None:
            raise InputError(
                "conversation_already_has_active_response",
                f"Conversation already has an active response in progress: {active.id}. "
                "Wait until the response is finished before creating a new one.",
            )
        if not options.in_band and len(self._running) - (active is not None) >= MAX_REPLIES_BESIDE:
            raise InputError(
                "too_many_responses",
                f"{MAX_REPLIES_BESIDE} responses outside the conversation are already in progress.",
                remedy="Wait until one of them is finished.",
            )

    def _ask(self, reply: Reply) -> None:
        reply.progress_at = self._core.now
        self._core.emit(order_for(self._core, reply))
        if reply.in_band:
            self._asked.append(reply)

    def _end_text(self, reply: Reply) -> None:
        reply.text_ended = True
        reply_output.flush(self._core, self._playout, reply)

    def _finish(self, reply: Reply) -> None:
        if reply.failure is not None and not reply.has_output:
            self._close(reply, "failed")
        elif reply.finish_reason == "length":
            self._close(reply, "incomplete", reason="max_output_tokens")
        elif reply.finish_reason == "content_filter":
            self._close(reply, "incomplete", reason="content_filter")
        else:
            self._close(reply, "failed" if reply.failure else "completed")
        if reply.in_band:
            self._playout.finished(reply)

    def _close(self, reply: Reply, status: ReplyStatus, *, reason: str = "") -> None:
        core = self._core
        reply.status = status
        del self._running[reply.id]
        core.cancel_timer(f"stall:{reply.id}")
        output = reply_output.close(core, reply, "completed" if status == "completed" else "incomplete")
        if reply.in_band:
            self._ended.append(reply)
            core.emit(TurnTimed(response_id=reply.id, item_id=reply.user_item_id, marks=reply.clock.marks()))
        core.emit(ReplyDone(reply=reply.snapshot(status, reason=reason, output=output)))
