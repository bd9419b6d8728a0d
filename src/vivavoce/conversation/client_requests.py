"""What a client asks of the conversation itself, done or refused in plain words.

Owns how a request becomes a step of the parts that it is for. Refuses to know the wire's spelling of a request, and
turns, replies and tools themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from vivavoce.conversation import events as ev
from vivavoce.conversation.effects import ItemAdded, ItemDeleted, ItemDone, ItemRetrieved
from vivavoce.conversation.initiative import OPEN_STATES
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from vivavoce.conversation.approvals import Approvals
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.playout import Playout
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.tool_calls import ToolCalls
    from vivavoce.conversation.user_turns import UserTurns

__all__ = ["ClientRequests", "Request"]

Request = (
    ev.InputCommitRequested
    | ev.InputClearRequested
    | ev.ItemCreateRequested
    | ev.ItemDeleteRequested
    | ev.ItemRetrieveRequested
    | ev.ItemTruncateRequested
    | ev.ReplyRequested
    | ev.ReplyCancelRequested
)


class ClientRequests:
    """Performs requests; the session goes on whatever becomes of one."""

    def __init__(
        self,
        core: Core,
        replies: Replies,
        *,
        playout: Playout,
        turns: UserTurns,
        tools: ToolCalls,
        approvals: Approvals,
    ) -> None:
        self._core = core
        self._replies = replies
        self._playout = playout
        self._turns = turns
        self._tools = tools
        self._approvals = approvals

    def perform(self, request: Request) -> None:
        """Do what the client asks, or tell it in plain words why not; the session goes on either way."""
        try:
            self._perform(request)
        except InputError as error:
            self._core.refuse(error, request.event_id)

    def _perform(self, request: Request) -> None:
        core = self._core
        match request:
            case ev.InputCommitRequested():
                self._tools.user_spoke()
                self._turns.commit_requested(request)
            case ev.InputClearRequested():
                self._turns.clear_requested()
            case ev.ItemCreateRequested():
                self._create(request)
            case ev.ItemDeleteRequested():
                core.items.delete(request.item_id)
                core.emit(ItemDeleted(item_id=request.item_id))
                self._turns.forget(request.item_id)
                self._tools.forget(request.item_id)
                self._approvals.forget(request.item_id)
            case ev.ItemRetrieveRequested():
                core.emit(ItemRetrieved(item=core.items.retrieve(request.item_id)))
            case ev.ItemTruncateRequested():
                self._playout.truncate(request)
            case ev.ReplyRequested():
                self._begin_reply(request)
            case ev.ReplyCancelRequested():
                self._cancel(request.response_id)
            case _:
                assert_never(request)

    def _cancel(self, response_id: str | None) -> None:
        """Stop a reply, or the tools for which the user waits, and what is said meanwhile.

        Clients cancel by themselves when somebody speaks, and nothing of a tool is lost by an interruption: the tools
        are stopped only while nobody does.
        """
        active = self._replies.active
        is_waiting = (active is None or active.asked.is_aside) and self._core.state in OPEN_STATES
        has_stopped = not response_id and is_waiting and self._tools.cancel_current()
        is_heard = self._core.settings.playout_reports and self._playout.is_playing
        if active is not None or is_heard or not has_stopped:
            self._replies.cancel_requested(response_id)

    def _begin_reply(self, request: ev.ReplyRequested) -> None:
        options = request.options
        if self._tools.is_repeated(options):
            return
        is_about_all = options.in_band and options.input_items is None and self._replies.active is None
        if is_about_all and self._approvals.hear(self._last_typed(), options):
            return
        self._replies.start(options, waiting_for=self._turns.unsettled)
        if options.in_band:
            self._turns.withdraw_questions()

    def _last_typed(self) -> str:
        """Return the user's words, where they are the last thing said."""
        last = next((item for item in reversed(list(self._core.items)) if item.kind == "message"), None)
        if last is None or last.role != "user":
            return ""
        return " ".join(part.text or "" for part in last.content)

    def _create(self, request: ev.ItemCreateRequested) -> None:
        core = self._core
        item = request.item
        if not item.id:
            item = replace(item, id=core.new_id("item"))
        has_unknown_words = any(part.kind == "input_audio" and part.text is None for part in item.content)
        if has_unknown_words:
            self._turns.check_room()
        if item.kind == "mcp_approval_response":
            self._approvals.check(item)
        previous = core.items.admit(item, after=request.previous_item_id)
        core.emit(ItemAdded(item=item, previous_item_id=previous), ItemDone(item=item, previous_item_id=previous))
        if item.kind == "mcp_approval_response":
            self._approvals.answer(item)
        elif item.kind == "message" and item.role == "user":
            self._tools.user_spoke()
        if has_unknown_words:
            self._turns.adopt(item)
