"""What a character says when something is missing and its file does not say what: in English and Chinese.

Owns the words. Refuses to know when they are said.
"""

from __future__ import annotations

from vivavoce.personas.persona import FallbackLines

__all__ = ["standard_lines"]

_ENGLISH = FallbackLines(
    trouble="Sorry, I can't think straight right now. Please try again in a moment.",
    working=("Let me look that up.", "One moment.", "Let me check.", "Just a second."),
    tool_failed="Sorry, that didn't work just now.",
)
_CHINESE = FallbackLines(
    trouble="抱歉，我现在有点转不过来，请稍后再试一次。",
    working=("我查一下。", "请稍等。", "让我看看。", "马上就好。"),
    tool_failed="抱歉，刚才没有成功。",
)


def standard_lines(language: str) -> FallbackLines:
    """Return the lines for an ISO 639-1 code; English for a language without its own."""
    return _CHINESE if language == "zh" else _ENGLISH
