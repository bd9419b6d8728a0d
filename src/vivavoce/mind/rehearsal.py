"""What is the same in all prompts of a character, read by the language model before anybody needs it.

Owns when: what a first reply needs at once, all else while nobody speaks. Tools are a thousand tokens, which the usual
model reads in 15 to 20 s on two cores; without them that is the wait before the first reply that may call one. Refuses
to know how a model reads, and what a prompt says.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.errors import VivavoceError
from vivavoce.mind.tooling import conversation_tools, offered_tools
from vivavoce.personas.dress import dressed, language_with
from vivavoce.session.requests import tool_spec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vivavoce.conversation.settings import Tool
    from vivavoce.dialogue.switch import EngineSwitch
    from vivavoce.engines.protocols import ToolSpec
    from vivavoce.memory.stillness import Stillness
    from vivavoce.mind.parts import MindParts
    from vivavoce.personas.persona import Persona

__all__ = ["Rehearsal", "rehearse"]

MOST_CHARACTERS = 4
"""Two beginnings each, of which the embedded model keeps eight."""

log = structlog.get_logger(__name__)


async def rehearse(
    learn: Callable[[tuple[ToolSpec, ...]], Awaitable[None]], tools: tuple[Tool, ...], stillness: Stillness | None
) -> None:
    """Have the beginning of a character's prompts read: as most turns need it at once, with its tools in peace."""
    await _unless_it_fails(partial(learn, ()))
    if not tools:
        return
    with_tools = partial(_unless_it_fails, partial(learn, tuple(map(tool_spec, tools))))
    if stillness is None:
        await with_tools()
    else:
        await stillness.in_peace(with_tools)


class Rehearsal:
    """All characters of a server in peace, the one of most conversations first; anew when `again` is called."""

    def __init__(self, parts: MindParts, switch: EngineSwitch, stillness: Stillness, *, language: str) -> None:
        self._parts = parts
        self._switch = switch
        self._stillness = stillness
        self._language = language
        self._news = anyio.Event()

    def again(self) -> None:
        """The model, the characters or their tools have changed; what is known already costs nothing."""
        self._news.set()

    async def run(self) -> None:
        """Rehearse until cancelled."""
        while True:
            self._news = anyio.Event()
            by_need = sorted(self._parts.personas.all(), key=lambda persona: persona.id != self._parts.persona)
            for persona in by_need[:MOST_CHARACTERS]:
                await self._stillness.in_peace(partial(_unless_it_fails, partial(self._rehearse, persona)))
            await self._news.wait()

    async def _rehearse(self, persona: Persona) -> None:
        language = language_with(persona, self._language)
        dress = dressed(persona, language)
        remembers = self._parts.memory is not None and dress.memory
        tools = offered_tools(conversation_tools(self._parts), dress, remembers=remembers)
        name = self._switch.current(f"persona:{persona.id}")
        await self._switch.learn_beginning(name, persona.id, language, tuple(map(tool_spec, tools)))


async def _unless_it_fails(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except VivavoceError as error:
        log.debug("beginning_not_read", code=error.code, reason=error.message)
