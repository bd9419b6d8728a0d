"""Characters that are seen and not said.

Owns emoji, invisible characters, the many widths and shapes of one character, and the spacing that is left when
something was taken out. Refuses to know what a symbol means in a language.
"""

from __future__ import annotations

import re
import unicodedata

from vivavoce.speech.normalise.rules import apply_rules, rule

__all__ = ["is_sayable", "one_width", "tidy"]

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
# A removed picture leaves a space: what stood on its two sides were two words.
_PICTURES = re.compile(
    "[©®™•\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\ue000-\uf8ff\u20e3"
    "\U0001f000-\U0001faff\U0001fb00-\U0001fbff]"
)
_SPACES = re.compile(r"[\s|\\{}\[\]`_]++")
_DOTS = re.compile(r"\.{2,}+")
_SHAPE_OF: dict[str, str] = {
    **{chr(ord(character) + 0xFEE0): character for character in "0123456789"},
    **{chr(ord(character) + 0xFEE0): character for character in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    **{chr(ord(character) + 0xFEE0): character for character in "%+=&@#$/<>*_|~-"},
    **dict.fromkeys("“”„‟«»〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛ʼ＇", "'"),
    **dict.fromkeys("‐‑‒", "-"),
    **{chr(0x2080 + digit): str(digit) for digit in range(10)},
    **dict.fromkeys("⁄∕", "/"),
}
_SHAPES = str.maketrans(_SHAPE_OF)
_TIDY_RULES = [
    rule(r"[*#<>^~]++", " "),
    rule(r"([!?])[!?]++", r"\1"),
    rule(r"\( *+\)|\" *+\"", " "),
    rule(r"\( ++", "("),
    rule(r"\s++", " "),
    rule(r"(?<=[^\s\d]) ++(?=[,.;:!?…)](?:\s|$))", ""),
    rule(r"([,;:])(?:[ ,;:]*+[,;:])", r"\1"),
    rule(r"[,;:] ?+(?=[.!?…](?:\s|$))", ""),
    rule(r"\.(?: ?\.)++(?=\s|$)", "."),
]
_LEADING = " ,.;:!?…)-–—、。，；：！？）·/%=+&"


def one_width(text: str) -> str:
    """Return `text` with one shape for each digit, letter, quote, dash and space, and without what cannot be seen.

    Emoji, brackets and bars become spaces, white space one space; digits of every script become 0 to 9.
    """
    text = _PICTURES.sub(" ", _INVISIBLE.sub("", text)).translate(_SHAPES)
    if not text.isascii():
        text = "".join(_ascii_digit(character) for character in text)
    return _DOTS.sub("…", _SPACES.sub(" ", text))


def tidy(text: str) -> str:
    """Return `text` without marks that no voice reads, gaps before marks, and marks at its beginning."""
    return apply_rules(text, _TIDY_RULES).lstrip(_LEADING).rstrip(" -–—/=+&")


def is_sayable(text: str) -> bool:
    """Tell whether there is a letter or a digit in `text`."""
    return any(character.isalnum() for character in text)


def _ascii_digit(character: str) -> str:
    return str(unicodedata.digit(character)) if character.isdecimal() else character
