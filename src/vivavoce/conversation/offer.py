"""Which tools one reply is offered, and how the engine is to choose among them.

Owns the choice of all of a server's tools, and the rule that a reply beside the conversation, which leaves no trace in
it, is offered nothing that this server would run. Refuses to know what a tool does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool

__all__ = ["SERVER_CHOICE", "offered"]

SERVER_CHOICE = "server:"
"""Begins a tool choice that names a server and not a tool; no tool's name holds a colon."""


def offered(options: ReplyOptions, settings: ConversationSettings) -> tuple[tuple[Tool, ...], str]:
    """Return the tools of a reply, and its tool choice: none, auto, required, or the name of one of them."""
    tools = settings.tools if options.tools is None else options.tools
    choice = options.tool_choice or settings.tool_choice
    if not options.in_band:
        tools = tuple(tool for tool in tools if not tool.server_label)
    if choice.startswith(SERVER_CHOICE):
        tools = tuple(tool for tool in tools if tool.server_label == choice.removeprefix(SERVER_CHOICE))
        choice = "required" if tools else "auto"
    elif tools and choice not in ("none", "auto", "required", *(tool.name for tool in tools)):
        choice = "auto"
    return tools, choice
