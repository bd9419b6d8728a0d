"""The tools by which a model remembers, recalls and forgets on the user's word.

Owns what the model is told of it, and the little it needs of long-term memory, as a Protocol. Refuses to know how facts
are kept and found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vivavoce.tools.definition import ToolCaller
from vivavoce.tools.functions import tool

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FORGET", "MEMORY_TOOLS", "KeepsFacts", "Remembering"]

FORGET = "forget"
MEMORY_TOOLS = frozenset({"remember", "recall", FORGET})
"""The names of these tools, which a character who remembers nobody does not have."""


class _Fact(Protocol):
    @property
    def text(self) -> str: ...


class _Found(Protocol):
    @property
    def fact(self) -> _Fact: ...


class KeepsFacts(Protocol):
    """Long-term memory as these tools use it; `vivavoce.memory.facts.Remembers` fits."""

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> _Fact:
        """Keep a fact now."""
        ...

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> Sequence[_Found]:
        """Return the facts that fit the words best."""
        ...

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> Sequence[_Fact]:
        """Delete what the words clearly mean, and return it; "that" is what was told last in this conversation."""
        ...


class Remembering:
    """Memory of the user who speaks."""

    def __init__(self, facts: KeepsFacts) -> None:
        self._facts = facts

    @tool(changes_things=True)
    async def remember(self, fact: str, caller: ToolCaller) -> str:
        """Keep a fact about the user."""
        kept = await self._facts.remember(
            caller.user_id, fact, language=caller.language, conversation_id=caller.conversation_id
        )
        return f"记住了：{kept.text}" if caller.language == "zh" else f"Remembered: {kept.text}"

    @tool
    async def recall(self, about: str, caller: ToolCaller) -> str:
        """What is known of the user."""
        found = await self._facts.search(caller.user_id, about)
        if not found:
            return "没有相关的记忆。" if caller.language == "zh" else "Nothing is known about that."
        return "\n".join(f"- {one.fact.text}" for one in found)

    @tool(changes_things=True)
    async def forget(self, about: str, caller: ToolCaller) -> str:
        """Delete a fact about the user."""
        gone = await self._facts.forget_about(caller.user_id, about, conversation_id=caller.conversation_id)
        if not gone:
            return "没有找到相关的记忆。" if caller.language == "zh" else "Nothing fits that well enough to forget it."
        told = "; ".join(fact.text for fact in gone)
        return f"忘记了：{told}" if caller.language == "zh" else f"Forgotten: {told}"
