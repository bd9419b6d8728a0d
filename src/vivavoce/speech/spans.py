"""Stretches of markdown that must not be cut: fenced code, inline code, links.

Owns where such a stretch begins and ends in a text that arrives piece by piece. Refuses to know what is done with it.
"""

from __future__ import annotations

__all__ = ["CodeFence", "InlineSpan"]

_FENCE_LENGTH = 3
_LONGEST_SPAN = 200


class CodeFence:
    """A fenced code block, from after its opening marks.

    It ends with the same marks at the head of a line, or anywhere on its first line.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._run = 0
        self._may_close = True
        self._is_first_line = True

    def end_in(self, text: str) -> int | None:
        """Return where the block ends in `text`, the next piece of it, or None when it goes on."""
        for place, character in enumerate(text):
            if character == self._mark and self._may_close:
                self._run += 1
                if self._run == _FENCE_LENGTH:
                    return place + 1
                continue
            self._run = 0
            if character == "\n":
                self._is_first_line = False
                self._may_close = True
            elif character != " ":
                self._may_close = self._is_first_line
        return None


class InlineSpan:
    """Whether the text so far stands inside inline code or a link.

    One that is not closed on its line or within 200 characters was none.
    """

    def __init__(self) -> None:
        self._closer = ""
        self._length = 0

    @property
    def is_open(self) -> bool:
        """Whether a cut here would part what belongs together."""
        return bool(self._closer)

    def is_undecided(self, character: str) -> bool:
        """Tell whether `character`, the next one, needs the one after it: a label's end may begin an address."""
        return self._closer == "]" == character

    def advance(self, character: str, following: str) -> None:
        """Take one more character; `following` is the one after it, empty when not known."""
        if not self._closer:
            if character in "`[":
                self._closer = "`" if character == "`" else "]"
                self._length = 0
            return
        self._length += 1
        if character == self._closer:
            self._closer = ")" if character == "]" and following == "(" else ""
        elif character == "\n" or self._length > _LONGEST_SPAN:
            self._closer = ""
