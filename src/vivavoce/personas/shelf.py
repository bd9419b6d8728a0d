"""One folder of characters, as it was when last read.

Owns reading all files of a folder, and that a file which breaks keeps its last good version. Refuses to know other
folders and when to read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from vivavoce.errors import InputError
from vivavoce.personas.files import SUFFIX, read_character
from vivavoce.personas.persona import Persona
from vivavoce.personas.schema import CharacterFile

__all__ = ["EMPTY_SHELF", "MAX_FILES", "PersonaProblem", "Shelf", "read_shelf"]

MAX_FILES = 200
_TOO_MANY = f"This is not read: a folder holds at most {MAX_FILES} characters."


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaProblem:
    """A file that does not load, or a folder, and the sentences saying why and what to do."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What a folder holds: the characters by id, the same as written, and the files that do not load."""

    personas: Mapping[str, Persona] = field(default_factory=lambda: MappingProxyType({}))
    files: Mapping[str, CharacterFile] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[PersonaProblem, ...] = ()


EMPTY_SHELF = Shelf()


def read_shelf(folder: Path | None, before: Shelf) -> Shelf:
    """Return what the folder holds now; a file that does not load stands for what it was `before`. Blocks.

    No folder, or one that is not there, is an empty one; one that cannot be read stands for what it was.
    """
    if folder is None or not folder.is_dir():
        return EMPTY_SHELF
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in (SUFFIX, ".yml") and path.name[0] != ".")
    except OSError as error:
        problem = PersonaProblem(path=folder, message=f"The folder cannot be read: {error.strerror}.")
        return replace(before, problems=(problem,))
    personas: dict[str, Persona] = {}
    files: dict[str, CharacterFile] = {}
    problems: list[PersonaProblem] = []
    for path in paths[:MAX_FILES]:
        try:
            if path.suffix != SUFFIX:
                raise InputError("persona_invalid", f"{path.name} is not read.", remedy=f"Name it {path.stem}{SUFFIX}.")
            files[path.stem], personas[path.stem] = read_character(path)
        except InputError as error:
            problems.append(PersonaProblem(path=path, message=str(error)))
            if path.suffix == SUFFIX and path.stem in before.personas:
                personas[path.stem], files[path.stem] = before.personas[path.stem], before.files[path.stem]
    problems += [PersonaProblem(path=path, message=_TOO_MANY) for path in paths[MAX_FILES:]]
    return Shelf(personas=MappingProxyType(personas), files=MappingProxyType(files), problems=tuple(problems))
