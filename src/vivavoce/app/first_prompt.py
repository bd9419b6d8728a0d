"""What every conversation's prompt begins with, so that the language model has read it before anybody speaks.

Owns the character and the tools of conversations that ask for nothing else. Refuses to know how a model reads. It must
say to the letter what `dialogue` will: a prompt that begins otherwise is read anew, which takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from vivavoce.app.data_folder import data_folder
from vivavoce.engines.protocols import ToolSpec
from vivavoce.errors import ToolError
from vivavoce.mind.tooling import Names, offered_tools
from vivavoce.personas.dress import dressed, language_with
from vivavoce.personas.library import PersonaLibrary
from vivavoce.session.requests import tool_spec
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.files import load_tool_files
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.settings import Settings

__all__ = ["FirstPrompt", "first_prompt", "own_personas"]

PERSONAS_FOLDER = "personas"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPrompt:
    """The system prompt, and the tools that a model is told of with it."""

    text: str
    tools: tuple[ToolSpec, ...]


def own_personas(settings: Settings) -> Path:
    """Return the folder of the user's own characters, which may not exist."""
    return settings.personas or data_folder(settings) / PERSONAS_FOLDER


def first_prompt(settings: Settings) -> FirstPrompt:
    """Return it; reads the characters' files.

    Raises:
        InputError: the character, or a file with tools, cannot be used.
    """
    personas = PersonaLibrary(own_personas(settings))
    persona = personas.get(settings.persona)
    dress = dressed(persona, language_with(persona, settings.language))
    remembers = settings.memory and dress.memory
    toolbox = Toolbox(
        [
            load_tool_files(settings.tools),
            built_in_tools(memory=_NotYet() if settings.memory else None, characters=Names(personas)),
        ]
    )
    tools = tuple(map(tool_spec, offered_tools(toolbox, dress, remembers=remembers)))
    text = "\n\n".join(part for part in (settings.instructions or dress.instructions, dress.expression_rule) if part)
    return FirstPrompt(text=text, tools=tools)


class _NotYet:
    """A memory to tell of, before there is one."""

    async def remember(self, *_: object, **__: object) -> NoReturn:
        raise _not_open()

    async def search(self, *_: object, **__: object) -> NoReturn:
        raise _not_open()

    async def forget_about(self, *_: object, **__: object) -> NoReturn:
        raise _not_open()


def _not_open() -> ToolError:
    return ToolError("memory_not_open", "The memory is not open yet.")
