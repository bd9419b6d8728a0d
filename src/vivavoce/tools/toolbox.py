"""All the tools of a conversation behind one door: which are offered, under which name, and how one is called safely.

Owns allow-lists, the names that models see, the check of arguments, and the bounds of a call: time, length of the
answer, how many at once. Refuses to know what any tool does, and to decide on approval.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import anyio

from vivavoce.errors import VivavoceError
from vivavoce.tools.arguments import ArgumentsCheck, parse_arguments
from vivavoce.tools.definition import ToolDefinition, ToolOutcome, ToolSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vivavoce.tools.definition import ToolCaller

__all__ = ["ToolBounds", "Toolbox", "bounded"]

EVERYTHING = ("*",)
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolBounds:
    """What the calls of one conversation may take.

    Attributes:
        output_characters: of an answer; more is cut, and the model is told.
        at_once: calls that run at a time; further ones wait, and their deadline runs meanwhile.
    """

    output_characters: int = 4_000
    at_once: int = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    source: ToolSource
    definition: ToolDefinition


class Toolbox:
    """The tools of one conversation, from several sources.

    A tool keeps the name it was first offered under as long as it is there. When two sources have a tool of one name,
    the earlier source's keeps it and the other is called `label_name`. Of two tools of one label and name the earlier
    source's is the only one: so a user's own function takes the place of a built-in one.

    An allow-list names tools as they are offered, `label.name`, or patterns of either: `*`, `time.*`, `get_*`.
    """

    def __init__(self, sources: Iterable[ToolSource], *, bounds: ToolBounds | None = None) -> None:
        self._sources = list(sources)
        self._bounds = bounds or ToolBounds()
        self._places = anyio.CapacityLimiter(self._bounds.at_once)
        self._names: dict[tuple[str, str], str] = {}
        self._checks: dict[tuple[str, str], tuple[object, ArgumentsCheck]] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the sources, in order."""
        return tuple(source.label for source in self._sources)

    def add(self, source: ToolSource) -> None:
        """Have this source's tools too, in the place of one with the same label if that was added before."""
        self.remove(source.label)
        self._sources.append(source)

    def remove(self, label: str) -> None:
        """Have the tools of this label no longer; nothing happens when there is none."""
        self._sources = [source for source in self._sources if source.label != label]

    def offered(self, allow: Sequence[str] = EVERYTHING) -> tuple[ToolDefinition, ...]:
        """Return the tools that are there now and allowed, each under the name it is called by."""
        return tuple(
            replace(entry.definition, name=name, server_label=entry.source.label)
            for name, entry in self._entries().items()
            if _is_allowed(name, entry, allow)
        )

    async def call(
        self, name: str, arguments_json: str, caller: ToolCaller, *, allow: Sequence[str] = EVERYTHING
    ) -> ToolOutcome:
        """Call a tool by the name it was offered under; whatever goes wrong is told in the outcome.

        A tool that `allow` leaves out does not exist, whether or not a model knows its name. Cancelling stops the tool.
        """
        entries = {key: entry for key, entry in self._entries().items() if _is_allowed(key, entry, allow)}
        entry = entries.get(name)
        if entry is None:
            there = ", ".join(entries) or "none"
            return ToolOutcome(
                output=bounded(f"There is no tool {name!r}. The tools are: {there}.", 1_000),
                error_code="tool_not_found",
            )
        outcome = await self._run(entry, arguments_json, caller)
        return replace(outcome, output=bounded(outcome.output, self._bounds.output_characters))

    async def _run(self, entry: _Entry, arguments_json: str, caller: ToolCaller) -> ToolOutcome:
        definition = entry.definition
        with anyio.move_on_after(definition.timeout_seconds):
            try:
                arguments = self._fitting(entry, parse_arguments(arguments_json))
                async with self._places:
                    return await entry.source.call(definition.name, arguments, caller)
            except VivavoceError as error:
                return ToolOutcome(output=str(error), error_code=error.code)
        return ToolOutcome(
            output=f"The tool did not answer within {definition.timeout_seconds:g} seconds.", error_code="tool_timeout"
        )

    def _fitting(self, entry: _Entry, arguments: dict[str, object]) -> dict[str, object]:
        definition = entry.definition
        if not definition.checked:
            return arguments
        key = (entry.source.label, definition.name)
        schema, check = self._checks.get(key, (None, None))
        if check is None or schema is not definition.parameters:
            check = ArgumentsCheck(definition.parameters)
            self._checks[key] = (definition.parameters, check)
        return check.fitting(arguments)

    def _entries(self) -> dict[str, _Entry]:
        """Return what is there now, by the name it is offered under."""
        present: dict[tuple[str, str], _Entry] = {}
        for source in self._sources:
            for definition in source.tools():
                present.setdefault((source.label, definition.name), _Entry(source, definition))
        self._forget_gone(present.keys())
        for key in present:
            if key not in self._names:
                taken = set(self._names.values())
                self._names[key] = next(name for name in _names_for(*key) if name not in taken)
        return {self._names[key]: entry for key, entry in present.items()}

    def _forget_gone(self, present: Iterable[tuple[str, str]]) -> None:
        """Free the names of tools that a source has no longer; those of a source that is away are kept for it."""
        known = set(present)
        answering = {label for label, _ in known}
        for key in [key for key in self._names if key[0] in answering and key not in known]:
            del self._names[key]
            self._checks.pop(key, None)


def bounded(text: str, characters: int) -> str:
    """Return text that a model, a log and any database take: without NUL and half characters, and cut with a note."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if len(clean) <= characters:
        return clean
    note = f"\n[cut: {len(clean):,} characters in all]"
    return clean[: max(characters - len(note), 0)] + note


def _is_allowed(name: str, entry: _Entry, allow: Sequence[str]) -> bool:
    full_names = (f"{entry.source.label}.{entry.definition.name}", f"{entry.source.label}.{name}")
    return any(
        fnmatchcase(name, pattern) or any(fnmatchcase(full_name, pattern) for full_name in full_names)
        for pattern in allow
    )


def _names_for(label: str, name: str) -> Iterator[str]:
    """Yield names that models accept, the plainest first."""
    yield _accepted(name)
    yield _accepted(f"{label}_{name}")
    number = 2
    while True:
        suffix = f"_{number}"
        yield _accepted(f"{label}_{name}")[: LONGEST_NAME - len(suffix)] + suffix
        number += 1


def _accepted(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:LONGEST_NAME] or "tool"
