"""A witness of a conversation: reads every effect in order and complains about whatever must never happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx
from vivavoce.conversation import orders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.conversation.items import Item

AFTER_THE_END = (fx.TurnTimed, fx.PlayoutCleared, fx.PlayoutHeld, fx.PlayoutResumed)
"""What may still be said of a reply that is over: how it was heard."""


@dataclass
class _Seen:
    """What was seen of one reply."""

    in_band: bool = True
    is_told: bool = False
    open_items: set[str] = field(default_factory=set)
    open_parts: set[str] = field(default_factory=set)
    text: str = ""
    samples: int = 0
    is_asked: bool = False
    is_cancelled: bool = False
    is_over: bool = False
    arguments: dict[str, str] = field(default_factory=dict)


class Witness:
    """Checks effects one by one; `order` is the conversation as a client that follows the news sees it."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.replies: dict[str, _Seen] = {}
        self.texts: dict[str, str] = {}
        self.held: set[str] = set()
        self._cut: set[str] = set()
        self._state = "idle"
        self._sought: set[tuple[str, int]] = set()
        self.tools: dict[str, str] = {}
        self.under_way: set[str] = set()
        self._orders: dict[str, orders.RunTool] = {}
        self._left_to_others: set[str] = set()
        self._at_work: set[str] = set()
        self._ended: set[str] = set()

    @property
    def own_replies(self) -> list[str]:
        """The replies that write to the conversation now."""
        return [
            response_id
            for response_id, seen in self.replies.items()
            if seen.is_told and seen.in_band and not seen.is_over
        ]

    def unfinished(self) -> list[str]:
        """Return the replies whose work has neither come to an end nor been stopped."""
        return [response_id for response_id, seen in self.replies.items() if not (seen.is_over or seen.is_cancelled)]

    def read(self, effects: Sequence[fx.Effect]) -> None:
        """Check the effects of one event."""
        for effect in effects:
            self._read_one(effect)
        assert len(self.own_replies) <= 1, "two replies write to the conversation"

    def compare(self, items: Sequence[Item]) -> None:
        """Check the conversation itself against the news of it."""
        assert [item.id for item in items] == self.order
        assert len(set(self.order)) == len(self.order), "two items with one id"
        for item in items:
            for part in item.content:
                written = self.texts.get(item.id)
                if part.heard is not None and written is not None:
                    assert written.startswith(part.heard), "heard what was never written"

    def _read_one(self, effect: fx.Effect) -> None:
        response_id = getattr(effect, "response_id", None)
        if response_id is not None:
            seen = self.replies.setdefault(response_id, _Seen())
            # A reply may be begun, and dropped again, before anybody is told of it.
            assert seen.is_told or isinstance(effect, orders.Generate | orders.Synthesize | orders.CancelReply)
            assert not seen.is_over or isinstance(effect, AFTER_THE_END), f"{effect} after the reply's end"
            assert not seen.is_cancelled or not isinstance(effect, fx.OutputAudio | fx.OutputText | orders.Synthesize)
            self._read_reply(seen, effect)
        self._read_tools(effect)
        match effect:
            case fx.TurnStateChanged():
                assert effect.state != self._state, "a change to the same state"
                self._state = effect.state
            case fx.PlayoutHeld() | fx.PlayoutResumed() | fx.PlayoutCleared():
                self._read_playout(effect)
            case orders.Transcribe():
                assert (effect.item_id, effect.attempt) not in self._sought
                self._sought.add((effect.item_id, effect.attempt))
            case orders.CancelTranscription():
                assert (effect.item_id, effect.attempt) in self._sought
            case fx.ItemAdded():
                place = 0 if effect.previous_item_id is None else self.order.index(effect.previous_item_id) + 1
                self.order.insert(place, effect.item.id)
            case fx.ItemDeleted():
                self.order.remove(effect.item_id)
            case fx.ReplyCreated():
                seen = self.replies.setdefault(effect.reply.response_id, _Seen())
                assert not seen.is_told
                assert not seen.is_cancelled
                seen.is_told, seen.in_band = True, effect.reply.in_band
            case fx.ReplyDone():
                self._read_end(effect.reply)
            case _:
                pass

    def _read_tools(self, effect: fx.Effect) -> None:
        match effect:
            case fx.ToolCallStarted():
                assert effect.item_id not in self._at_work | self._ended, "a tool at work twice"
                self._at_work.add(effect.item_id)
            case orders.RunTool():
                assert effect.call_id not in self.tools, "run twice"
                assert effect.item_id in self._at_work
                self.tools[effect.call_id] = effect.item_id
                self.under_way.add(effect.call_id)
                self._orders[effect.call_id] = effect
            case orders.CancelTool():
                assert effect.call_id in self.under_way | self._left_to_others
                self.under_way.discard(effect.call_id)
            case fx.ToolCallEnded():
                self._at_work.remove(effect.item_id)
                self._ended.add(effect.item_id)
                self.under_way -= {call_id for call_id, item_id in self.tools.items() if item_id == effect.item_id}
            case fx.ItemDone() if effect.item.kind == "mcp_call":
                assert effect.item.id not in self._at_work, "done before it has ended"
                assert effect.item.status != "in_progress"
                self._end_for_others(effect.item)
            case _:
                pass

    def _end_for_others(self, done: Item) -> None:
        """A call whose item was deleted may end for one just like it, which waited for the same outcome."""
        for order in [self._orders[call_id] for call_id in self.under_way]:
            if order.item_id not in self.order and (order.name, order.arguments) == (done.name, done.arguments):
                self._left_to_others.add(order.call_id)
        self.under_way -= self._left_to_others

    def _read_playout(self, effect: fx.PlayoutHeld | fx.PlayoutResumed | fx.PlayoutCleared) -> None:
        match effect:
            case fx.PlayoutHeld():
                assert effect.item_id not in self.held | self._cut
                assert self.replies[effect.response_id].samples, "nothing to hold"
                self.held.add(effect.item_id)
            case fx.PlayoutResumed():
                self.held.remove(effect.item_id)
            case fx.PlayoutCleared():
                self.held.discard(effect.item_id)
                self._cut.add(effect.item_id)

    def _read_reply(self, seen: _Seen, effect: fx.Effect) -> None:
        match effect:
            case orders.Generate():
                assert not seen.is_asked, "asked twice"
                seen.is_asked = True
            case orders.CancelReply():
                seen.is_cancelled = True
            case fx.OutputItemAdded():
                seen.open_items.add(effect.item.id)
            case fx.OutputItemDone():
                seen.open_items.remove(effect.item.id)
                assert effect.item.id not in seen.open_parts
            case fx.FunctionCallArguments() | fx.ToolCallArguments():
                assert effect.item_id in seen.open_items
                seen.arguments[effect.item_id] = seen.arguments.get(effect.item_id, "") + effect.delta
            case fx.FunctionCallDone() | fx.ToolCallWritten():
                assert effect.item_id in seen.open_items
                assert effect.arguments == seen.arguments.get(effect.item_id, "")
            case _:
                self._read_content(seen, effect)

    def _read_content(self, seen: _Seen, effect: fx.Effect) -> None:
        match effect:
            case fx.ContentPartAdded():
                assert effect.item_id in seen.open_items
                seen.open_parts.add(effect.item_id)
            case fx.OutputText():
                assert effect.item_id in seen.open_parts
                seen.text += effect.delta
                self.texts[effect.item_id] = seen.text
            case fx.OutputAudio():
                assert effect.item_id in seen.open_parts
                assert effect.first_sample == seen.samples
                seen.samples += effect.samples
            case fx.OutputTextDone():
                assert effect.item_id in seen.open_parts
                assert effect.text == seen.text
            case fx.ContentPartDone():
                assert effect.text == seen.text
                seen.open_parts.remove(effect.item_id)
            case _:
                pass

    def _read_end(self, reply: fx.ReplySnapshot) -> None:
        seen = self.replies[reply.response_id]
        assert not seen.is_over, "over twice"
        assert not seen.open_items, "an item was left open"
        assert not seen.open_parts, "a part was left open"
        if reply.status == "cancelled":
            assert seen.is_cancelled, "its work was not stopped"
        assert seen.is_cancelled or seen.is_asked, "over before it was asked for"
        seen.is_over = True
