"""What the engine is told of the conversation: the items as prompt messages, with only what was really heard.

Owns five rules: an interrupted reply enters the prompt as far as the listener heard it, a tool call enters it with its
output or not at all (of one that is at work, the output says so), what only said "go on" does not enter it, the prompt
and every output in it are bounded, the oldest messages leaving first, and it does not end with the assistant's own
words. Refuses to know tokens, chat templates and any provider.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation.orders import PromptMessage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vivavoce.conversation.items import ContentPart, Item

__all__ = ["MAX_PROMPT_BYTES", "prompt"]

MAX_PROMPT_BYTES = 200_000
"""Some 50,000 tokens, far beyond what is ever wanted: what a model can take, and what stands for the rest, is the reply
engine's to decide, which knows its tokens."""

_LEAVING_BYTES = MAX_PROMPT_BYTES // 2
"""How much leaves at a time. If a little left at every turn, the prompt would begin otherwise each time, and an engine
would have to read all of it anew."""


MAX_OUTPUT_BYTES = 4_000
"""Of one tool's output; the end of a longer one is left out."""


def prompt(
    items: Iterable[Item], *, instructions: str, unanswered: str = "", still_working: str = ""
) -> tuple[PromptMessage, ...]:
    """Return the messages for an engine: the instructions first, then the newest items that say something, in order.

    `unanswered` stands in the user's place after words of the assistant that nobody has answered: engines take such
    words for the beginning of their reply, and find that there is nothing to add to it. `still_working` stands in the
    place of the output of a call that this server has under way; without it such a call is left out.
    """
    messages = [message for item in _paired(list(items), still_working) if (message := _message(item)) is not None]
    merged: list[PromptMessage] = []
    for message in _newest(messages):
        if merged and (joined := _joined(merged[-1], message)) is not None:
            merged[-1] = joined
        else:
            merged.append(message)
    if unanswered and merged and merged[-1].role == "assistant":
        merged.append(PromptMessage(role="user", content=unanswered))
    if instructions:
        merged.insert(0, PromptMessage(role="system", content=instructions))
    return tuple(merged)


def _paired(items: list[Item], still_working: str) -> Iterator[Item]:
    """Yield the items, each call followed by its output: every provider refuses a prompt with one alone.

    What was said while the tool was at work stands between the two in the conversation, and comes after them here.
    """
    outputs = {item.call_id: item for item in items if item.kind == "function_call_output"}
    for item in items:
        if item.kind == "message" and not item.is_aside:
            yield item
        elif item.kind == "function_call" and item.call_id in outputs:
            yield item
            yield outputs[item.call_id]
        elif item.kind == "mcp_call":
            output = still_working if item.status == "in_progress" else item.output
            if item.status == "completed" or output:
                yield replace(item, kind="function_call")
                yield replace(item, kind="function_call_output", output=output)


def _message(item: Item) -> PromptMessage | None:
    if item.kind == "function_call":
        return PromptMessage(role="assistant", content="", tool_calls=((item.call_id, item.name, item.arguments),))
    if item.kind == "function_call_output":
        return PromptMessage(role="tool", content=_bounded(item.output), tool_call_id=item.call_id)
    words = " ".join(text for part in item.content if (text := _heard(part)))
    return PromptMessage(role=item.role, content=words) if words else None


def _bounded(output: str) -> str:
    """Return the output, or as much of it as may be."""
    data = output.encode()
    if len(data) <= MAX_OUTPUT_BYTES:
        return output
    return f"{data[:MAX_OUTPUT_BYTES].decode(errors='ignore')} [...]"


def _heard(part: ContentPart) -> str:
    return (part.heard if part.heard is not None else part.text or "").strip()


def _joined(previous: PromptMessage, message: PromptMessage) -> PromptMessage | None:
    """Return two messages as one, where they are one.

    What someone said in two breaths must reach the model as one turn (many chat templates refuse two in a row), and a
    call belongs to what was said before it.
    """
    if previous.role != message.role or message.role not in ("user", "assistant"):
        return None
    if message.tool_calls:
        return replace(previous, tool_calls=message.tool_calls)
    return replace(previous, content=f"{previous.content} {message.content}")


def _newest(messages: list[PromptMessage]) -> list[PromptMessage]:
    sizes = [_size(message) for message in messages]
    leaving = -(-max(0, sum(sizes) - MAX_PROMPT_BYTES) // _LEAVING_BYTES) * _LEAVING_BYTES
    left = 0
    while leaving > 0 and left < len(messages) - 1:
        leaving -= sizes[left]
        left += 1
    recent = messages[left:]
    # The cut may have parted an output from its call.
    return recent[1:] if recent and recent[0].role == "tool" else recent


def _size(message: PromptMessage) -> int:
    return len(message.content.encode()) + sum(len(arguments.encode()) for _, _, arguments in message.tool_calls)
