"""What the engine is told of the conversation: the items as prompt messages, with only what was really heard.

Owns two rules: an interrupted reply enters the prompt as far as the listener heard it, and the prompt is bounded, the
oldest messages leaving first. Refuses to know tokens, chat templates and any provider.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import PromptMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.conversation.items import ContentPart, Item

__all__ = ["MAX_PROMPT_CHARACTERS", "prompt"]

MAX_PROMPT_CHARACTERS = 8_000
"""About 2,000 tokens of English: what the smallest embedded model's context holds beside its reply."""


def prompt(items: Iterable[Item], *, instructions: str) -> tuple[PromptMessage, ...]:
    """Return the messages for an engine: the instructions first, then the newest items that say something, in order."""
    messages: list[PromptMessage] = []
    for item in items:
        message = _message(item)
        if message is None:
            continue
        if messages and _continues(messages[-1], message):
            messages[-1] = replace(message, content=f"{messages[-1].content} {message.content}")
        else:
            messages.append(message)
    recent = _newest(messages)
    if instructions:
        recent.insert(0, PromptMessage(role="system", content=instructions))
    return tuple(recent)


def _message(item: Item) -> PromptMessage | None:
    if item.kind == "function_call":
        return PromptMessage(role="assistant", content="", tool_calls=((item.call_id, item.name, item.arguments),))
    if item.kind == "function_call_output":
        return PromptMessage(role="tool", content=item.output, tool_call_id=item.call_id)
    words = " ".join(text for part in item.content if (text := _heard(part)))
    return PromptMessage(role=item.role, content=words) if words else None


def _heard(part: ContentPart) -> str:
    return (part.heard if part.heard is not None else part.text or "").strip()


def _continues(previous: PromptMessage, message: PromptMessage) -> bool:
    """Whether two messages are one utterance: what a user said in two breaths must reach the model as one turn."""
    return previous.role == message.role == "user"


def _newest(messages: list[PromptMessage]) -> list[PromptMessage]:
    room = MAX_PROMPT_CHARACTERS
    kept = 0
    for message in reversed(messages):
        room -= len(message.content) + sum(len(arguments) for _, _, arguments in message.tool_calls)
        if room < 0 and kept:
            break
        kept += 1
    recent = messages[len(messages) - kept :]
    # A tool's answer without its call is refused by every provider.
    while recent and recent[0].role == "tool":
        recent = recent[1:]
    return recent
