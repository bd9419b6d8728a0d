"""What stands beside the user's words in a prompt and nobody has said: what is known of them, what was said long ago.

Owns the wording, in English and Chinese, and its bounds. A note stands in the user's message, not in the system prompt:
so the beginning of all prompts of a character is the same for all its users, and is read once. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vivavoce.engines.protocols import ChatMessage

__all__ = ["digest", "header", "language_of", "recalled", "squeezed", "summary_request"]

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
            "（请用不超过八句话总结到目前为止的谈话，供你自己以后参考：保留所有名字、数字、日期、愿望、决定和用户说过的"
            "个人情况。只写总结，用第三人称称呼“用户”和“助手”。）"
        )
    return (
        "(Sum up the conversation so far in at most eight sentences, for yourself to go on from: keep every name, "
        "number, date, wish and decision, and what the user has told about themselves. Write only the summary, and "
        "speak of 'the user' and 'the assistant'.)"
    )


def digest(messages: Iterable[ChatMessage]) -> tuple[str, ...]:
    """Return messages in short, a line each: their beginnings."""
    said = [(message.role, _words(message)) for message in messages]
    return tuple(f"{_WHO.get(role, role)}: {_shortened(words, _LINE_CHARACTERS)}" for role, words in said if words)


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
