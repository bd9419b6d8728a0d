"""Cues in a reply: `[joy]` says how to look and `[nod]` what to do, and neither is shown or spoken.

Owns how a cue is written, and what the text reads like without it. Refuses to know faces, characters and the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from vivavoce.speech.scripts import is_cjk

__all__ = ["ACTIONS", "EXPRESSIONS", "ActionName", "Cue", "CueFilter", "action_named"]

EXPRESSIONS = ("neutral", "joy", "sadness", "surprise", "anger", "relaxed", "thinking")
"""What a face can show; a reply asks for one as `[joy]`."""

ActionName = Literal["nod", "shake", "wave"]

ACTIONS: tuple[ActionName, ...] = get_args(ActionName)
"""What a body can do once; a reply asks for it as `[nod]`."""

# What models write in their place, seen of Qwen 1.5B and close to that.
_SYNONYMS = {
    "joy": "happy happiness smile smiling smiles laugh laughing laughs 笑 微笑 大笑 开心 高兴 喜悦 快乐",
    "sadness": "sad 难过 伤心 悲伤 哭",
    "surprise": "surprised shocked 惊讶 吃惊 惊喜 惊",
    "anger": "angry 生气 愤怒",
    "relaxed": "relax calm 放松 轻松 平静",
    "thinking": "think thought thoughts thoughtful 思考 沉思 想",
    "neutral": "中性",
    "nod": "nods nodding 点头",
    "shake": "shakes shaking 摇头",
    "wave": "waves waving 挥手 招手",
}
_NAMES = {name: name for name in (*EXPRESSIONS, *ACTIONS)} | {
    synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms.split()
}

# Models that write Chinese write its brackets.
_CLOSERS = {"[": "]", "【": "】", "［": "］"}
_WIDE_STOPS = "。！？；：，、…—“”‘’「」『』（）《》〈〉【】［］～"
# A blank before one of these would be a slip; brackets of cues are left out, or two pieces of one could meet.
_LEANING = ".,!?;:…)}”" + "。！？；：，、”」』）》〉"
_ENDING = '.,!?;:…)"”'
_BLANKS = " \t\u00a0\u3000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One cue: what it asks for, and how many characters of the clean text come before what it is about."""

    name: str
    place: int


def action_named(name: str) -> ActionName | None:
    """Return the action that a cue asks for; None for an expression."""
    return next((action for action in ACTIONS if action == name), None)


class CueFilter:
    """Takes the cues out of one reply that arrives piece by piece.

    A cue is a name in square brackets, 【】 or ［］, in any case, without blanks; a synonym ("[smile]", "[笑]") stands
    for the name. One of `EXPRESSIONS` or `ACTIONS` that is not allowed is taken out too, and told to no one. All other
    text passes as it is. What is held back is at most one unfinished cue, and blanks until something follows them: how
    the text is cut into pieces changes nothing.
    """

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self._allowed = frozenset(name.lower() for name in allowed)
        self._names = _NAMES | {name: name for name in self._allowed}
        self._held = ""
        self._blanks = ""
        self._is_seam = False
        self._waiting: list[str] = []
        self._last = ""
        self._length = 0

    def feed(self, delta: str) -> tuple[str, tuple[Cue, ...]]:
        """Return the clean text that is now sure, and the cues before or within it, in order."""
        text: list[str] = []
        cues: list[Cue] = []
        for character in delta:
            self._take(character, text, cues)
        return "".join(text), tuple(cues)

    def flush(self) -> tuple[str, tuple[Cue, ...]]:
        """Return what was held back, the reply being over; a cue that ends it has nothing behind it."""
        text: list[str] = []
        cues: list[Cue] = []
        self._release(text, cues)
        if not self._is_seam:
            text.append(self._blanks)
            self._length += len(self._blanks)
        self._tell(cues)
        self._blanks, self._is_seam = "", False
        return "".join(text), tuple(cues)

    def _take(self, character: str, text: list[str], cues: list[Cue]) -> None:
        if self._held:
            if self._goes_on(character):
                self._held += character
                return
            if character == _CLOSERS[self._held[0]] and (name := self._held[1:].lower()) in self._names:
                self._cut(name)
                return
            self._release(text, cues)
        if character in _CLOSERS:
            self._held = character
        elif character in _BLANKS:
            self._blanks += character
        else:
            self._pass(character, text, cues)

    def _goes_on(self, character: str) -> bool:
        begun = (self._held[1:] + character).lower()
        return any(name.startswith(begun) for name in self._names)

    def _cut(self, name: str) -> None:
        self._held, self._is_seam = "", True
        if self._names[name] in self._allowed:
            self._waiting.append(self._names[name])

    def _release(self, text: list[str], cues: list[Cue]) -> None:
        """Let what looked like a cue pass as the text it is."""
        held, self._held = self._held, ""
        for character in held:
            self._pass(character, text, cues)

    def _pass(self, character: str, text: list[str], cues: list[Cue]) -> None:
        if self._is_seam and not self._last and character.isspace():
            return
        gap = _gap(self._last, self._blanks, character) if self._is_seam else self._blanks
        self._length += len(gap)
        self._tell(cues)
        text += (gap, character)
        self._length += 1
        self._last, self._blanks, self._is_seam = character, "", False

    def _tell(self, cues: list[Cue]) -> None:
        cues += [Cue(name=name, place=self._length) for name in self._waiting]
        self._waiting.clear()


def _gap(before: str, blanks: str, after: str) -> str:
    """Return what stands where a cue was cut out, blanks included; `before` is empty at the reply's head."""
    if before in _CLOSERS or after in _CLOSERS.values():
        # What is left of two cues, one inside the other, must not become a third.
        return " "
    if not before or before.isspace() or after.isspace() or after in _LEANING:
        return ""
    if _is_wide(before) and _is_wide(after):
        return ""
    return " " if blanks or (_ends_word(before) and after.isalnum() and not is_cjk(after)) else ""


def _ends_word(character: str) -> bool:
    return (character.isalnum() and not is_cjk(character)) or character in _ENDING


def _is_wide(character: str) -> bool:
    return is_cjk(character) or character in _WIDE_STOPS
