"""A reply that broke off, taken up by another model: what it is asked, and what of its answer is new.

Owns the prompt that carries on, the cutting of what was said already, and the holding back of words that may not be
whole. Pure: no model, no clock. Refuses to know why the reply broke off.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.engines.protocols import ChatMessage
from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["FreshWords", "WholeWords", "carried_on"]

LEAST_REPEATED_CHARACTERS = 4
"""A shorter repetition of the end (`a`, `the`) may well be meant."""

LEAST_REPEATED_OF_A_CUT_WORD = 2

MAX_WORD_CHARACTERS = 40
"""What is longer is written without spaces, and passes as it comes."""

_WORD_UNDER_WAY = re.compile(r"(?:[^\W_]|['’-]|(?<=\d)[.,:])+\Z")
"""A full stop after a digit may be that of a number; after a letter it ends a clause, which is waited for."""

CONTINUE = (
    "Your answer above was cut off after its last word and has been spoken so far. Continue it exactly where it stops, "
    "with the next word. Do not repeat anything and do not mention this. If it was complete, answer with nothing."
)


def carried_on(request: ReplyRequest, said: str) -> ReplyRequest:
    """Return the request for the rest of a reply of which `said` was said; the same request when nothing was."""
    if not said.strip():
        return request
    rest = (ChatMessage(role="assistant", content=said), ChatMessage(role="user", content=CONTINUE))
    return replace(request, messages=(*request.messages, *rest))


class WholeWords:
    """Holds back the end of a reply while it may be half a word, so that nothing breaks off within one."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, text: str) -> str:
        """Return what is whole of the text so far and was not returned before."""
        text = self._held + text
        under_way = _WORD_UNDER_WAY.search(text, max(0, len(text) - MAX_WORD_CHARACTERS))
        whole = len(text) if under_way is None else under_way.start()
        is_word = len(text) - whole < MAX_WORD_CHARACTERS and not any(is_cjk(character) for character in text[whole:])
        whole = whole if is_word else len(text)
        self._held = text[whole:]
        return text[:whole]

    def end(self) -> str:
        """Return what is held: nothing follows it."""
        held, self._held = self._held, ""
        return held


class FreshWords:
    """Lets pass what is new of an answer that was to carry on from `said`.

    Models often begin such an answer with words that were said: with the last few, or with the whole from its start;
    white space and capitals may differ. The beginning is held until it is clear that it repeats nothing, or until the
    repetition is over. Where `said` ends with a letter, an answer in small letters goes on with that word.
    """

    def __init__(self, said: str) -> None:
        self._said = said.rstrip()
        self._has_space = self._said != said
        self._endings = self._find_endings()
        self._held = ""
        self._is_open = not self._said

    def take(self, text: str) -> str:
        """Return what of the text so far may be said now, and was not before."""
        if self._is_open:
            return text
        self._held += text
        heard = _letters(self._held)
        if not heard or any(ending.startswith(heard) for ending in self._endings):
            return ""
        return self.end()

    def end(self) -> str:
        """Return what is still held, less what it repeats: the answer is over, or the repetition is."""
        if self._is_open:
            return ""
        self._is_open = True
        heard = _letters(self._held)
        repeated = max((len(ending) for ending in self._endings if heard.startswith(ending)), default=0)
        fresh = _without(self._held, repeated)
        if self._has_space:
            return fresh.lstrip()
        if repeated:
            return fresh
        fresh = fresh.lstrip()
        return self._joined(fresh) if fresh else ""

    def _find_endings(self) -> list[str]:
        """Return the letters of the whole of what was said, and of every ending of it that begins with a word."""
        said = self._said
        starts = [at for at in range(len(said)) if at == 0 or said[at - 1].isspace() or is_cjk(said[at])]
        endings = [ending for at in starts if len(ending := _letters(said[at:])) >= LEAST_REPEATED_CHARACTERS]
        cut = _WORD_UNDER_WAY.search(said)
        if cut is not None and not self._has_space and len(cut.group()) >= LEAST_REPEATED_OF_A_CUT_WORD:
            endings.append(_letters(cut.group()))
        return endings

    def _joined(self, fresh: str) -> str:
        """Return the new words with the space before them that words need."""
        last, first = self._said[-1], fresh[:1]
        if self._held[:1].isspace():
            return f" {fresh}"
        if not _is_spaced(first):
            return fresh
        if _is_spaced(last):
            goes_on = first.islower() or (last.isdigit() and first.isdigit())
            return fresh if goes_on else f" {fresh}"
        return f" {fresh}" if last in ".,;:!?" else fresh


def _letters(text: str) -> str:
    """Return what is compared: the text in small letters, without white space."""
    return "".join(text.lower().split())


def _without(text: str, letters: int) -> str:
    """Return what follows the first so many of `_letters(text)`."""
    at = 0
    while letters > 0:
        letters -= len(_letters(text[at]))
        at += 1
    return text[at:]


def _is_spaced(character: str) -> bool:
    """Whether it belongs to a word of a script that puts spaces between words."""
    return character.isalnum() and not is_cjk(character)
