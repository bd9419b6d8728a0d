"""The tools of one conversation: what its character may use, and those of the MCP servers that its client names.

Owns the toolbox, and who may use what of it. Refuses to know when a tool is called, and the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.mind.client_servers import ClientServers
from vivavoce.mind.offering import offered_tool
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.remembering import MEMORY_TOOLS
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vivavoce.conversation.settings import Tool
    from vivavoce.mind.parts import MindParts
    from vivavoce.personas.dress import Dress
    from vivavoce.personas.library import PersonaLibrary
    from vivavoce.tools.definition import ToolCaller, ToolOutcome

__all__ = ["Names", "Tooling", "conversation_tools", "offered_tools"]


class Tooling:
    """What one conversation can do besides talking.

    Attributes:
        client_servers: the MCP servers that the client names.
    """

    def __init__(self, parts: MindParts) -> None:
        self._toolbox = conversation_tools(parts)
        self.client_servers = ClientServers(self._toolbox, parts.client_mcp)

    def offered(self, dress: Dress | None, *, remembers: bool) -> tuple[Tool, ...]:
        """Return the tools that this server has for a character; none where there is no character."""
        if dress is None:
            return ()
        there = offered_tools(self._toolbox, dress, remembers=remembers)
        return tuple(tool for tool in there if not self.client_servers.has(tool.server_label))

    async def call(self, name: str, arguments: str, caller: ToolCaller, *, dress: Dress | None) -> ToolOutcome:
        """Call a tool; whatever goes wrong is told in the outcome."""
        allowed = (*(dress.tools if dress is not None else ()), *self.client_servers.allowed)
        return await self._toolbox.call(name, arguments, caller, allow=allowed)


def conversation_tools(parts: MindParts) -> Toolbox:
    """Return the tools of one conversation, spoken or written."""
    built_in = built_in_tools(memory=parts.memory, characters=Names(parts.personas))
    # A user's own function takes the place of a built-in one of its name, and what may come and go stands last.
    return Toolbox([parts.functions, built_in, *parts.sources()])


def offered_tools(toolbox: Toolbox, dress: Dress, *, remembers: bool) -> tuple[Tool, ...]:
    """Return what a character may use of the tools there are."""
    there = toolbox.offered(dress.tools)
    return tuple(offered_tool(tool) for tool in there if remembers or tool.name not in MEMORY_TOOLS)


class Names:
    """The characters by name, as the tool that changes them knows them."""

    def __init__(self, personas: PersonaLibrary) -> None:
        self._personas = personas

    def names(self) -> Mapping[str, str]:
        """Return what each is called, by its id."""
        return {persona.id: persona.name for persona in self._personas.all()}
