"""Calls that wait for the user's yes.

Owns which wait, how the user is asked, and how an answer becomes a call or a refusal: by the protocol's own item at any
time, or by a clear yes or no in the turn that follows the question. Refuses to know how a call is made (`tool_calls`)
and which words say yes (`speech.consent`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import ItemAdded, ItemDone
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ReplyOptions
from vivavoce.errors import InputError
from vivavoce.speech.consent import consents

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.reply import Reply
    from vivavoce.conversation.tool_calls import ToolCalls

__all__ = ["Approvals"]

MAX_WAITING = 8
"""Requests that wait at once; with one more the oldest is dropped, and nothing comes of it."""


@dataclass(slots=True, kw_only=True)
class _Request:
    """A call that waits; `options` is how the reply that tells its outcome is to be made."""

    item: Item
    options: ReplyOptions
    is_asked: bool = False


class Approvals:
    """All requests of one conversation that are open, oldest first."""

    def __init__(self, core: Core, replies: Replies, tools: ToolCalls) -> None:
        self._core = core
        self._replies = replies
        self._tools = tools
        self._open: dict[str, _Request] = {}

    def begin(self, reply: Reply) -> None:
        """A reply is whole: its calls that need approval wait for it from now on."""
        options = replace(reply.asked, recital="", is_aside=False, metadata=(), input_items=None)
        for call in reply.server_calls:
            if call.kind == "mcp_approval_request" and call.item_id in self._core.items:
                self._open[call.item_id] = _Request(item=call.item("completed"), options=options)
        for item_id in list(self._open)[:-MAX_WAITING]:
            del self._open[item_id]
        self._note()

    def ask(self) -> bool:
        """Have the user asked for what they were not asked for yet, in one sentence; False when there is nothing."""
        unasked = [request for request in self._open.values() if not request.is_asked]
        if not unasked:
            return False
        names = dict.fromkeys(request.item.name.replace("_", " ") for request in unasked)
        question = self._core.settings.approval.replace("{name}", ", ".join(names))
        for request in unasked:
            request.is_asked = True
        if question:
            asked = unasked[0].options
            self._replies.start(ReplyOptions(recital=question, modality=asked.modality, voice=asked.voice))
        self._core.awaits_consent = bool(question)
        return bool(question)

    def check(self, response: Item) -> None:
        """Refuse an answer to what nobody asked.

        Raises:
            InputError: `approval_not_found`.
        """
        if response.approval_request_id not in self._open:
            raise InputError(
                "approval_not_found",
                f"No approval request '{response.approval_request_id}' is waiting for an answer.",
                remedy="Answer each mcp_approval_request once, with its id.",
                param="item.approval_request_id",
            )

    def answer(self, response: Item) -> None:
        """Take in the client's own answer to a request that is open."""
        request = self._open.pop(response.approval_request_id)
        self._decide([request], is_allowed=response.approves, reason=response.output)

    def is_answer(self, words: str) -> bool:
        """Whether these words, said now, would answer the question."""
        return self._core.awaits_consent and consents(words) is not None

    def hear(self, words: str, options: ReplyOptions | None = None) -> bool:
        """Take in what the user said next after the question; False when that is no answer but an ordinary turn.

        `options` is how the client wants the outcome to be told.
        """
        if not self._core.awaits_consent:
            return False
        self._core.awaits_consent = False
        is_allowed = consents(words)
        if is_allowed is None:
            return False
        asked = [request for request in self._open.values() if request.is_asked]
        for request in asked:
            del self._open[request.item.id]
            request.options = options or request.options
        self._decide(asked, is_allowed=is_allowed)
        return True

    def forget(self, item_id: str) -> None:
        """An item was deleted: a request that it stood for is dropped."""
        self._open.pop(item_id, None)
        self._note()

    def _decide(self, requests: list[_Request], *, is_allowed: bool, reason: str = "") -> None:
        core = self._core
        calls = [self._call(request.item, is_allowed=is_allowed, reason=reason) for request in requests]
        for call in calls:
            previous = core.items.insert(call)
            core.emit(ItemAdded(item=call, previous_item_id=previous))
            if not is_allowed:
                core.emit(ItemDone(item=call, previous_item_id=previous))
        self._tools.begin_approved(calls[0].id, calls, requests[0].options)
        self._note()

    def _call(self, request: Item, *, is_allowed: bool, reason: str) -> Item:
        call = replace(request, id=self._core.new_id("item"), kind="mcp_call", approval_request_id=request.id)
        if is_allowed:
            return replace(call, status="in_progress")
        return replace(call, output=f"{self._core.settings.refused} {reason}".strip(), error_code="tool_refused")

    def _note(self) -> None:
        is_asked = any(request.is_asked for request in self._open.values())
        self._core.awaits_consent = self._core.awaits_consent and is_asked
