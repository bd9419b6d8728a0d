"""Which character someone means who says its name.

Owns the comparison of names as they sound, which a recogniser may have spelt in any way. Refuses to know where
characters come from.
"""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pypinyin import lazy_pinyin

from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vivavoce.personas.persona import Persona

__all__ = ["meant"]

_LEAST_LIKENESS = 0.85
_WITHIN = 0.95
_OWN_LANGUAGE = 0.01
_SPOKEN_MAX_LENGTH = 200


def meant(personas: Iterable[Persona], spoken: str, language: str) -> Persona | None:
    """Return the character whose name sounds most like what was said; None when none does.

    "Meimei", "mei mei" and "switch to Meimei, please" all mean one called Meimei; Chinese names are compared as
    pinyin without tones. Of two that are equally like it, one who speaks `language` is meant.
    """
    said = _sounds(spoken[:_SPOKEN_MAX_LENGTH])
    best, best_likeness = None, _LEAST_LIKENESS
    for persona in personas:
        likeness = max(_likeness(_sounds(name), said) for name in _names(persona))
        if likeness >= best_likeness and language.partition("-")[0] in persona.languages:
            likeness += _OWN_LANGUAGE
        if likeness > best_likeness:
            best, best_likeness = persona, likeness
    return best


def _names(persona: Persona) -> set[str]:
    return {persona.id.replace("-", " "), persona.name, *(wording.name for _, wording in persona.wordings)}


def _sounds(text: str) -> tuple[str, ...]:
    """Return the words as plain lower-case letters; a Chinese character is a word of its own."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKD", text.lower()):
        if is_cjk(character):
            letters += f" {lazy_pinyin(character)[0]} "
        elif not unicodedata.combining(character):
            letters.append(character if character.isalnum() else " ")
    return tuple("".join(letters).split())


def _likeness(name: tuple[str, ...], said: tuple[str, ...]) -> float:
    """Return 1 for the same sounds, a little less where other words stand around them, and less for unlike ones."""
    wanted, heard = "".join(name), "".join(said)
    if not wanted or not heard:
        return 0.0
    if wanted == heard:
        return 1.0
    runs = ("".join(said[start:end]) for start in range(len(said)) for end in range(start + 1, start + 5))
    return _WITHIN * max(1.0 if run == wanted else SequenceMatcher(None, run, wanted).ratio() for run in runs)
