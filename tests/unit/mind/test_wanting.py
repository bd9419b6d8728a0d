"""Which engines a character has made ready when it begins to speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from vivavoce.app.mind.answering import Answering, engine_switch
from vivavoce.dialogue.registry import EngineParts
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.mind.conversation import ConversationMind
from vivavoce.mind.parts import MindParts
from vivavoce.personas.library import PersonaLibrary
from vivavoce.realtime.in_force import SettingsInForce
from vivavoce.realtime.wire.session_config import default_session

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import TaskGroup

pytestmark = pytest.mark.anyio

TWO_VOICES = """
name: Mike
languages: [en, zh]
instructions: You are Mike.
voice: {en: am_michael, zh: zm_yunxi}
"""


class Wanted:
    """What was asked for."""

    def __init__(self, folder: Path, background: TaskGroup) -> None:
        folder.joinpath("mike.yaml").write_text(TWO_VOICES)
        personas = PersonaLibrary(folder)
        engine_parts = EngineParts(replies=lambda: ScriptedReplies(()), personas=personas.get, background=background)
        self.languages: list[str] = []
        self.voices: list[str] = []
        self._parts = MindParts(
            personas=personas,
            engines=Answering(engine_switch(engine_parts, personas, default="chat_engine")),
            want=self.languages.append,
            want_voice=self.voices.append,
            voices=lambda: frozenset({"heart"}),
        )

    def by_session(self, *, language: str, voice: str = "default") -> None:
        mind = ConversationMind(self._parts, session_id="sess_1", user_id="ann", conversation_id="conv_1")
        wishes = default_session(session_id="sess_1", model="m", voice=voice)
        SettingsInForce(wishes, default_language=language, extensions=True, mind=mind, persona="mike")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_voice_brings_no_engines_of_the_characters_other_languages(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        wanted = Wanted(tmp_path, group)
        wanted.by_session(language="en")
    assert (wanted.voices, wanted.languages) == (["am_michael"], [])


async def test_a_voice_that_was_chosen_is_made_ready_in_the_characters_place(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        wanted = Wanted(tmp_path, group)
        wanted.by_session(language="en", voice="af_bella")
    assert wanted.voices == ["af_bella"]


async def test_where_any_language_may_come_next_all_of_the_characters_are_made_ready(tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        wanted = Wanted(tmp_path, group)
        wanted.by_session(language="auto")
    assert wanted.languages == ["en", "zh"]
