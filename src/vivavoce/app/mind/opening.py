"""All that a server's conversations share beyond the engines, opened together and closed together.

Owns the order, and which setting goes where. Refuses to know any conversation.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from vivavoce.app.data_folder import data_folder
from vivavoce.app.host import model_store
from vivavoce.app.mind.answering import Answering
from vivavoce.app.mind.keeping import open_database, open_history, open_memory, wall_clock
from vivavoce.history.history import History
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.memory.stillness import Stillness
from vivavoce.mind.parts import MindParts
from vivavoce.mind.recollection import Recollection
from vivavoce.personas.library import PersonaLibrary
from vivavoce.tools.files import load_tool_files
from vivavoce.tools.mcp.config import load_mcp_config
from vivavoce.tools.mcp.servers import McpServers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.settings import Settings
    from vivavoce.tools.definition import ToolSource

__all__ = ["ServerMind", "open_mind"]

PERSONAS_FOLDER = "personas"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMind:
    """What was opened: `parts` for the conversations, the rest for whoever looks after it.

    `history` and `memory` are None where the server keeps none.
    """

    parts: MindParts
    history: History | None
    memory: LongTermMemory | None
    mcp: McpServers


@asynccontextmanager
async def open_mind(
    settings: Settings, roster: EngineRoster, *, say: Callable[[str], None]
) -> AsyncGenerator[ServerMind, None]:
    """Open everything, and `say` in a sentence what could not be had.

    Raises:
        InputError: a setting names a file, a database or a character that cannot be used.
    """
    personas = PersonaLibrary(settings.personas or data_folder(settings) / PERSONAS_FOLDER)
    personas.get(settings.persona)
    own_tools = load_tool_files(settings.tools)
    configs = load_mcp_config(settings.mcp_config, os.environ) if settings.mcp_config is not None else ()
    stillness = Stillness()
    async with (
        open_database(settings) as engine,
        McpServers(configs) as mcp,
        anyio.create_task_group() as group,
    ):
        group.start_soon(personas.run)
        history = await open_history(settings, engine, group, say=say)
        memory = await open_memory(
            settings, engine, group, roster=roster, store=model_store(settings), stillness=stillness, say=say
        )
        recollection = (
            Recollection(history, wall_clock=wall_clock, record_audio=settings.record_audio) if history else None
        )

        def sources() -> tuple[ToolSource, ...]:
            return (own_tools, *mcp.sources)

        def voices() -> frozenset[str]:
            spoken = [names for tts in roster.tts_engines for names in tts.capabilities.voices.values()]
            return frozenset(voice for names in spoken for voice in names)

        parts = MindParts(
            personas=personas,
            engines=Answering(roster),
            memory=memory,
            history=recollection,
            sources=sources,
            voices=voices,
            stillness=stillness,
            client_mcp=settings.session_mcp,
            persona=settings.persona,
        )
        try:
            yield ServerMind(parts=parts, history=history, memory=memory, mcp=mcp)
        finally:
            group.cancel_scope.cancel()
