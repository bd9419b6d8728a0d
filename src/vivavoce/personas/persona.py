"""A character as data.

Owns the fields of a character and their meaning. Refuses to know files, sessions and models.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.speech.cues import EXPRESSIONS

__all__ = ["EXPRESSIONS", "FallbackLines", "Persona", "Wording"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackLines:
    """What is said when something cannot be had: each a sentence in one of the character's languages.

    Attributes:
        trouble: the model does not answer.
        working: a tool takes long ("Let me look that up.").
        tool_failed: a tool has failed.
    """

    trouble: str
    working: tuple[str, ...]
    tool_failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a character is told and says in one language besides its first; the fields mean what `Persona`'s do."""

    name: str
    instructions: str
    fallback: FallbackLines
    greeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One character.

    Attributes:
        id: the file's name without its suffix: lower-case letters, digits and `-`.
        name: what it is called.
        languages: ISO 639-1 codes, its first language first.
        instructions: the system prompt, without memory, tools and expressions.
        about: a line on who it is in each of its languages, for whoever chooses; empty for none.
        greeting: what it says first in a new conversation; empty for nothing.
        voice: a voice's name a language; a language left out has its default.
        speed: speaking rate, 0.25 to 1.5.
        expressions: which of `EXPRESSIONS` it may use; empty for none.
        actions: which of `ACTIONS` it may use; empty for none.
        tools: which tools it may use, as names or patterns (`*`, `time.*`); empty for none.
        engine: the reply engine; empty for the server's.
        memory: whether it remembers the user.
        switches_languages: whether the language may change at every turn of the user's.
        fallback: its lines for when something is missing.
        wordings: name, instructions, greeting and lines in its other languages; `dress.dressed` chooses.
    """

    id: str
    name: str
    languages: tuple[str, ...]
    instructions: str
    fallback: FallbackLines
    about: tuple[tuple[str, str], ...] = ()
    greeting: str = ""
    voice: tuple[tuple[str, str], ...] = ()
    speed: float = 1.0
    expressions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    tools: tuple[str, ...] = ("*",)
    engine: str = ""
    memory: bool = True
    switches_languages: bool = False
    wordings: tuple[tuple[str, Wording], ...] = ()
