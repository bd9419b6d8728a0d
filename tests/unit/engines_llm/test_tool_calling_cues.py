"""What the user's words can mean, for a model that would call a tool for less."""

from __future__ import annotations

import pytest

from bench import tool_requests
from vivavoce.engines.llm.tool_calling import constrained
from vivavoce.engines.llm.tool_calling_cues import meant
from vivavoce.engines.llm.tool_calling_grammar import words_grammar
from vivavoce.engines.protocols import ChatMessage, ReplyRequest, ToolSpec

NAMES = (
    "get_time", "set_timer", "list_timers", "cancel_timer", "end_conversation", "change_voice", "change_persona",
    "remember", "recall", "forget",
)  # fmt: skip
OURS = tuple(ToolSpec(name=name) for name in NAMES)
THEIRS = ToolSpec(name="room_temperature", description="Temperature of a room.")


def by_words(words: str, *tools: ToolSpec) -> set[str]:
    return {tool.name for tool in meant(tools or OURS, (ChatMessage(role="user", content=words),))}


@pytest.mark.parametrize(
    ("words", "name"),
    [(spoken.words, spoken.tool) for spoken in (*tool_requests.TUNING, *tool_requests.HELD_OUT, *tool_requests.FRESH)]
    + [
        ("Speak a little slower, please.", "change_voice"),
        ("你说慢一点。", "change_voice"),
        ("Let me talk to Lin.", "change_persona"),
        ("换小梅来。", "change_persona"),
        ("What do you remember about me?", "recall"),
        ("你还记得我住在哪里吗？", "recall"),
        ("Stop the timer.", "cancel_timer"),
        ("Which timers are running?", "list_timers"),
    ],
)
def test_no_request_is_ruled_out(words: str, name: str) -> None:
    assert name not in NAMES or name in by_words(words)


@pytest.mark.parametrize(
    "words",
    [
        "Login incorrect. Please enter your number followed by the pound key.",
        "The lower case being in fact invented in the early middle ages.",
        "Seven of clubs.",
        "May I have a double shot sixteen hours coffee with some sugar?",
        "Than in the same operations with ugly ones.",
        "Hello there, how are you today?",
        "I love spending time with my grandchildren.",
        "I set my alarm too early this morning.",
        "I can't remember where I parked the car.",
        "I have to talk to my boss.",
        "How do I boil an egg?",
        "你好，今天我想学做饭。",
        "我现在很快乐。",
        "昨天我忘了给妈妈打电话。",
    ],
)
def test_words_that_ask_for_nothing_mean_no_tool_of_ours(words: str) -> None:
    assert by_words(words) == set()
    request = ReplyRequest(messages=(ChatMessage(role="user", content=words),), tools=OURS)
    assert constrained(request)["grammar"] == words_grammar()


@pytest.mark.parametrize(
    ("words", "is_meant"),
    [
        ("How warm is it in the kitchen?", True),
        ("Is it cold upstairs", True),
        ("厨房里多少度？", True),
        ("I need to know how warm it is in the kitchen.", True),
        ("The temperature in the kitchen.", True),
        ("I finally finished painting the fence.", False),
        ("Well, my sister came by last week.", False),
    ],
)
def test_the_tools_of_others_are_ruled_out_only_where_somebody_tells_of_something(words: str, is_meant: bool) -> None:
    assert by_words(words, *OURS, THEIRS) == ({"room_temperature"} if is_meant else set())


def test_what_a_tool_has_just_answered_can_be_gone_on_about() -> None:
    messages = (
        ChatMessage(role="user", content="What time is it in Tokyo?"),
        ChatMessage(role="assistant", content="", tool_calls=(("call_1", "get_time", '{"place": "Tokyo"}'),)),
        ChatMessage(role="tool", content="8 PM", tool_call_id="call_1"),
        ChatMessage(role="assistant", content="Eight in the evening."),
        ChatMessage(role="user", content="And in Paris?"),
    )
    assert [tool.name for tool in meant(OURS, messages)] == ["get_time"]
    assert [tool.name for tool in meant(OURS, (*messages, *[ChatMessage(role="user", content="Well.")] * 6))] == []
