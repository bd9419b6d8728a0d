"""What stands beside the user's words in a prompt and nobody has said: what is known of them, what was said long ago.

Owns the wording, in English and Chinese, and its bounds. A note stands in the user's message, not in the system prompt:
so the beginning of all prompts of a character is the same for all its users, and is read once. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vivavoce.engines.protocols import ChatMessage

__all__ = ["digest", "header", "language_of", "recalled", "summary_request"]

_LINE_CHARACTERS = 160
"""Of one message in a digest: its beginning says what it was about."""


def language_of(language: str, words: str) -> str:
    """Return the language of the notes: zh or en; for auto, that of the words."""
    if language == "zh" or (language == "auto" and any("\u4e00" <= letter <= "\u9fff" for letter in words)):
        return "zh"
    return "en"


def header(facts: Sequence[str], summary: str, language: str) -> str:
    """Return what stands before the first message of a prompt: what is known, and what was said before it."""
    lines = []
    if facts:
        about = "你从以前的谈话中知道用户的这些事" if language == "zh" else "From earlier conversations you know of me"
        lines.append(_note(about, facts))
    if summary:
        before = "我们刚才谈到" if language == "zh" else "What we said before this"
        lines.append(f"({before}: {summary})")
    return "\n".join(lines)


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


def digest(messages: Iterable[ChatMessage], *, characters: int) -> str:
    """Return messages in short, each by its beginning; where that is too long, each gets less."""
    said = [(message.role, _words(message)) for message in messages]
    said = [(role, words) for role, words in said if words]
    a_line = min(_LINE_CHARACTERS, max(8, characters // max(1, len(said)) - 12))
    return " / ".join(f"{_WHO.get(role, role)}: {_shortened(words, a_line)}" for role, words in said)


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
