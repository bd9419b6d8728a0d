"""Which tools the user's words can mean at all, for models that are small enough to call one for no reason.

Owns the words without which nobody asks for one of the tools that come with the server, English and Chinese. A call
that was not wanted costs a small model seconds, and the user an answer to something else. What is said to mean the
tools of others is not known here: they are ruled out only where somebody just tells of something. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vivavoce.engines.protocols import ChatMessage, ToolSpec

__all__ = ["BESIDE", "meant"]

BESIDE = re.compile(r"\([^()]*\)|（[^（）]*）")
"""What stands beside the user's words in a prompt and nobody has said."""

LOOKS_BACK = 6
"""Messages in which a tool has answered for its tool to be meant by words such as "and in Paris?"."""

_TIMER = (
    "timers? countdown count_down alarm remind wake_me let_me_know_(?:when|in) "
    "(?:in|for|after|of|me|another|put|set|start)_(?:[\\w-]+_){1,5}(?:seconds?|minutes?|hours?) "
    "(?:seconds?|minutes?|hours?)_(?:from_now|are_up|left|later) "
    "(?:tell|call|ping)_me_(?:in|when) 计时 定时 倒计时 提醒 闹钟 叫我 分钟 秒 小时"
)
_CUES: Mapping[str, str] = {
    "get_time": "time date day clock o'clock late hour today tonight month year weekday "
    "几点 时间 日期 几号 星期 礼拜 周几 今天 现在 哪天 年份 月份",
    "set_timer": _TIMER,
    "list_timers": _TIMER,
    "cancel_timer": f"{_TIMER} cancel stop turn_(?:it|that)_off 取消 停 关掉",
    "end_conversation": "bye goodbye good_night hang_up see_you talk_(?:to_you_)?(?:later|soon|tomorrow) "
    "that(?:'s|_is)_all (?:have|got|need)_to_go gotta_go (?:must|should)_go leave_now take_care farewell "
    "(?:end|stop)_(?:the|this)_(?:call|conversation) 再见 拜 挂断 挂了 晚安 不聊 先走 下次 结束 到这里 就这样",
    "change_voice": "voice faster slower slow(?:ly)?_down speed quick(?:er|ly)? "
    "(?:speak|talk)_(?:more_)?(?:slow|fast|quick)\\w* too_(?:fast|slow|quick) 声音 嗓音 快 慢 语速",
    "change_persona": "switch change become talk_to speak_(?:to|with) character persona bring swap turn_into "
    "let_me_have 换 变成 角色 切换 叫.*来 找",
    "remember": "remember (?:keep|bear)_in_mind note (?:don't|do_not|never)_forget memori[sz]e "
    "write_(?:that|this|it)_down for_(?:later|the_future) 记住 记下 记一下 记得 别忘 不要忘 记着",
    "recall": "remember recall know_(?:about|of)_me know_my t(?:old|ell)_you about_me (?:did|have|do|am)_i "
    "(?:what|who|where|when|which)\\b.*\\bmy 记得 知道我 告诉过 我的.*(?:什么|谁|哪|几) 我.*(?:什么|哪|谁|几)",
    "forget": "forget delete erase remove clear drop wipe scratch 忘 删 清除 抹",
}
"""Parted by blanks; `_` stands for a blank within."""


def meant(tools: Sequence[ToolSpec], messages: Sequence[ChatMessage]) -> list[ToolSpec]:
    """Return the tools that the user may mean now: by their last words, or by going on about what a tool answered."""
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    words = BESIDE.sub("", messages[asked[-1]].content) if asked else ""
    lately = {name for message in messages[-LOOKS_BACK:] for _, name, _ in message.tool_calls}
    return [tool for tool in tools if tool.name in lately or _may_mean(tool, words)]


def _may_mean(tool: ToolSpec, words: str) -> bool:
    if (cue := _PATTERNS.get(tool.name)) is not None:
        return cue.search(words) is not None
    return not _TELLS.match(words) or bool(_WISHES.search(words)) or bool(_stems(words) & _stems(_text(tool)))


def _text(tool: ToolSpec) -> str:
    return f"{tool.name} {tool.description}".replace("_", " ")


def _stems(text: str) -> set[str]:
    """Return the beginnings of the longer words, by which forms of one word are known."""
    return {word[:5].lower() for word in re.findall(r"[A-Za-z]{4,}", text)}


def _pattern(cues: str) -> re.Pattern[str]:
    phrases = [phrase.replace("_", r"\s+") for phrase in cues.split()]
    return re.compile("|".join(rf"\b{one}\b" if one.isascii() else one for one in phrases), re.IGNORECASE)


_TELLS = re.compile(
    r"\s*(?:(?:well|so|oh|and|but|yes|no|okay)[,\s]+)*(?:i|we|he|she|they|it|that|this|there|my|our|the|a)(?:\b|')",
    re.IGNORECASE,
)
_WISHES = re.compile(r"\?|\b(?:please|wants?|need|would like|i'd like|can|could|wonder\w*|tell)\b", re.IGNORECASE)
_PATTERNS = {name: _pattern(cues) for name, cues in _CUES.items()}
