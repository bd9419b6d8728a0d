"""Which reply engines there are by name: ours, and those that installed packages add.

Owns the table and what every engine is made from. A third engine is one file and one entry: here, or in the entry
points `vivavoce.reply_engines` of a package. Refuses to know which engine answers (`switch`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from anyio.abc import TaskGroup

from vivavoce.dialogue.chat_engine import ChatEngine
from vivavoce.dialogue.engine import DialogueEngine
from vivavoce.engines.protocols import ReplyEngine
from vivavoce.errors import InputError
from vivavoce.memory.embedder import Embedder
from vivavoce.memory.facts import Remembers
from vivavoce.personas.persona import Persona

__all__ = ["ENTRY_POINTS", "EngineMaker", "EngineParts", "known_engines"]

ENTRY_POINTS = "vivavoce.reply_engines"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParts:
    """What engines are made from.

    Attributes:
        replies: gives the language model of the moment; raises EngineError while there is none.
        personas: gives a character by its id; raises InputError.
        background: where an engine may work beside turns; all of it ends with the server.
        memory: long-term memory; None where nobody is remembered.
        embedder: turns texts into vectors; None where its weights are not wanted.
        data: folder for what an engine keeps; None for nothing on disk.
    """

    replies: Callable[[], ReplyEngine]
    personas: Callable[[str], Persona]
    background: TaskGroup
    memory: Remembers | None = None
    embedder: Embedder | None = None
    data: Path | None = None


EngineMaker = Callable[[EngineParts], DialogueEngine]
"""Makes an engine; raises a typed error when it cannot be had here.

Engines are made to be listed, too: one that works in the background begins with its first use.
"""


def _chat_engine(parts: EngineParts) -> DialogueEngine:
    return ChatEngine(parts.replies, personas=parts.personas, background=parts.background, memory=parts.memory)


def _mem0_proxy(parts: EngineParts) -> DialogueEngine:
    # Imported late: the library is an extra, and takes a second to import.
    from vivavoce.dialogue.mem0_proxy import make_mem0_proxy

    return make_mem0_proxy(parts)


BUILT_IN: Mapping[str, EngineMaker] = {"chat_engine": _chat_engine, "mem0_proxy": _mem0_proxy}


def known_engines() -> dict[str, EngineMaker]:
    """Return the makers by name; ours cannot be replaced."""
    if find_spec("mem0") is not None:
        # mem0 brings httpx along when it is imported, in a thread. The SDK of OpenAI looks for httpx at every request,
        # and breaks where it finds it half imported.
        importlib.import_module("httpx")
    added = {point.name: _loading(point.name, point.load) for point in entry_points(group=ENTRY_POINTS)}
    return {**added, **BUILT_IN}


def _loading(name: str, load: Callable[[], EngineMaker]) -> EngineMaker:
    """Return a maker that is imported when first wanted: a broken package must not keep the server from starting."""

    def make(parts: EngineParts) -> DialogueEngine:
        try:
            maker = load()
        except (ImportError, AttributeError) as error:
            raise InputError(
                "reply_engine_broken",
                f"The reply engine '{name}' cannot be imported: {error}.",
                remedy="Mend or remove the package that brings it.",
                param="engine",
            ) from error
        return maker(parts)

    return make
