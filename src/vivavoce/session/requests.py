"""What the conversation asks for, in the words of the engines. Pure.

Owns the translation. Refuses to know which engine is asked, and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vivavoce.engines.protocols import ChatMessage, ReplyRequest, ToolSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.conversation.orders import Generate, PromptMessage
    from vivavoce.conversation.settings import Tool

__all__ = ["chat_messages", "reply_request", "tool_spec"]


def reply_request(order: Generate, conversation_id: str) -> ReplyRequest:
    """Return an order as the engines take it."""
    return ReplyRequest(
        messages=chat_messages(order.messages),
        tools=tuple(map(tool_spec, order.tools)),
        tool_choice=order.tool_choice,
        max_tokens=order.max_output_tokens,
        conversation_id=conversation_id,
    )


def chat_messages(prompt: Iterable[PromptMessage]) -> tuple[ChatMessage, ...]:
    """Return what an engine is told was said."""
    return tuple(
        ChatMessage(
            role=message.role,
            content=message.content,
            tool_call_id=message.tool_call_id,
            tool_calls=message.tool_calls,
        )
        for message in prompt
    )


def tool_spec(tool: Tool) -> ToolSpec:
    """Return what an engine is told of a tool."""
    return ToolSpec(
        name=tool.name,
        description=tool.description,
        parameters=msgspec.json.decode(tool.parameters_json, type=dict[str, object]),
    )
