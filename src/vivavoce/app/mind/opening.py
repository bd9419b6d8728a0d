"""All that a server's conversations share beyond the engines, opened together and closed together.

Owns the order, and which setting goes where. Refuses to know any conversation.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.app.data_folder import data_folder
from vivavoce.app.first_prompt import own_personas
from vivavoce.app.host import model_store
from vivavoce.app.mind.answering import Answering, engine_switch
from vivavoce.app.mind.keeping import KeptMemory, open_database, open_history, open_memory, wall_clock
from vivavoce.dialogue.registry import EngineParts
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.dialogue.text_turn import TextTurns
from vivavoce.engines.roster import EngineRoster, Job
from vivavoce.errors import VivavoceError
from vivavoce.history.history import History
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.memory.stillness import Stillness
from vivavoce.mind.holding import Holders
from vivavoce.mind.parts import MindParts
from vivavoce.mind.recollection import Recollection
from vivavoce.mind.rehearsal import Rehearsal
from vivavoce.mind.tooling import conversation_tools
from vivavoce.mind.written import WrittenConversations
from vivavoce.personas.library import PersonaLibrary
from vivavoce.preferences.store import PreferenceStore
from vivavoce.settings import Settings
from vivavoce.tools.files import load_tool_files
from vivavoce.tools.functions import FunctionTools
from vivavoce.tools.mcp.config import load_mcp_config
from vivavoce.tools.mcp.servers import McpServers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from anyio.abc import TaskGroup

    from vivavoce.engines.roster import ComponentStatus, StatusListener
    from vivavoce.tools.definition import ToolSource

__all__ = ["ServerMind", "open_mind"]

log = structlog.get_logger(__name__)

CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMind:
    """What was opened: `parts` for spoken conversations, `texts` for written ones, the rest to look after.

    `history` and `memory` are None where the server keeps none.
    """

    parts: MindParts
    switch: EngineSwitch
    texts: TextTurns
    history: History | None
    memory: LongTermMemory | None
    mcp: McpServers
    preferences: PreferenceStore


@asynccontextmanager
async def open_mind(
    settings: Settings,
    roster: EngineRoster,
    *,
    say: Callable[[str], None],
    is_only_worker: bool = True,
    holders: Holders | None = None,
) -> AsyncGenerator[ServerMind, None]:
    """Open everything, and `say` in a sentence what could not be had; one process of several rehearses nothing.

    Raises:
        InputError: a setting names a file, a database or a character that cannot be used.
    """
    personas = PersonaLibrary(own_personas(settings))
    personas.get(settings.persona)
    own_tools = load_tool_files(settings.tools)
    configs = load_mcp_config(settings.mcp_config, os.environ) if settings.mcp_config is not None else ()
    async with (
        open_database(settings) as database,
        McpServers(configs) as mcp,
        anyio.create_task_group() as group,
    ):
        group.start_soon(personas.run)
        common = _Common(settings=settings, roster=roster, personas=personas, functions=own_tools, mcp=mcp)
        history = await open_history(settings, database, group, say=say)
        memory = await open_memory(
            settings, database, group, roster=roster, store=model_store(settings), stillness=common.stillness, say=say
        )
        switch = _switch(common, memory, group)
        parts = _parts(common, switch, history=history, memory=memory, holders=holders or Holders())
        rehearsal = Rehearsal(parts, switch, common.stillness, language=settings.language)
        _follow_changes(parts, personas, mcp, rehearsal)
        if is_only_worker:
            # Several processes would all read the same at once.
            roster.subscribe(_when_answered_by_another(rehearsal.again))
            group.start_soon(rehearsal.run)
        try:
            yield ServerMind(
                parts=parts,
                switch=switch,
                texts=_texts(common, switch, parts, history),
                history=history,
                memory=_long_term(memory),
                mcp=mcp,
                preferences=PreferenceStore(database, wall_clock=wall_clock),
            )
        finally:
            with anyio.CancelScope(shield=True), anyio.move_on_after(CLOSE_SECONDS):
                await switch.aclose()
            group.cancel_scope.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Common:
    """What several of the parts are made from."""

    settings: Settings
    roster: EngineRoster
    personas: PersonaLibrary
    functions: FunctionTools
    mcp: McpServers
    stillness: Stillness = field(default_factory=Stillness)


def _long_term(memory: KeptMemory | None) -> LongTermMemory | None:
    return memory.long_term if memory is not None else None


def _switch(common: _Common, memory: KeptMemory | None, group: TaskGroup) -> EngineSwitch:
    parts = EngineParts(
        replies=common.roster.reply_engine,
        personas=common.personas.get,
        background=group,
        memory=_long_term(memory),
        embedder=memory.embedder if memory is not None else None,
        data=data_folder(common.settings),
    )
    return engine_switch(parts, common.personas, default=common.settings.reply_engine)


def _parts(
    common: _Common, switch: EngineSwitch, *, history: History | None, memory: KeptMemory | None, holders: Holders
) -> MindParts:
    settings, roster, mcp = common.settings, common.roster, common.mcp

    def sources() -> tuple[ToolSource, ...]:
        return mcp.sources

    def voices() -> frozenset[str]:
        spoken = [names for tts in roster.tts_engines for names in tts.capabilities.voices.values()]
        return frozenset(voice for names in spoken for voice in names)

    return MindParts(
        personas=common.personas,
        engines=Answering(switch),
        memory=_long_term(memory),
        history=Recollection(history, wall_clock=wall_clock) if history is not None else None,
        functions=common.functions,
        sources=sources,
        want=roster.want,
        want_voice=roster.want_voice,
        voices=voices,
        stillness=common.stillness,
        client_mcp=settings.session_mcp,
        records_audio=history is not None and settings.record_audio,
        persona=settings.persona,
        holders=holders,
    )


def _texts(common: _Common, switch: EngineSwitch, parts: MindParts, history: History | None) -> TextTurns:
    return TextTurns(
        switch,
        toolbox=lambda _: conversation_tools(parts),
        personas=common.personas.get,
        persona=common.settings.persona,
        texts=WrittenConversations(history.store, wall_clock=wall_clock) if history is not None else None,
        memory=parts.memory,
    )


def _follow_changes(parts: MindParts, personas: PersonaLibrary, mcp: McpServers, rehearsal: Rehearsal) -> None:
    """Have every conversation look again when a character's file or the tools of a server are others."""

    def refresh(_: object = None) -> None:
        rehearsal.again()
        for mind in list(parts.live.values()):
            try:
                mind.refresh()
            except VivavoceError as error:
                log.warning("session_not_refreshed", code=error.code, reason=error.message)

    personas.subscribe(refresh)
    for server in mcp.sources:
        server.changed = refresh


def _when_answered_by_another(tell: Callable[[], None]) -> StatusListener:
    """Return a listener to the engines' health that tells when other language models can answer than before."""
    before: set[str] = set()

    def listen(statuses: tuple[ComponentStatus, ...]) -> None:
        ready = {status.name for status in statuses if status.job is Job.LLM and status.state == "ready"}
        if ready != before:
            before.clear()
            before.update(ready)
            tell()

    return listen
