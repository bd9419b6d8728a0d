"""What a reply says, as the client gets it: items opened, text and speech in order, items closed.

Owns the sequence of the news about one reply's output, which follows the Realtime protocol (item added, part added,
deltas, audio done, transcript done, part done, item done). Refuses to know when a reply starts or ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.effects import (
    ActionCue,
    ContentPartAdded,
    ContentPartDone,
    ExpressionCue,
    FunctionCallArguments,
    FunctionCallDone,
    ItemAdded,
    ItemDone,
    OutputAudio,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputText,
    OutputTextDone,
    ToolCallArguments,
    ToolCallWritten,
)
from vivavoce.conversation.orders import Synthesize
from vivavoce.conversation.reply import SpokenClause, ToolCall
from vivavoce.conversation.transitions import Trigger
from vivavoce.speech.cues import action_named
from vivavoce.speech.speakable import speakable

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import ReplyToolCallArrived, SpeechSynthesized
    from vivavoce.conversation.items import Item, ItemKind, ItemStatus
    from vivavoce.conversation.playout import Playout
    from vivavoce.conversation.reply import Reply

__all__ = ["add_speech", "add_text", "add_tool_call", "close", "flush", "voice_order"]


def add_text(core: Core, playout: Playout, reply: Reply, delta: str) -> None:
    """Send more of the reply's text, without its cues, and have every clause it completes spoken."""
    if reply.cues is not None:
        delta, cues = reply.cues.feed(delta)
        reply.cues_due += cues
    _say(core, playout, reply, delta)


def _say(core: Core, playout: Playout, reply: Reply, delta: str) -> None:
    if not delta:
        return
    if reply.message_index is None:
        _open_message(core, playout, reply)
    reply.clock.mark("first_token", core.now)
    reply.text += delta
    index = reply.message_index or 0
    core.emit(OutputText(response_id=reply.id, item_id=reply.item_id, output_index=index, part=reply.part, delta=delta))
    if reply.modality == "text":
        _first_output(core, reply)
        _tell_cues(core, reply, before=len(reply.text))
        return
    _speak(core, reply, reply.chunker.feed(delta))


def flush(core: Core, playout: Playout, reply: Reply) -> None:
    """The text is whole: have its last clauses spoken."""
    if reply.cues is not None:
        rest, cues = reply.cues.flush()
        reply.cues_due += cues
        _say(core, playout, reply, rest)
    if reply.modality == "audio" and reply.message_index is not None:
        _speak(core, reply, reply.chunker.flush())


def add_speech(core: Core, reply: Reply, event: SpeechSynthesized) -> None:
    """Send a chunk of speech."""
    clause = reply.clauses[event.clause_index]
    _first_output(core, reply)
    reply.clock.mark("first_audio", core.now)
    if not clause.samples:
        _tell_cues(core, reply, before=sum(len(said.text) for said in reply.clauses[: event.clause_index + 1]))
    core.emit(
        OutputAudio(
            response_id=reply.id,
            item_id=reply.item_id,
            output_index=reply.message_index or 0,
            chunk_id=event.chunk_id,
            first_sample=reply.samples,
            samples=event.samples,
            text="" if clause.samples else _text_up_to(reply, event.clause_index),
        )
    )
    clause.samples += event.samples
    core.ledger.sent(reply.item_id, event.samples, core.now)


def add_tool_call(core: Core, reply: Reply, event: ReplyToolCallArrived) -> None:
    """Send more of a call."""
    call = reply.calls.get(event.index)
    if call is None:
        call = reply.calls[event.index] = _new_call(core, reply, event)
        _open_item(core, reply, call.item("in_progress"), call.output_index)
    if not event.arguments:
        return
    call.arguments += event.arguments
    place = {"response_id": reply.id, "item_id": call.item_id, "delta": event.arguments}
    if call.kind == "function_call":
        core.emit(FunctionCallArguments(**place, output_index=call.output_index, call_id=call.call_id))
    elif call.kind == "mcp_call":
        core.emit(ToolCallArguments(**place, output_index=call.output_index))


def close(core: Core, reply: Reply, status: ItemStatus) -> tuple[Item, ...]:
    """Close everything the reply opened, and return its items in order; `status` is that of its message."""
    closed: list[tuple[int, Item]] = []
    if reply.message_index is not None:
        closed.append((reply.message_index, _close_message(core, reply, status)))
    for call in reply.calls.values():
        if reply.has_whole_calls:
            _end_arguments(core, reply, call)
        written: ItemStatus = "in_progress" if call.kind == "mcp_call" else "completed"
        item = call.item(written if reply.has_whole_calls else "incomplete")
        closed.append((call.output_index, _close_item(core, reply, item, call.output_index)))
    return tuple(item for _, item in sorted(closed, key=lambda pair: pair[0]))


def _new_call(core: Core, reply: Reply, event: ReplyToolCallArrived) -> ToolCall:
    tool = next((tool for tool in reply.tools if tool.name == event.name), None)
    # A name that nobody offered is for whoever offers all the tools there are: to be answered, and never to be run.
    is_unknown = tool is None and bool(reply.tools) and all(known.server_label for known in reply.tools)
    label = reply.tools[0].server_label if is_unknown else tool.server_label if tool is not None else ""
    kind: ItemKind = "function_call"
    if label:
        kind = "mcp_approval_request" if tool is not None and tool.needs_approval else "mcp_call"
    return ToolCall(
        item_id=core.new_item_id(),
        call_id=event.call_id or core.new_id("call") if kind == "function_call" else core.own_call_id(event.call_id),
        name=event.name,
        output_index=reply.next_output_index,
        kind=kind,
        server_label=label,
        is_unknown=is_unknown,
    )


def _end_arguments(core: Core, reply: Reply, call: ToolCall) -> None:
    place = {"response_id": reply.id, "item_id": call.item_id, "arguments": call.arguments}
    if call.kind == "function_call":
        core.emit(
            FunctionCallDone(**place, output_index=call.output_index, call_id=call.call_id, name=call.name),
        )
    elif call.kind == "mcp_call":
        core.emit(ToolCallWritten(**place, output_index=call.output_index))


def _tell_cues(core: Core, reply: Reply, *, before: int) -> None:
    """Tell the cues whose words begin before this character of the text."""
    while reply.cues_due and reply.cues_due[0].place < before:
        cue = reply.cues_due.pop(0)
        action = action_named(cue.name)
        if action is not None:
            core.emit(ActionCue(response_id=reply.id, item_id=reply.item_id, action=action, first_sample=reply.samples))
            continue
        core.emit(
            ExpressionCue(response_id=reply.id, item_id=reply.item_id, expression=cue.name, first_sample=reply.samples)
        )


def _open_message(core: Core, playout: Playout, reply: Reply) -> None:
    reply.message_index = reply.next_output_index
    if reply.in_band and reply.modality == "audio":
        playout.opened(reply)
    _open_item(core, reply, reply.message("in_progress", with_content=False), reply.message_index)
    core.emit(
        ContentPartAdded(response_id=reply.id, item_id=reply.item_id, output_index=reply.message_index, part=reply.part)
    )


def _open_item(core: Core, reply: Reply, item: Item, index: int) -> None:
    core.emit(OutputItemAdded(response_id=reply.id, output_index=index, item=item))
    if reply.in_band:
        previous = core.items.insert(item)
        core.emit(ItemAdded(item=item, previous_item_id=previous))


def voice_order(reply: Reply, index: int, text: str) -> Synthesize | None:
    """Return what has to be done for a clause to be heard; None when there is nothing in it to say aloud."""
    spoken = speakable(text, reply.language)
    if not spoken:
        return None
    return Synthesize(
        response_id=reply.id,
        clause_index=index,
        text=spoken,
        language=reply.language,
        voice=reply.voice,
        speed=reply.speed,
    )


def _speak(core: Core, reply: Reply, clauses: list[str]) -> None:
    for clause in clauses:
        index = len(reply.clauses)
        order = voice_order(reply, index, clause)
        reply.clauses.append(SpokenClause(clause, is_silent=order is None))
        if order is None:
            continue
        reply.clock.mark("first_clause", core.now)
        reply.unspoken.add(index)
        if index not in reply.spoken_ahead:
            core.emit(order)


def _first_output(core: Core, reply: Reply) -> None:
    if reply.in_band and not reply.samples:
        core.fire(Trigger.FIRST_OUTPUT)


def _text_up_to(reply: Reply, clause_index: int) -> str:
    """The clause's text, with that of the clauses before it that have no sound of their own."""
    silent_from = clause_index
    while silent_from and not reply.clauses[silent_from - 1].samples:
        silent_from -= 1
    return "".join(clause.text for clause in reply.clauses[silent_from : clause_index + 1])


def _close_message(core: Core, reply: Reply, status: ItemStatus) -> Item:
    index = reply.message_index or 0
    if status == "completed":
        # A cue behind the last word is for the time when all is said.
        _tell_cues(core, reply, before=len(reply.text) + 1)
    if reply.part == "output_audio":
        core.emit(OutputAudioDone(response_id=reply.id, item_id=reply.item_id, output_index=index))
    shared = {"response_id": reply.id, "item_id": reply.item_id, "text": reply.text}
    core.emit(
        OutputTextDone(**shared, output_index=index, part=reply.part),
        ContentPartDone(**shared, output_index=index, part=reply.part),
    )
    return _close_item(core, reply, reply.message(status), index)


def _close_item(core: Core, reply: Reply, item: Item, index: int) -> Item:
    core.emit(OutputItemDone(response_id=reply.id, output_index=index, item=item))
    # A client that has deleted the item meanwhile must not see it again.
    if reply.in_band and item.id in core.items:
        core.items.replace(item)
        if item.status == "in_progress":
            return item
        core.emit(ItemDone(item=item, previous_item_id=core.items.previous_id(item.id)))
    return item
