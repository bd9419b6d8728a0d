"""What the model is told that no one said, in the session's language: a system prompt, and how the user is silent.

Owns the words. Refuses to know sessions. Small models answer in the language they are instructed in, so each language
with a voice of its own has its own text.
"""

from __future__ import annotations

__all__ = [
    "approval",
    "default_instructions",
    "farewell",
    "nudges",
    "refused",
    "silence",
    "still_working",
    "timer_rings",
    "working",
]

_ENGLISH = (
    "You are Viva, a warm and attentive voice assistant. You are heard, not read: answer in one to three short, "
    "natural sentences, without lists, markup or emoji. Answer in the user's language. If you do not know, say so."
)
_CHINESE = (
    "你是薇娃，一位热情、细心的语音助手。你的回答会被朗读出来：请用一到三句简短自然的口语中文回答，"
    "不要使用列表、标记或表情符号。不知道的事情就直说不知道。"
)


def default_instructions(language: str) -> str:
    """Return the prompt for a language, an ISO 639-1 code or auto."""
    return _CHINESE if language == "zh" else _ENGLISH


def silence(language: str) -> str:
    """Return what stands in the user's place when the assistant is to speak twice in a row."""
    return "（用户没有说话。）" if language == "zh" else "(The user says nothing.)"


def nudges(language: str) -> tuple[str, ...]:
    """Return what stands there when the user has been silent for long: the first time, and the second."""
    if language == "zh":
        return (
            "（用户有一会儿没有说话了。请用一句简短温和的话问问对方还在不在。）",
            "（用户还是没有说话。请换一种说法，用一句简短友好的话告诉对方：需要时你都在。）",
        )
    return (
        "(The user has been silent for a while. Ask in one short, gentle sentence whether they are still there.)",
        "(The user is still silent. Say in one short, friendly sentence, in other words than before, that you are "
        "there when they need you.)",
    )


def farewell(language: str) -> str:
    """Return what stands there when the user has not answered those either, and the conversation ends."""
    if language == "zh":
        return "（用户一直没有回答。请用一句简短友善的话道别。）"
    return "(The user has not answered. Say goodbye in one short, kind sentence.)"


def timer_rings(language: str, label: str) -> str:
    """Return what is said when a timer rings; `label` is what it is for, or empty."""
    if language == "zh":
        return f"{label}的时间到了。" if label else "计时器的时间到了。"
    return f"Your {label} timer is done." if label else "Your timer is done."


def working(language: str) -> tuple[str, ...]:
    """Return what is said while a tool takes long: one line after the other, for a character that has none."""
    if language == "zh":
        return ("请稍等一下。", "还要再等一会儿。", "马上就好。")
    return ("One moment, please.", "It takes a little longer.", "I am still at it.")


def approval(language: str) -> str:
    """Return how the user is asked whether a tool may be used; `{name}` stands for it."""
    return "我可以使用{name}吗？" if language == "zh" else "May I use {name}?"


def still_working(language: str) -> str:
    """Return what stands in the place of a tool's output that is not there yet."""
    if language == "zh":
        return "（还在处理中，结果稍后才有。）"
    return "(Still at work. The outcome is not known yet; it comes later by itself.)"


def refused(language: str) -> str:
    """Return what stands there when the user did not allow the call."""
    return "（用户不同意这样做。）" if language == "zh" else "(The user has said no to this.)"
