"""Short exchanges that show a small model when to call a tool and when to answer.

Owns the exchanges: calls of tools that are there, each next to words that sound like it and ask for nothing. A tool
nobody wrote an example for gets one made of its own description, where too few others are there. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.engines.protocols import ToolSpec

__all__ = ["examples_for"]

Answer = str | tuple[str, str]
"""Words, or a call: a tool's name and its arguments as JSON."""

_ENOUGH_CALLS = 2
_MORE_WORDS = 3

_EXAMPLES: Mapping[str, tuple[tuple[str, Answer], ...]] = {
    "en": (
        ("Set a timer for two hours for the laundry.", ("set_timer", '{"duration": "2 hours", "label": "laundry"}')),
        ("I lost my keys today.", "Oh no, where did you last see them?"),
        ("What day is it?", ("get_time", "{}")),
        ("What is seven plus six?", "Thirteen."),
        ("几号了？", ("get_time", "{}")),
        ("你喜欢音乐吗？", "喜欢，我最喜欢听钢琴曲。"),
        ("What time is it in Madrid?", ("get_time", '{"place": "Madrid"}')),
        ("Where is Madrid?", "Madrid is in the middle of Spain."),
        (
            "When it is ten in the evening in Chicago, what time is it in Madrid?",
            (
                "convert_time",
                '{"source_timezone": "America/Chicago", "time": "22:00", "target_timezone": "Europe/Madrid"}',
            ),
        ),
        ("I had a terrible night.", "I am sorry to hear that. What kept you awake?"),
        ("Keep in mind that I play the violin.", ("remember", '{"fact": "The user plays the violin."}')),
        ("记一下，我对猫过敏。", ("remember", '{"fact": "用户对猫过敏。"}')),
        ("How long is a football match?", "Ninety minutes, plus the break."),
        ("Good night, talk to you soon.", ("end_conversation", "{}")),
        ("Please delete my phone number from your memory.", ("forget", '{"about": "my phone number"}')),
        ("I always mix up my neighbours' names.", "That happens to me all the time, too."),
        ("Good evening!", "Good evening! How was your day?"),
        ("我把钥匙忘在家里了。", "哎呀，家里有人能开门吗？"),
        ("Who discovered penicillin?", "Alexander Fleming did, in 1928."),
        ("My phone broke last week.", "How annoying. Is a new one on its way?"),
        ("How do I say good night in Spanish?", "You say buenas noches."),
        ("拜拜，下次聊。", ("end_conversation", "{}")),
        ("今天真开心。", "太好了，有什么好事吗？"),
    ),
    "zh": (
        ("定一个两小时的计时器，洗衣服用。", ("set_timer", '{"duration": "2小时", "label": "洗衣服"}')),
        ("我今天把钥匙弄丢了。", "哎呀，最后一次看见是在哪儿？"),
        ("今天几号了？", ("get_time", "{}")),
        ("七加六等于几？", "十三。"),
        ("马德里现在几点？", ("get_time", '{"place": "马德里"}')),
        ("马德里在哪里？", "在西班牙中部。"),
        ("你好，请问几点钟了？", ("get_time", "{}")),
        ("你好呀，很高兴认识你。", "我也很高兴认识你，今天过得怎么样？"),
        (
            "芝加哥晚上十点的时候，马德里是几点？",
            (
                "convert_time",
                '{"source_timezone": "America/Chicago", "time": "22:00", "target_timezone": "Europe/Madrid"}',
            ),
        ),
        ("我昨晚没睡好。", "怎么了，是什么让你睡不着？"),
        ("洗衣服的计时器不用了。", ("cancel_timer", '{"label": "洗衣服"}')),
        ("一场足球赛踢多久？", "九十分钟，还有中场休息。"),
        ("记一下，我对猫过敏。", ("remember", '{"fact": "用户对猫过敏。"}')),
        ("我老是把邻居的名字搞混。", "我也经常这样。"),
        ("把我的电话号码从你那儿删掉吧。", ("forget", '{"about": "电话号码"}')),
        ("我把钥匙忘在家里了。", "哎呀，家里有人能开门吗？"),
        ("拜拜，下次聊。", ("end_conversation", "{}")),
        ("今天真开心。", "太好了，有什么好事吗？"),
        ("你喜欢音乐吗？", "喜欢，我最喜欢听钢琴曲。"),
        ("从这里走到学校要一个小时。", "那可不近，你每天都走路去吗？"),
    ),
}
"""By the language that the character speaks: in examples of another it answers as they do."""


def examples_for(tools: Sequence[ToolSpec], language: str = "en") -> tuple[tuple[str, Answer], ...]:
    """Return exchanges with calls of these tools only, and exchanges without a call between them."""
    there = {tool.name: tool for tool in tools}
    shown = [(said, answer) for said, answer in _EXAMPLES[language] if isinstance(answer, str) or _fits(answer, there)]
    missing = _ENOUGH_CALLS - sum(not isinstance(answer, str) for _, answer in shown)
    made = [(_request(tool, language), (tool.name, _arguments(tool))) for tool in tools[: max(0, missing)]]
    return tuple(_balanced([*made, *shown]))


def _balanced(shown: list[tuple[str, Answer]]) -> Iterator[tuple[str, Answer]]:
    """Yield the exchanges, of those without a call only so many as weigh up the others: all of them have to be read."""
    room = _MORE_WORDS + sum(not isinstance(answer, str) for _, answer in shown)
    for said, answer in shown:
        if isinstance(answer, str):
            room -= 1
        if room >= 0 or not isinstance(answer, str):
            yield said, answer


def _fits(call: tuple[str, str], there: Mapping[str, ToolSpec]) -> bool:
    name, arguments = call
    if name not in there:
        return False
    properties = there[name].parameters.get("properties")
    return isinstance(properties, Mapping) and set(json.loads(arguments)) <= set(properties)


def _request(tool: ToolSpec, language: str) -> str:
    wish = tool.description.strip().partition("\n")[0].rstrip(".") or tool.name.replace("_", " ")
    return f"请帮我做这件事：{wish}。" if language == "zh" else f"Please do this: {wish}."


def _arguments(tool: ToolSpec) -> str:
    properties, required = tool.parameters.get("properties"), tool.parameters.get("required")
    if not isinstance(properties, Mapping) or not isinstance(required, Sequence):
        return "{}"
    return json.dumps({name: _sample(str(name), properties[name]) for name in required if name in properties})


def _sample(name: str, schema: object) -> object:
    known = schema if isinstance(schema, Mapping) else {}
    values = known.get("enum")
    if isinstance(values, Sequence) and values:
        return values[0]
    samples: dict[object, object] = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return samples.get(known.get("type"), name.replace("_", " "))
