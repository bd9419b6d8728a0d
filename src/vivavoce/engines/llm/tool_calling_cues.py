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
    "(?:please|can|could|tell|call|ping|let|wake|ring|shout|get_me|give_me)\\b.*\\b(?:seconds?|minutes?|hours?) "
    "(?:seconds?|minutes?|hours?)\\b.*\\b(?:please|can|could|tell|call|ping|let|wake|ring|shout|get_me|give_me) "
    "time_(?:my|me|this|it) 计时 定时 倒计时 提醒 闹钟 叫我 分钟 秒 小时"
)
_NOT_ASKED = "(?<!never\\s)(?<!can't\\s)(?<!cannot\\s)(?<!don't\\s)(?<!not\\s)"
_CUES: Mapping[str, str] = {
    "get_time": "(?:what|which|tell|know|have|got|give|check|current|exact)\\b.*\\b"
    "(?:time|date|day|today|tonight|month|year|weekday|clock|o'clock) "
    "time_(?:is_it|it_is|now|please) how_late is_it_(?:late|past|after|before|already|still) "
    "is_(?:it|today)_(?:the|mon|tues|wednes|thurs|fri|satur|sun)\\w* "
    "几点 几时 几号 几月 星期几 礼拜几 周几 日期 哪天 哪一天 哪年 哪一年 什么时间 什么时候 什么日子 时间是 现在.*时间",
    "set_timer": _TIMER,
    "list_timers": _TIMER,
    "cancel_timer": f"{_TIMER} cancel stop turn_(?:it|that)_off 取消 停 关掉",
    "end_conversation": "bye goodbye good_night hang_up see_you talk_(?:to_you_)?(?:later|soon|tomorrow) "
    "that(?:'s|_is)_all (?:have|got|need)_to_go gotta_go (?:must|should)_go leave_now take_care farewell "
    "(?:end|stop)_(?:the|this)_(?:call|conversation) "
    "再见 拜拜 挂断 挂了 晚安 不聊 先走 下次(?:再)?[聊见说] 结束(?:吧|对话|聊天|通话) 到这里 就这样",
    "change_voice": "voice faster slower slow(?:ly)?_down speed_(?:it_)?up (?:your|talking|speaking)_speed "
    "quick(?:er|ly) (?:speak|talk)_(?:more_)?(?:slow|fast|quick)\\w* too_(?:fast|slow|quick) "
    "声音 嗓音 语速 [快慢](?:一?点|些) 太[快慢]",
    "change_persona": "(?:switch|change)_(?:back|to|into|your|places|characters?|personas?) become "
    "(?:talk|speak)_(?:to|with) (?:an?other|different|new|which|what|the)_(?:characters?|persona) bring swap "
    "turn_into let_me_have 换 变成 角色 切换 叫.*来",
    "remember": f"{_NOT_ASKED}remember (?:keep|bear)_(?:\\w+_)?in_mind note (?:don't|do_not|never)_forget memori[sz]e "
    "write_(?:that|this|it)_down for_(?:later|the_future) 记住 记下 记一下 记得 别忘 不要忘 记着",
    "recall": f"{_NOT_ASKED}remember recall know_(?:about|of)_me know_my t(?:old|ell)_you about_me "
    "(?:do|did|have)_i_(?:like|love|hate|live|work|have|prefer|own|say|said|tell|told|mention(?:ed)?|drink|eat|play) "
    "(?:what|who|where|when|which)\\b.*\\bmy 记得 知道我 告诉过 我的.*(?:什么|谁|哪|几) "
    "我(?:叫|姓|住|喜欢|爱|有|是|说过).*(?:什么|哪|谁|几)",
    "forget": "forget delete erase remove clear drop wipe scratch "
    "(?:请|帮我|你|把|可以|能)[^。？！]*忘 忘掉 删 清除 抹",
}
"""Parted by blanks; `_` stands for a blank within."""

_SAID_IN_PASSING = frozenset({"end_conversation", "remember", "forget"})
"""Tools that are asked for by telling something, such as "I have to go now"."""


def meant(tools: Sequence[ToolSpec], messages: Sequence[ChatMessage]) -> list[ToolSpec]:
    """Return the tools that the user may mean now: by their last words, or by going on about what a tool answered."""
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    words = BESIDE.sub("", messages[asked[-1]].content) if asked else ""
    lately = {name for message in messages[-LOOKS_BACK:] for _, name, _ in message.tool_calls}
    return [tool for tool in tools if tool.name in lately or _may_mean(tool, words)]


def _may_mean(tool: ToolSpec, words: str) -> bool:
    tells = _TELLS.match(words) is not None and _WISHES.search(words) is None
    if (cue := _PATTERNS.get(tool.name)) is not None:
        return cue.search(words) is not None and (not tells or tool.name in _SAID_IN_PASSING)
    return not tells or bool(_stems(words) & _stems(_text(tool)))


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
_WISHES = re.compile(
    r"\?|\b(?:please|wants?|need|would like|i'd like|can|could|wonder\w*|tell|let|remind|wake|ring|start)\b"
    r"|\b(?:get|give) me\b",
    re.IGNORECASE,
)
_PATTERNS = {name: _pattern(cues) for name, cues in _CUES.items()}
