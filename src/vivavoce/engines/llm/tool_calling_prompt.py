"""How a small model is told of tools: in its system prompt, by examples, and by what came of its calls.

Owns the words and their order. A model of 1.5 billion parameters calls tools by bare JSON where it is shown when to and
when not to: with these examples in the conversation's beginning it tells the two apart almost always, with rules alone
it does not (`vivavoce bench tool-calls`). All of it stands before the first thing anyone said and stays the same for as
long as the tools do, so that it is read once. Refuses to know grammars and streams. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from vivavoce.engines.llm.tool_calling_examples import examples_for
from vivavoce.engines.llm.tool_calling_grammar import CALL_BEGINNING
from vivavoce.engines.protocols import ChatMessage
from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.engines.protocols import ReplyRequest, ToolSpec

__all__ = ["as_call", "messages_with_tools"]

LONGEST_RESULT = 1_500
"""Characters of a tool's answer that a small model is shown: some 400 tokens."""
LONGEST_QUESTION = 200
"""Characters of the user's words that stand with a result."""

_RULES = {
    "en": "When the user asks for what a tool does, answer with nothing but the call, as JSON: "
    '{"name": "tool", "arguments": {"argument": "value"}}. You cannot do these things without a call: you have no '
    "clock, no timers and no memory of your own. Everything else you answer yourself, in words. What a tool has "
    "answered, you tell the user in words. The first messages are examples with other people.",
    "zh": "用户要的事如果工具能做，就只用JSON写出调用："
    '{"name": "tool", "arguments": {"argument": "value"}}。不调用工具你就做不到这些事：你自己没有时钟、计时器，'
    "也记不住东西。其他的都由你自己用话回答。工具的结果，你用自己的话告诉用户。最前面的几句是和别人对话的例子。",
}
_WHAT_FOR = {"en": "", "zh": "\n（这是工具的结果。请用它回答用户的话：“{asked}”）"}
"""Behind a result: without it the default model takes the result for the user's words, in Chinese only."""
_CHINESE_SHARE = 0.5
"""Of the letters of a character's instructions."""


def messages_with_tools(request: ReplyRequest) -> tuple[ChatMessage, ...]:
    """Return the messages with the tools described in them, and calls and results as the text that they are."""
    system = request.messages[0].content if request.messages and request.messages[0].role == "system" else ""
    language = _language_of(system)
    messages = _plain(request.messages, language)
    if not request.tools:
        return messages
    rest = messages[1:] if system else messages
    tools = "\n".join(map(_described, request.tools))
    head = "\n\n".join(part for part in (system, f"# Tools\n{tools}", _RULES[language]) if part)
    return (ChatMessage(role="system", content=head), *_shown(request.tools, language), *rest)


def as_call(name: str, arguments: str) -> str:
    """Return a call as the model writes it."""
    return f'{CALL_BEGINNING}"{name}", "arguments": {arguments or "{}"}}}'


def _language_of(instructions: str) -> str:
    letters = [letter for letter in instructions if letter.isalpha()]
    return "zh" if sum(map(is_cjk, letters)) > _CHINESE_SHARE * len(letters) else "en"


def _shown(tools: Sequence[ToolSpec], language: str) -> Iterator[ChatMessage]:
    for said, answer in examples_for(tools, language):
        yield ChatMessage(role="user", content=said)
        yield ChatMessage(role="assistant", content=answer if isinstance(answer, str) else as_call(*answer))


def _plain(messages: Sequence[ChatMessage], language: str) -> tuple[ChatMessage, ...]:
    """Return the messages without calls and results; results in a row are one message of the user's."""
    plain: list[ChatMessage] = []
    asked = ""
    for is_result, group in groupby(messages, key=lambda message: message.role == "tool"):
        if is_result:
            results = "\n".join(map(_result, group))
            plain.append(
                ChatMessage(role="user", content=results + _WHAT_FOR[language].format(asked=asked[:LONGEST_QUESTION]))
            )
        else:
            said = list(group)
            asked = next((message.content for message in reversed(said) if message.role == "user"), asked)
            plain.extend(map(_without_calls, said))
    return tuple(plain)


def _result(message: ChatMessage) -> str:
    # The marks that Qwen's own template puts around a result.
    return f"<tool_response>\n{message.content[:LONGEST_RESULT]}\n</tool_response>"


def _without_calls(message: ChatMessage) -> ChatMessage:
    if not message.tool_calls:
        return message
    calls = [as_call(name, arguments) for _, name, arguments in message.tool_calls]
    return replace(message, content="\n".join([*filter(None, [message.content]), *calls]), tool_calls=())


def _described(tool: ToolSpec) -> str:
    properties = tool.parameters.get("properties")
    required = tool.parameters.get("required")
    needed = required if isinstance(required, Sequence) else ()
    arguments = [
        _argument(str(name), schema, is_needed=name in needed)
        for name, schema in (properties.items() if isinstance(properties, Mapping) else ())
    ]
    return f"- {tool.name}({', '.join(arguments)}): {_first_line(tool.description)}"


def _argument(name: str, schema: object, *, is_needed: bool) -> str:
    known = schema if isinstance(schema, Mapping) else {}
    values = known.get("enum")
    kind = "|".join(map(str, values)) if isinstance(values, Sequence) else known.get("type")
    meaning = _first_line(str(known.get("description", "")))
    shape = ", ".join(str(part) for part in (kind, meaning) if part and part != "string")
    return f"{name}{'' if is_needed else '?'}{f' ({shape})' if shape else ''}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:200]
