"""The characters there are: those that ship, and the user's own over them.

Owns which character an id names, and what is told to whom when files change. Refuses to know what a file looks like
and who speaks as a character just now.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import structlog
from anyio.to_thread import run_sync

from vivavoce.errors import InputError, VivavoceError
from vivavoce.personas.files import SUFFIX, is_persona_id, write_character
from vivavoce.personas.shelf import EMPTY_SHELF, MAX_FILES, PersonaProblem, Shelf, read_shelf
from vivavoce.personas.spoken_names import meant
from vivavoce.personas.watching import follow

if TYPE_CHECKING:
    from vivavoce.personas.persona import Persona
    from vivavoce.personas.schema import CharacterFile

__all__ = ["SHIPPED", "PersonaLibrary", "PersonasListener"]

SHIPPED = Path(__file__).parent / "shipped"
PersonasListener = Callable[[frozenset[str]], None]
"""Told the ids of characters that are new, changed or gone."""

log = structlog.get_logger(__name__)


class PersonaLibrary:
    """All characters, by id. Reads the folders when made, which blocks; `run` follows `own` from then on.

    Args:
        own: folder of the user's characters, which may not exist yet; None for none, and then nothing can be saved.
        shipped: folder of those that one of the user's may replace, by its id.
    """

    def __init__(self, own: Path | None = None, *, shipped: Path = SHIPPED) -> None:
        self.own_folder = own
        self._shipped = read_shelf(shipped, EMPTY_SHELF)
        self._own = read_shelf(own, EMPTY_SHELF)
        self._listeners: list[PersonasListener] = []
        self._lock = anyio.Lock()

    def all(self) -> tuple[Persona, ...]:
        """Return every character: those that ship first, then by id."""
        return tuple(self._by_id().values())

    def get(self, persona_id: str) -> Persona:
        """Return the character.

        Raises:
            InputError: `persona_not_found`, naming those there are and how to add one.
        """
        persona = self._by_id().get(persona_id)
        if persona is None:
            raise self._unknown(persona_id)
        return persona

    def written(self, persona_id: str) -> CharacterFile:
        """Return the character as its file has it; raises what `get` does."""
        self.get(persona_id)
        return (self._own.files if self.is_own(persona_id) else self._shipped.files)[persona_id]

    def is_own(self, persona_id: str) -> bool:
        """Tell whether the character comes from the user's folder."""
        return persona_id in self._own.personas

    def is_shipped(self, persona_id: str) -> bool:
        """Tell whether a character of this id ships, so that deleting the user's own brings that one back."""
        return persona_id in self._shipped.personas

    def find(self, spoken_name: str, language: str = "en") -> Persona | None:
        """Return the character that someone who says this means; None when none sounds like it."""
        return meant(self.all(), spoken_name, language)

    def problems(self) -> tuple[PersonaProblem, ...]:
        """Return what is wrong with files that do not load; one that once did is still there as it was."""
        return (*self._shipped.problems, *self._own.problems)

    def subscribe(self, listener: PersonasListener) -> Callable[[], None]:
        """Have `listener` called at each change; the returned function ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    async def refresh(self) -> None:
        """Read the user's folder again, and tell the listeners what is different."""
        async with self._lock:
            shelf = await run_sync(partial(read_shelf, self.own_folder, self._own))
            self._adopt(shelf)

    async def run(self) -> None:
        """Follow the user's folder, which is made if need be, until cancelled."""
        if self.own_folder is None:
            return
        await follow(self.own_folder, self.refresh)

    async def save(self, persona_id: str, written: CharacterFile) -> Persona:
        """Write one of the user's own characters, new or in place of what has this id, and return it.

        Raises:
            InputError: `persona_invalid`, or `personas_read_only` when there is no folder for them.
            VivavoceError: `personas_unwritable`, the folder cannot be written.
        """
        folder = self._folder()
        if not is_persona_id(persona_id):
            raise InputError(
                "persona_invalid",
                f"A character cannot have the id '{persona_id}'.",
                remedy="Use up to 40 lower-case letters and digits, with '-' between them.",
                param="id",
            )
        if persona_id not in self._own.files and len(self._own.files) >= MAX_FILES:
            raise InputError(
                "persona_invalid",
                f"There are {MAX_FILES} characters of your own already.",
                remedy="Delete one first.",
                param="id",
            )
        written.persona(persona_id)
        await self._changing(partial(write_character, folder / f"{persona_id}{SUFFIX}", written))
        return self.get(persona_id)

    async def delete(self, persona_id: str) -> None:
        """Remove one of the user's own characters; one that ships and was replaced by it is back then.

        Raises:
            InputError: `persona_not_found`, or `personas_read_only`: it ships with vivavoce.
            VivavoceError: `personas_unwritable`, the folder cannot be written.
        """
        self.get(persona_id)
        if not self.is_own(persona_id):
            raise InputError(
                "personas_read_only",
                f"The character '{persona_id}' ships with vivavoce and cannot be deleted.",
                remedy="Save one of your own under its id to replace it.",
                param="id",
            )
        path = self._folder() / f"{persona_id}{SUFFIX}"
        await self._changing(partial(path.unlink, missing_ok=True))

    async def _changing(self, change: Callable[[], object]) -> None:
        try:
            await run_sync(change)
        except OSError as error:
            log.warning("characters_unwritable", folder=str(self.own_folder), cause=error.strerror)
            raise VivavoceError(
                "personas_unwritable",
                f"The folder of characters cannot be written: {error.strerror}.",
                remedy="Mend its permissions, or name another with the setting 'personas'.",
            ) from error
        await self.refresh()

    def _folder(self) -> Path:
        if self.own_folder is None:
            raise InputError(
                "personas_read_only",
                "There is no folder for your own characters.",
                remedy="Name one with the setting 'personas'.",
            )
        return self.own_folder

    def _adopt(self, shelf: Shelf) -> None:
        before, known = self._by_id(), set(self.problems())
        self._own = shelf
        after = self._by_id()
        for problem in set(self.problems()) - known:
            log.warning("a character does not load", file=str(problem.path), problem=problem.message)
        changed = frozenset(key for key in before | after if before.get(key) != after.get(key))
        if changed:
            for listener in list(self._listeners):
                listener(changed)

    def _by_id(self) -> dict[str, Persona]:
        return {**self._shipped.personas, **self._own.personas}

    def _unknown(self, persona_id: str) -> InputError:
        can_be_added = self.own_folder is not None and is_persona_id(persona_id)
        add = f"Add it as {persona_id}{SUFFIX} to the folder of the setting 'personas', or choose"
        return InputError(
            "persona_not_found",
            f"There is no character '{persona_id[:80]}'.",
            remedy=f"{add if can_be_added else 'Choose'} one of: {', '.join(self._by_id())}.",
            param="persona",
        )
