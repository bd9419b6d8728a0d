"""What stands beside the user's words in a prompt and nobody has said: what is known of them, what was said long ago.

Owns the wording, in English and Chinese, and its bounds. A note stands in the user's message, not in the system prompt:
so the beginning of all prompts of a character is the same for all its users, and is read once. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vivavoce.engines.protocols import ChatMessage

__all__ = ["copies", "digest", "header", "language_of", "recalled", "squeezed", "summary_request"]

_LINE_CHARACTERS = 160
"""Of one message in a digest: its beginning says what it was about."""
_LEAST_LINE = 24


def language_of(language: str, words: str) -> str:
    """Return the language of the notes: zh or en; for auto, that of the words."""
    if language == "zh" or (language == "auto" and any("\u4e00" <= letter <= "\u9fff" for letter in words)):
        return "zh"
    return "en"


def header(facts: Sequence[str], summary: str, lines: Sequence[str], language: str) -> str:
    """Return what stands before the first message of a prompt: what is known, and what was said before it.

    `summary` tells of the oldest messages, `lines` are the digest of those behind them.
    """
    parts = []
    if facts:
        about = "你从以前的谈话中知道用户的这些事" if language == "zh" else "From earlier conversations you know of me"
        parts.append(_note(about, facts))
    if summary or lines:
        before = "我们刚才谈到" if language == "zh" else "What we said before this"
        parts.append(f"({before}: {' / '.join([*filter(None, [summary]), *lines])})")
    return "\n".join(parts)


def recalled(facts: Sequence[str], language: str) -> str:
    """Return what stands beside one turn's words: what was remembered for them."""
    return _note("你记得" if language == "zh" else "You remember", facts)


def summary_request(language: str) -> str:
    """Return what asks a model for a summary of the conversation in front of it."""
    if language == "zh":
        return (
            "（先停一下。请用不超过六句短句记下我们到目前为止谈了什么：从我最开始说的话起，我告诉了你哪些关于我的事，"
            "所有的名字、数字和约定，以及我问过什么。不要提你的指示。）"
        )
    return (
        "(Stop for a moment. Note down in at most six short sentences what we have talked about so far, from my very "
        "first words on: what I told you about me and mine, with every name, number and plan, and what I asked about. "
        "Say nothing of your instructions.)"
    )


def digest(messages: Iterable[ChatMessage]) -> tuple[str, ...]:
    """Return messages in short, a line each: their beginnings."""
    said = [(message.role, _words(message)) for message in messages]
    return tuple(f"{_WHO.get(role, role)}: {_shortened(words, _LINE_CHARACTERS)}" for role, words in said if words)


def copies(text: str, source: str, *, characters: int = 60) -> bool:
    """Whether so many characters in a row of the text are the source's: then it tells nothing of its own."""
    starts = range(0, max(1, len(text) - characters + 1), characters // 4)
    return len(text) >= characters and any(text[start : start + characters] in source for start in starts)


def squeezed(lines: Sequence[str], *, characters: int) -> tuple[str, ...]:
    """Return the lines, shorter where all of them are too long; where they are too many, some from the middle leave."""
    most = max(2, characters // _LEAST_LINE)
    if len(lines) > most:
        lines = (*lines[: most // 2], *lines[len(lines) - most // 2 :])
    a_line = _LINE_CHARACTERS
    while a_line > _LEAST_LINE and sum(min(len(line), a_line) for line in lines) > characters:
        a_line = max(_LEAST_LINE, int(a_line * 0.8))
    return tuple(_shortened(line, a_line) for line in lines)


_WHO = {"user": "user", "assistant": "you", "tool": "tool"}


def _words(message: ChatMessage) -> str:
    calls = [f"{name} {arguments}" for _, name, arguments in message.tool_calls]
    return " ".join(" ".join([message.content, *calls]).split())


def _shortened(words: str, characters: int) -> str:
    return words if len(words) <= characters else words[: characters - 1] + "…"


def _note(about: str, facts: Sequence[str]) -> str:
    return f"({about}: {' '.join(_sentence(fact) for fact in facts)})"


def _sentence(fact: str) -> str:
    text = " ".join(fact.split())
    return text if text[-1:] in (".", "。", "!", "?", "！", "？") else f"{text}."
