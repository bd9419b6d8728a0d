"""The calls that this server makes, from the reply that asked for them to the reply that tells what came of them.

Owns the rounds: the calls of one reply, which are made together, and whether what came of them has been told. A round
under way is owed an answer; once the user's next turn is answered without it, it waits until the floor is free. Nothing
of it is lost when the user interrupts. Refuses to know what a tool does, who may use it (`approvals`), what is said
while it works (`working_lines`), and when somebody else has the floor (`initiative`).
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import ItemDone, ToolCallEnded, ToolCallStarted
from vivavoce.conversation.items import Item
from vivavoce.conversation.orders import CancelTool, RunTool
from vivavoce.conversation.tool_round import ToolRound
from vivavoce.conversation.working_lines import WorkingLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import ToolAnswered
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.reply import Reply
    from vivavoce.conversation.settings import ReplyOptions

__all__ = ["ToolCalls"]

MAX_ROUNDS = 8
"""How often the assistant may go on by itself after one turn of the user's; then it must answer with what it has."""

MAX_AT_WORK = 16
"""Calls of one conversation under way at once."""

DEADLINE_SECONDS = 300.0
"""A tool that has not answered by then has failed, whatever the deadlines of those who run it."""

STOPPED = "tool_cancelled"
"""The error code of a call that the client has stopped."""

REPEAT_SECONDS = 5.0
"""For how long after an outcome a client's own request to go on is taken for the one that the machine makes itself.

Clients of other servers ask for a reply as soon as a call is done.
"""


class ToolCalls:
    """All rounds that have not been told."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies
        self._lines = WorkingLines(core, replies)
        self._rounds: dict[str, ToolRound] = {}
        self._places: dict[str, int] = {}
        self._outcomes: dict[tuple[str, str], str] = {}
        self._going_on = ""
        self._telling_failure = ""
        self._depth = 0
        self._repeats = 0
        self._answered_at = 0.0

    # ------------------------------------------------------------------ rounds

    def begin(self, reply: Reply) -> None:
        """A reply is whole: make the calls that it asks for and that need no approval."""
        written_calls = [call for call in reply.server_calls if call.kind == "mcp_call"]
        # One whose item the client has deleted meanwhile is not wanted.
        calls = [call.item("in_progress") for call in written_calls if call.item_id in self._core.items]
        if not calls:
            return
        self._places |= {call.item_id: call.output_index for call in written_calls}
        written = [Item(id=item.id, kind="reference") for item in calls]
        options = replace(reply.asked, recital="", is_aside=False, metadata=())
        if options.input_items is not None:
            options = replace(options, input_items=(*options.input_items, *written))
        has_client_calls = len(reply.server_calls) < len(reply.calls)
        self._start(
            ToolRound(
                id=reply.id,
                options=options,
                user_item_id=reply.user_item_id,
                has_client_calls=has_client_calls,
            ),
            calls,
            has_spoken=reply.has_output,
            is_allowed=reply.tool_choice != "none",
            unknown={call.item_id: _not_found(reply, call.name) for call in written_calls if call.is_unknown},
        )

    def begin_approved(self, round_id: str, calls: Iterable[Item], options: ReplyOptions) -> None:
        """Make calls that have needed approval; those that were refused are completed already, and only told."""
        self._depth = 0
        self._start(
            ToolRound(id=round_id, options=options),
            [item for item in calls if item.status == "in_progress"],
            has_spoken=False,
            is_allowed=True,
        )

    def answered(self, event: ToolAnswered) -> None:
        """A call has come to an end; one that was given up is dropped here."""
        self._end_call(event.call_id, output=event.output, error_code=event.error_code)

    def overdue(self, call_id: str) -> None:
        """A tool has not answered for far too long."""
        self._core.emit(CancelTool(call_id=call_id))
        self._end_call(call_id, output="The tool did not answer.", error_code="tool_timed_out")

    def forget(self, item_id: str) -> None:
        """An item was deleted: if it is a call under way, nobody waits for it any more."""
        for round_ in list(self._rounds.values()):
            for call_id in round_.forget(item_id):
                self._core.cancel_timer(f"tool:{call_id}")
                self._core.emit(CancelTool(call_id=call_id))
                if not round_.under_way:
                    self._lines.end(round_)
                if not (round_.under_way or round_.has_outcome):
                    self._close(round_)
        self._note()

    def cancel_current(self) -> bool:
        """Stop the calls that are awaited now, and say nothing of it; False when there are none."""
        rounds = [round_ for round_ in self._rounds.values() if round_.is_current and round_.under_way]
        for round_ in rounds:
            for call_id in list(round_.under_way):
                self._core.emit(CancelTool(call_id=call_id))
                self._end_call(
                    call_id, output="The call was stopped before it had come to anything.", error_code=STOPPED
                )
            self._close(round_)
            # Whoever asks for a reply now wants one.
            self._repeats = 0
        return bool(rounds)

    def cancel_all(self) -> None:
        """The session is over: stop every tool."""
        for round_ in self._rounds.values():
            self._core.emit(*(CancelTool(call_id=call_id) for call_id in round_.under_way))
        self._rounds.clear()
        self._note()

    # ------------------------------------------------------------------ what came of them

    def note_asked(self, reply: Reply) -> None:
        """An engine was asked: what has ended was told with it, and what has not is no longer awaited."""
        if reply.asked.recital:
            return
        if reply.id != self._going_on:
            self._depth = 0
            self._outcomes.clear()
        if reply.asked.input_items is not None:
            return
        for round_ in [known for known in self._rounds.values() if known.id != reply.id]:
            round_.is_current = round_.has_client_calls = False
            self._lines.end(round_)
            if not round_.under_way:
                del self._rounds[round_.id]
        self._note()

    def go_on(self, *, is_free: bool) -> bool:
        """Have the outcome of a round told, if one is there; `is_free` when nobody has the floor."""
        due = next((round_ for round_ in self._rounds.values() if self._is_due(round_, is_free=is_free)), None)
        if due is None:
            return False
        self._close(due)
        self._depth += 1
        options, items = due.options, self._core.items
        is_forbidden = (options.tool_choice or self._core.settings.tool_choice) == "none"
        choice = "none" if self._depth >= MAX_ROUNDS or due.is_stale or is_forbidden else "auto"
        if options.input_items is not None:
            known = tuple(item for item in options.input_items if item.kind != "reference" or item.id in items)
            options = replace(options, input_items=known)
        self._going_on = self._replies.start(replace(options, tool_choice=choice), user_item_id=due.user_item_id)
        self._telling_failure = self._going_on if due.has_failed else ""
        return True

    def tells_failure(self, reply: Reply) -> bool:
        """Whether the machine itself asked for this reply, to tell of calls of which one has failed."""
        return reply.id == self._telling_failure

    def is_repeated(self, options: ReplyOptions) -> bool:
        """Whether a client asks for nothing but what the machine does by itself, once for each outcome."""
        is_plain = options.in_band and options.input_items is None and not options.metadata
        if not is_plain or not self._repeats or self._core.now - self._answered_at > REPEAT_SECONDS:
            return False
        self._repeats -= 1
        return True

    def user_spoke(self) -> None:
        """Something was said that has not been answered: whoever asks for a reply now means an answer to it."""
        self._repeats = 0

    def fill_silence(self, round_id: str, *, may_speak: bool) -> None:
        """A round's silence has grown long: say a line, if nobody else speaks now."""
        self._lines.fill(self._rounds[round_id], may_speak=may_speak)

    # ------------------------------------------------------------------ calls

    def _start(
        self,
        round_: ToolRound,
        calls: list[Item],
        *,
        has_spoken: bool,
        is_allowed: bool,
        unknown: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Make the calls; `unknown` says of those that name no tool what the model is told instead, by their item."""
        self._rounds[round_.id] = round_
        for item in calls:
            self._core.emit(ToolCallStarted(item_id=item.id, output_index=self._places.get(item.id, 0)))
            if not is_allowed:
                self._tell(round_, item, output="No tool may be called now.", error_code="tool_not_allowed")
            elif item.id in unknown:
                self._tell(round_, item, output=unknown[item.id], error_code="tool_not_found")
            elif (known := self._outcomes.get((item.name, item.arguments))) is not None:
                # Small models ask again and again for what they have been told; a second timer nobody wants.
                self._tell(round_, item, output=known, error_code="")
            elif not round_.join(item):
                self._run(round_, item)
        known_already = [item for item in calls if (item.name, item.arguments) in self._outcomes]
        round_.is_stale = bool(calls) and len(known_already) == len(calls)
        if not is_allowed:
            # The model was told to call nothing; asking it again would lead to the same.
            del self._rounds[round_.id]
        elif not round_.has_client_calls:
            self._lines.begin(round_, has_spoken=has_spoken)
        self._note()

    def _run(self, round_: ToolRound, item: Item) -> None:
        if sum(len(known.under_way) for known in self._rounds.values()) >= MAX_AT_WORK:
            self._tell(round_, item, output="Too many tools are at work already.", error_code="too_many_tools")
            return
        round_.under_way[item.call_id] = [item]
        self._core.emit(_order(item))
        self._core.start_timer(f"tool:{item.call_id}", DEADLINE_SECONDS)

    def _end_call(self, call_id: str, *, output: str, error_code: str) -> None:
        round_ = next((known for known in self._rounds.values() if call_id in known.under_way), None)
        if round_ is None:
            return
        waiting = round_.under_way.pop(call_id)
        self._core.cancel_timer(f"tool:{call_id}")
        for item in waiting:
            self._tell(round_, item, output=output, error_code=error_code)
            if not error_code:
                self._outcomes[item.name, item.arguments] = output
        if not round_.has_client_calls:
            self._repeats += len(waiting)
            self._answered_at = self._core.now
        if not round_.under_way:
            self._lines.end(round_)
        self._note()

    def _tell(self, round_: ToolRound, item: Item, *, output: str, error_code: str) -> None:
        core = self._core
        done = replace(item, status="completed", output=output, error_code=error_code)
        round_.has_outcome = True
        round_.has_failed |= bool(error_code)
        core.items.replace(done)
        place = self._places.pop(item.id, 0)
        core.emit(ToolCallEnded(item_id=item.id, output_index=place, has_failed=bool(error_code)))
        core.emit(ItemDone(item=done, previous_item_id=core.items.previous_id(item.id)))

    def _is_due(self, round_: ToolRound, *, is_free: bool) -> bool:
        return not round_.under_way and not round_.has_client_calls and (round_.is_current or is_free)

    def _close(self, round_: ToolRound) -> None:
        del self._rounds[round_.id]
        self._lines.end(round_)
        self._note()

    def _note(self) -> None:
        self._core.awaits_tools = any(
            round_.is_current and not round_.has_client_calls for round_ in self._rounds.values()
        )


def _not_found(reply: Reply, name: str) -> str:
    return f"There is no tool {name!r}. The tools are: {', '.join(tool.name for tool in reply.tools)}."


def _order(item: Item) -> RunTool:
    return RunTool(
        call_id=item.call_id,
        item_id=item.id,
        name=item.name,
        arguments=item.arguments,
        server_label=item.server_label,
    )
