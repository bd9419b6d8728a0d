"""Markdown to plain running text.

Owns what is said of a document's marks: nothing, but for the pause that a heading, a list item or a table row makes.
Refuses to know languages, numbers and addresses; links keep their label or, bare, their address for a later step.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from vivavoce.speech.normalise.rules import apply_rules, rule
from vivavoce.speech.scripts import CJK_CLASS, is_cjk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["plain_text"]

_FENCE = re.compile(r"[ \t]{0,8}(```|~~~)")
_BLOCK_RULES = [
    rule(r"^\s*+(?:>\s?)++", ""),
    rule(r"^\s*+#{1,6}\s++(.*+)$", lambda heading: heading[1].rstrip("# \t") + "\n"),
    rule(r"^\s*+(?:[-*+•◦▪‣–—·]\s++)++(?:\[[ xX]\]\s++)?+(.*+)$", r"\1\n"),
    rule(r"^\s*+(\d{1,3})[.)]\s++(.*+)$", r"\1, \2\n"),
]
_RULER = re.compile(r"\s*+(?:[-*_=]\s*+){3,}")
_TABLE_RULER = re.compile(r"[\s|:-]*+")
_INLINE_RULES = [
    rule(r"<!--.{0,500}?-->", " "),
    rule(r"!?\[([^\[\]\n]{1,300})\]\([^()\n]{0,600}(?:\([^()\n]{0,100}\)[^()\n]{0,100})?\)", r"\1"),
    rule(r"\[\^?\d{0,3}(?:[,–-]\s?\d{1,3})*\](?!\()", ""),
    rule(r"\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,100}\]", r"\1"),
    rule(r"<((?:https?://|mailto:)[^<>\s]{1,600})>", r"\1"),
    rule(r"<br ?/?>", ", ", ignore_case=True),
    rule(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>]{0,300})?/?>", ""),
    rule(r"(?<=\d)\*\*(?=\d)", "^"),
    rule(r"(\*\*\*|\*\*|__|~~)(?=\S)", ""),
    rule(r"(?<=\S)(\*\*\*|\*\*|__|~~)", ""),
    rule(r"(?<![\w*])\*(?=[^\s*])", ""),
    rule(r"(?<=[^\s*])\*(?!\w)", ""),
    rule(rf"(?<=[{CJK_CLASS}])\*|\*(?=[{CJK_CLASS}])", ""),
    rule(r"(?<!\w)_(?=\w)|(?<=[\w.,!?])_(?!\w)", ""),
]
_MATH_RULES = [
    rule(r"\\[()\[\]]|\${2}", " "),
    rule(r"\\(?:d|t)?frac\{([^{}]{1,80})\}\{([^{}]{1,80})\}", r"\1 / \2"),
    rule(r"\\sqrt\{([^{}]{1,80})\}", r"√\1"),
    rule(r"\\(?:times|cdot)\b", "×"),
    rule(r"\\div\b", "÷"),
    rule(r"\\pm\b", "±"),
    rule(r"\\(?:approx|sim)\b", "≈"),
    rule(r"\\(?:leq?)\b", "≤"),
    rule(r"\\(?:geq?)\b", "≥"),
    rule(r"\\(?:neq?)\b", "≠"),
    rule(r"\\(?:to|rightarrow)\b", "→"),
    rule(r"\\(?:text|mathrm|mathbf)\{([^{}]{0,200})\}", r"\1"),
    rule(r"\^\{([^{}]{1,20})\}", r"^\1"),
    rule(r"\\([A-Za-z]{2,20})", r"\1"),
    rule(r"\\(?=[^\w\s])", ""),
]
_CODE = re.compile(r"(`{1,3})([^`\n]{1,400})\1")
_CODE_RULES = [
    rule(r"(?<=[a-z0-9])(?=[A-Z])", " "),
    rule(r"\(\)|[;{}\[\]\"']", " "),
    rule(r"[()_]", " "),
    rule(r"(?<=\w)\.(?=[A-Za-z_])", " dot "),
    rule(r"=>|->", " → "),
    rule(r"===?", " = "),
    rule(r"!=", " ≠ "),
    rule(r"(?<!\w)--?(?=[A-Za-z])", " dash "),
]
_SENTENCE_END = tuple('.!?…:;,。！？：；，、"”’)）')


def plain_text(text: str) -> str:
    """Return what is left of `text` when its markdown is taken for what it means; fenced code is left out.

    Each heading, list item, table row and paragraph ends in a mark, so that a voice pauses after it; but not the last
    line, which may go on in the next clause unless a line break ends it.
    """
    said: list[str] = []
    is_closed = False
    for line in _lines_outside_code(text):
        plain = _block(line)
        if not plain.strip():
            _close(said)
            continue
        if is_closed:
            _close(said)
        said.append(plain.strip())
        is_closed = plain.endswith("\n")
    return _join(said)


def _lines_outside_code(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1] == fence else fence
            yield ""
        elif mark and line.count(mark[1]) % 2:
            fence = mark[1]
            yield ""
        else:
            yield "" if mark else line


def _block(line: str) -> str:
    """Return one line without its block marks; a newline at its end says that something ends there."""
    if not line.strip() or _RULER.fullmatch(line) or (line.count("|") > 1 and _TABLE_RULER.fullmatch(line)):
        return ""
    if line.count("|") > 1:
        cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        return _inline(", ".join(cell for cell in cells if cell)) + "\n"
    return _inline(apply_rules(line, _BLOCK_RULES))


def _inline(text: str) -> str:
    text = _CODE.sub(lambda code: apply_rules(code[2], _CODE_RULES), text)
    text = apply_rules(text, _INLINE_RULES)
    return html.unescape(apply_rules(text, _MATH_RULES) if "\\" in text or "$$" in text else text).replace("`", "")


def _close(said: list[str]) -> None:
    """End what was said last with a full stop, unless it has an end."""
    if said and said[-1] and not said[-1].endswith(_SENTENCE_END):
        said[-1] += "。" if is_cjk(said[-1][-1]) else "."


def _join(said: list[str]) -> str:
    """Return the lines as one; between two ideographs there is no space."""
    pieces: list[str] = []
    for piece in said:
        if pieces and not (is_cjk(piece[0]) and (is_cjk(pieces[-1][-1]) or pieces[-1][-1] in "。！？，、；：")):
            pieces.append(" ")
        pieces.append(piece)
    return "".join(pieces)
