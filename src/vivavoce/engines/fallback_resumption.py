"""A reply that broke off, taken up by another model: what it is asked, and what of its answer is new.

Owns the prompt that carries on and the cutting of what was said already. Pure: no model, no clock. Refuses to know why
the reply broke off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.engines.protocols import ChatMessage
from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["FreshWords", "carried_on"]

LEAST_REPEATED_CHARACTERS = 4
"""A shorter repetition of the end (`a`, `the`) may well be meant."""

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


class FreshWords:
    """Lets pass what is new of an answer that was to carry on from `said`.

    Models often begin such an answer with words that were said: with the last few, or with the whole from its start.
    The beginning is held until it is clear that it repeats nothing, or until the repetition is over.
    """

    def __init__(self, said: str) -> None:
        self._said = said.rstrip()
        self._has_space = self._said != said
        self._held = ""
        self._is_open = not self._said

    def take(self, text: str) -> str:
        """Return what of the text so far may be said now, and was not before."""
        if self._is_open:
            return text
        self._held += text
        heard = self._held.lstrip()
        if not heard or self._may_repeat(heard):
            return ""
        return self.end()

    def end(self) -> str:
        """Return what is still held, less what it repeats: the answer is over, or the repetition is."""
        if self._is_open:
            return ""
        self._is_open = True
        heard = self._held.lstrip()
        repeated = max(
            (len(tail) for tail in self._tails() if heard.lower().startswith(tail)),
            default=0,
        )
        fresh = heard[repeated:]
        if self._has_space:
            return fresh.lstrip()
        return fresh if repeated or not heard else self._joined(fresh)

    def _may_repeat(self, heard: str) -> bool:
        """Whether the answer so far could still turn out to repeat something."""
        return any(tail.startswith(heard.lower()) for tail in self._tails())

    def _tails(self) -> list[str]:
        """Return the whole of what was said and every ending of it that begins with a word."""
        said = self._said.lower()
        return [
            said[start:]
            for start in range(len(said) - LEAST_REPEATED_CHARACTERS + 1)
            if start == 0 or said[start - 1].isspace() or is_cjk(said[start])
        ]

    def _joined(self, fresh: str) -> str:
        """Return the new words with the space before them that words need."""
        has_space = self._held[:1].isspace()
        if has_space or (self._said[-1].isalnum() and not is_cjk(self._said[-1]) and _is_latin_word(fresh)):
            return f" {fresh}"
        if self._said[-1] in ".,;:!?" and _is_latin_word(fresh):
            return f" {fresh}"
        return fresh


def _is_latin_word(text: str) -> bool:
    return text[:1].isalnum() and not is_cjk(text[0])
