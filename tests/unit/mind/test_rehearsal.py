"""What the language model reads before anybody needs it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.lowlevel import checkpoint

from vivavoce.app.mind.answering import Answering, engine_switch
from vivavoce.dialogue.registry import EngineParts
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.errors import EngineError, Stage
from vivavoce.memory.stillness import Stillness
from vivavoce.mind.parts import MindParts
from vivavoce.mind.rehearsal import Rehearsal, rehearse
from vivavoce.mind.tooling import conversation_tools, offered_tools
from vivavoce.personas.dress import dressed
from vivavoce.personas.library import PersonaLibrary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from vivavoce.conversation.settings import Tool
    from vivavoce.engines.protocols import ReplyRequest, ToolSpec

pytestmark = pytest.mark.anyio


class Reader(ScriptedReplies):
    """Notes what it is to read: the first word of the instructions that tells characters apart, and the tools."""

    def __init__(self) -> None:
        super().__init__(())
        self.read: list[tuple[str, bool]] = []
        self.fails = False

    async def learn_beginning(self, request: ReplyRequest) -> None:
        system = request.messages[0].content
        names = [name for name in ("Viva", "小梅", "Lin", "Ada") if name in system]
        self.read.append((names[0], bool(request.tools)))
        await checkpoint()
        if self.fails:
            raise EngineError("llm_restarting", "It is being restarted.", stage=Stage.LLM)


@asynccontextmanager
async def rehearsing(reader: Reader, folder: Path, stillness: Stillness) -> AsyncIterator[tuple[Rehearsal, MindParts]]:
    personas = PersonaLibrary(folder)
    async with anyio.create_task_group() as group:
        engine_parts = EngineParts(replies=lambda: reader, personas=personas.get, background=group)
        switch = engine_switch(engine_parts, personas, default="chat_engine")
        parts = MindParts(personas=personas, engines=Answering(switch), stillness=stillness, persona="lin")
        rehearsal = Rehearsal(parts, switch, stillness, language="auto")
        group.start_soon(rehearsal.run)
        yield rehearsal, parts
        group.cancel_scope.cancel()


async def settled() -> None:
    """Let everybody do what they can."""
    for _ in range(100):
        await checkpoint()


async def test_every_character_is_read_with_its_tools_the_one_of_most_conversations_first(tmp_path: Path) -> None:
    reader = Reader()
    async with rehearsing(reader, tmp_path, Stillness()):
        await settled()
    assert reader.read[0] == ("Lin", True)
    assert sorted(reader.read) == [("Lin", True), ("Viva", True), ("小梅", True)]


async def test_nothing_is_read_while_somebody_speaks(tmp_path: Path) -> None:
    reader, stillness = Reader(), Stillness()
    stillness.disturb("s")
    async with rehearsing(reader, tmp_path, stillness):
        await settled()
        assert reader.read == []
        stillness.settle("s")
        await settled()
    assert len(reader.read) == 3


async def test_all_is_read_anew_when_something_has_changed(tmp_path: Path) -> None:
    reader = Reader()
    async with rehearsing(reader, tmp_path, Stillness()) as (rehearsal, _):
        await settled()
        rehearsal.again()
        await settled()
    assert len(reader.read) == 6


async def test_a_model_that_cannot_read_now_ends_nothing(tmp_path: Path) -> None:
    reader = Reader()
    reader.fails = True
    async with rehearsing(reader, tmp_path, Stillness()) as (rehearsal, _):
        await settled()
        reader.fails = False
        rehearsal.again()
        await settled()
    assert len(reader.read) == 6


async def test_a_conversation_has_its_character_read_at_once_and_the_tools_in_peace(tmp_path: Path) -> None:
    read: list[bool] = []

    async def learn(tools: tuple[ToolSpec, ...]) -> None:
        read.append(bool(tools))
        await checkpoint()

    stillness = Stillness()
    async with rehearsing(Reader(), tmp_path, stillness) as (_, parts):
        offered: tuple[Tool, ...] = offered_tools(
            conversation_tools(parts), dressed(parts.personas.get("viva"), "en"), remembers=False
        )
        stillness.disturb("s")
        async with anyio.create_task_group() as group:
            group.start_soon(rehearse, learn, offered, stillness)
            await settled()
            assert read == [False]
            stillness.settle("s")
    assert read == [False, True]
