"""With or without tools: which of its two prompts a small model is asked with.

Owns the choice, turn by turn. The tools and the examples of their use are a thousand tokens, with which every token
is read and written a third slower; most turns ask for none of them. So a conversation has two prompts, each in a slot
of its own: one without a word of tools, which has everything that was said, and one with them, which has the latest of
it. Refuses to know slots. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.engines.llm.tool_calling_cues import meant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import ChatMessage, ReplyRequest

__all__ = ["as_asked"]

LATEST_TURNS = 3
"""Of the user's, in a prompt with tools: what "set it again" may refer to."""


def as_asked(request: ReplyRequest) -> ReplyRequest:
    """Return the request with the prompt that fits what the user may mean; one with tools has a name of its own."""
    if not request.tools:
        return request
    if request.tool_choice == "none" or (request.tool_choice == "auto" and not meant(request.tools, request.messages)):
        return replace(request, messages=_without_calls(request.messages), tools=(), tool_choice="auto")
    name = f"{request.conversation_id} with tools" if request.conversation_id else ""
    return replace(request, messages=_latest(request.messages), conversation_id=name)


def _without_calls(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return what was said: a model that is shown calls writes calls."""
    said = [replace(message, tool_calls=()) for message in messages if message.role != "tool"]
    kept = [message for message in said if message.content or message.role != "assistant"]
    if messages and messages[-1].role == "tool":
        # The outcome is to be told, and there is no other place for it.
        kept.append(replace(messages[-1], role="user", tool_call_id=None))
    return tuple(kept)


def _latest(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    system = [message for message in messages[:1] if message.role == "system"]
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    begin = asked[-LATEST_TURNS] if len(asked) > LATEST_TURNS else len(system)
    return (*system, *messages[begin:])
