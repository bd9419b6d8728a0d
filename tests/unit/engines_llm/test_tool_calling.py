"""Tool calls by constrained JSON: the grammar, the prompt, and the stream read back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from vivavoce.engines.llm.chat_settings import SPOKEN
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.llm.tool_calling import constrained, read_calls, with_tools_told
from vivavoce.engines.llm.tool_calling_examples import examples_for
from vivavoce.engines.llm.tool_calling_grammar import call_grammar, words_grammar
from vivavoce.engines.protocols import (
    ChatMessage,
    ReplyDelta,
    ReplyEnd,
    ReplyRequest,
    TextDelta,
    ToolCallDelta,
    ToolSpec,
)
from vivavoce.errors import EngineError, InputError
from vivavoce.tools.arguments import ArgumentsCheck

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from vivavoce.engines.llm.fake import Step

pytestmark = pytest.mark.anyio

TIMER = ToolSpec(
    name="set_timer",
    description="Start a timer.\nMore that nobody reads.",
    parameters={
        "type": "object",
        "properties": {"duration": {"type": "string"}, "label": {"type": "string", "maxLength": 20}},
        "required": ["duration"],
    },
)
LIGHT = ToolSpec(
    name="light",
    description="Switch a light",
    parameters={
        "type": "object",
        "properties": {"room": {"enum": ["hall", "attic"]}, "on": {"type": "boolean"}},
        "required": ["room", "on"],
    },
)


def asking(*messages: ChatMessage, tools: tuple[ToolSpec, ...] = (TIMER,), tool_choice: str = "auto") -> ReplyRequest:
    return ReplyRequest(messages=messages, tools=tools, tool_choice=tool_choice)


async def read(*steps: Step) -> list[ReplyDelta]:
    return [delta async for delta in read_calls(ScriptedReplies(steps).reply(ReplyRequest(messages=())))]


def rules(grammar: str) -> dict[str, str]:
    return dict(line.split(" ::= ", 1) for line in grammar.splitlines())


# ------------------------------------------------------------------ the grammar


def test_every_rule_that_is_used_is_there() -> None:
    deep: dict[str, object] = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": {"anyOf": [{"type": "null"}, {}]}}},
    }
    there = rules(call_grammar([TIMER, LIGHT, ToolSpec(name="deep", parameters=deep), ToolSpec(name="bare")]))
    for expression in there.values():
        plain = re.sub(r'"(\\.|[^"\\])*"|\[(\\.|[^\]\\])*\]|\{[\d,]+\}', " ", expression)
        assert set(re.findall(r"[a-z]\w*", plain)) <= set(there)


def test_words_may_be_said_unless_a_call_is_required() -> None:
    assert rules(call_grammar([TIMER]))["root"] == "call | words"
    assert rules(call_grammar([TIMER], must_call=True))["root"] == "call"
    assert "call" not in rules(words_grammar())


def test_many_optional_arguments_take_few_rules() -> None:
    many = {f"argument_{number}": {"type": "string"} for number in range(40)}
    grammar = call_grammar([ToolSpec(name="many", parameters={"type": "object", "properties": many})])
    assert len(grammar.splitlines()) < 120


def test_a_schema_that_refers_to_itself_ends_somewhere() -> None:
    tree: dict[str, object] = {
        "type": "object",
        "properties": {"child": {"$ref": "#/$defs/node"}},
        "$defs": {"node": {"type": "object", "properties": {"child": {"$ref": "#/$defs/node"}}}},
    }
    assert "any" in call_grammar([ToolSpec(name="tree", parameters=tree)])


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#/nowhere"}, {"$ref": 3}, {"enum": []}, {"anyOf": []}, {"type": ["string", "null"]}, True, None],
)
def test_a_senseless_schema_still_makes_a_grammar(schema: object) -> None:
    parameters: dict[str, object] = {"type": "object", "properties": {"x": schema}}
    assert "root ::= call" in call_grammar([ToolSpec(name="odd", parameters=parameters)])


# ------------------------------------------------------------------ what is asked


def test_a_request_without_tools_is_left_as_it_is() -> None:
    request = asking(ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="Hi."), tools=())
    assert with_tools_told(request) == request
    assert constrained(request) == {}


def test_tools_are_told_before_the_first_thing_anyone_said() -> None:
    request = asking(ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="Hi."))
    told = with_tools_told(request)
    assert told.messages[0].role == "system"
    assert told.messages[0].content.startswith("Be brief.\n\n# Tools\n- set_timer(duration, label?): Start a timer.\n")
    assert told.messages[-1] == request.messages[-1]
    assert told.tools == ()


def test_a_conversation_that_goes_on_begins_alike() -> None:
    first = (ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="Five minutes, please."))
    call = ChatMessage(role="assistant", content="", tool_calls=(("1", "set_timer", '{"duration": "5 minutes"}'),))
    later = (*first, call, ChatMessage(role="tool", content="It runs.", tool_call_id="1"))
    before, after = with_tools_told(asking(*first)).messages, with_tools_told(asking(*later)).messages
    assert after[: len(before)] == before
    assert after[-2].content == '{"name": "set_timer", "arguments": {"duration": "5 minutes"}}'
    assert after[-1] == ChatMessage(role="user", content="<tool_response>\nIt runs.\n</tool_response>")


def test_tools_that_may_not_be_called_now_are_told_all_the_same() -> None:
    said = ChatMessage(role="user", content="Hi.")
    assert with_tools_told(asking(said, tool_choice="none")).messages == with_tools_told(asking(said)).messages
    assert constrained(asking(said, tool_choice="none"))["grammar"] == words_grammar()


def test_a_tool_chosen_by_name_is_the_only_one_that_can_be_called() -> None:
    grammar = str(constrained(asking(tools=(TIMER, LIGHT), tool_choice="light"))["grammar"])
    assert "light" in grammar
    assert "set_timer" not in grammar
    assert rules(grammar)["root"] == "call"


def test_a_call_may_be_longer_than_words_unless_the_client_says_how_long() -> None:
    request = asking(ChatMessage(role="user", content="Set a timer."))
    bound = constrained(request)["max_tokens"]
    assert isinstance(bound, int)
    assert bound > (SPOKEN.max_tokens or 0)
    assert "max_tokens" not in constrained(replace(request, max_tokens=40))
    assert "max_tokens" not in constrained(replace(request, tool_choice="none"))


def after(words: str, *outcomes: str) -> ReplyRequest:
    """Return the request after these outcomes of calls."""
    messages = [ChatMessage(role="user", content="Set a timer."), ChatMessage(role="user", content=words)]
    for number, outcome in enumerate(outcomes):
        call = ((str(number), "set_timer", '{"duration": "5 minutes"}'),)
        messages.append(ChatMessage(role="assistant", content="", tool_calls=call))
        messages.append(ChatMessage(role="tool", content=outcome, tool_call_id=str(number)))
    return asking(*messages, tools=(TIMER, LIGHT))


def may_call(request: ReplyRequest, *, chains: bool = False) -> bool:
    return "call" in rules(str(constrained(request, chains=chains)["grammar"]))


def test_a_small_model_that_was_told_what_it_asked_for_answers_in_words() -> None:
    assert may_call(after("Five minutes, please."))
    assert not may_call(after("Five minutes, please.", "The timer runs for 5 minutes."))
    assert not may_call(after("(You remember: The user has a son and a dog.) Five minutes.", "The timer runs."))
    assert not may_call(after("请定五分钟。", "计时器开始了。"))
    assert not may_call(after("What do I eat?", "- The user does not eat meat."))


def test_a_model_may_call_again_where_a_call_failed_or_more_was_asked_for() -> None:
    assert may_call(after("Five minutes, please.", "'five' is no span of time."))
    assert may_call(after("Set a timer and turn on the light.", "The timer runs."))
    assert not may_call(after("Set a timer and turn on the light.", "The timer runs.", "The light is on."))
    assert may_call(replace(after("Five minutes.", "The timer runs."), tool_choice="required"))


def test_a_large_model_may_always_go_on() -> None:
    assert may_call(after("Five minutes, please.", "The timer runs."), chains=True)


def test_an_argument_that_is_wanted_and_not_described_is_none() -> None:
    parameters: dict[str, object] = {
        "type": "object",
        "properties": {"room": {"type": "string"}},
        "required": ["room", "ghost"],
    }
    odd = ToolSpec(name="odd", description="Do it", parameters=parameters)
    assert "ghost" not in call_grammar([odd])
    assert "ghost" not in str(examples_for((odd,)))
    assert ArgumentsCheck(parameters).fitting({"room": "hall"}) == {"room": "hall"}
    with pytest.raises(InputError):
        ArgumentsCheck(parameters).fitting({})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_examples_call_only_tools_that_are_there(language: str) -> None:
    for tools in ((TIMER,), (LIGHT,), (TIMER, LIGHT), ()):
        called = [answer for _, answer in examples_for(tools, language) if not isinstance(answer, str)]
        assert {name for name, _ in called} <= {tool.name for tool in tools}
        assert all(isinstance(json.loads(arguments), dict) for _, arguments in called)


@pytest.mark.parametrize(
    ("instructions", "is_chinese"), [("你叫小梅，在成都开茶馆。", True), ("You are Lin. 你好。", False), ("", False)]
)
def test_a_character_that_speaks_chinese_is_shown_chinese_and_no_other_is(instructions: str, is_chinese: bool) -> None:
    system = (ChatMessage(role="system", content=instructions),) if instructions else ()
    asked = ReplyRequest(messages=(*system, ChatMessage(role="user", content="Hello.")), tools=(TIMER,))
    head, *shown = (message.content for message in with_tools_told(asked).messages)
    assert ("工具能做" in head) == is_chinese
    assert any(said.startswith("定一个" if is_chinese else "Set a timer") for said in shown)


def test_a_result_for_a_chinese_character_stands_with_what_it_answers() -> None:
    system = ChatMessage(role="system", content="你叫小梅，在成都开茶馆。")
    asked = ChatMessage(role="user", content="现在几点了？")
    call = ChatMessage(role="assistant", content="", tool_calls=(("1", "get_time", "{}"),))
    result = ChatMessage(role="tool", content="现在是三点。", tool_call_id="1")
    told = with_tools_told(ReplyRequest(messages=(system, asked, call, result), tools=(TIMER,))).messages[-1]
    assert told.role == "user"
    assert told.content.startswith("<tool_response>\n现在是三点。\n</tool_response>")
    assert told.content.endswith("“现在几点了？”）")


def test_a_tool_that_nobody_wrote_an_example_for_is_shown_by_its_description() -> None:
    said, answer = examples_for((LIGHT,))[0]
    assert said == "Please do this: Switch a light."
    assert answer == ("light", '{"room": "hall", "on": true}')


def test_one_tool_brings_few_examples_to_read() -> None:
    shown = examples_for((LIGHT,))
    assert sum(isinstance(answer, str) for _, answer in shown) <= 4


# ------------------------------------------------------------------ what comes


async def test_words_flow_at_once() -> None:
    assert await read("It", " is {late}.") == [TextDelta(text="It"), TextDelta(text=" is {late}."), ReplyEnd()]


async def test_a_call_in_pieces_is_told_whole_and_as_the_end() -> None:
    call, end = await read('{"na', 'me": "light", "arguments": {"room": "hall", "on": true}', "}")
    assert isinstance(call, ToolCallDelta)
    assert (call.name, call.arguments) == ("light", '{"room": "hall", "on": true}')
    assert call.call_id
    assert end == ReplyEnd(finish_reason="tool_calls")


@pytest.mark.parametrize("begun", ['{"name": "light", "argum', "{", ' {"name": "light", "arguments": {"on": true'])
async def test_a_call_that_was_cut_off_is_told(begun: str) -> None:
    with pytest.raises(EngineError) as cut:
        await read(begun, ReplyEnd(finish_reason="length"))
    assert (cut.value.code, cut.value.retryable) == ("llm_call_cut", True)


async def test_a_reply_of_nothing_is_no_call_that_was_cut() -> None:
    assert await read(" ") == [ReplyEnd()]


async def test_words_end_where_they_would_without_tools_though_a_call_may_be_longer() -> None:
    def pieces(*steps: Step) -> AsyncGenerator[ReplyDelta, None]:
        return read_calls(ScriptedReplies(steps).reply(ReplyRequest(messages=())), most_pieces=3)

    words = [delta async for delta in pieces("One ", "two ", "three ", "four ", "five.")]
    assert "".join(delta.text for delta in words if isinstance(delta, TextDelta)) == "One two three "
    assert isinstance(words[-1], ReplyEnd)
    assert words[-1].finish_reason == "length"
    call, _ = [delta async for delta in pieces('{"na', 'me": "light", ', '"arguments"', ": {}", "}")]
    assert isinstance(call, ToolCallDelta)


async def test_words_that_begin_with_a_brace_are_words() -> None:
    deltas: Sequence[ReplyDelta] = await read('{"x": 1}')
    assert deltas == [TextDelta(text='{"x": 1}'), ReplyEnd()]
