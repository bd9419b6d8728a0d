"""Tool calls by embedded models: how many are right, how many are made that nobody wanted, what they cost.

Each request is asked in a conversation of its own, with the built-in tools and those of `mcp-server-time`, through the
engine as sessions use it. Right is a call of the right tool with the right arguments; false is a call where words were
wanted. What tools cost an answer in words is the time to its first token with tools and without, in turns, both with
everything but the question read before.

    vivavoce bench tool-calls [--model qwen2.5-coder-1.5b] [--set tuning|held-out|fresh|both]

`both`, which is what is measured unless told otherwise, is tuning and held-out; on the fresh set nothing was tuned.
"""

from __future__ import annotations

import argparse
import json
import time
from contextlib import aclosing
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

import anyio
import structlog

from bench.report import Report
from bench.tool_requests import FRESH, HELD_OUT, TUNING
from vivavoce.dialogue.prompts import default_instructions
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, ReplyRequest, TextDelta, ToolCallDelta, ToolSpec
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root
from vivavoce.tools.builtin import built_in_tools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.tool_requests import Spoken
    from vivavoce.memory.facts import Fact, Recalled

SETS = {"tuning": TUNING, "held-out": HELD_OUT, "fresh": FRESH, "both": (*TUNING, *HELD_OUT)}
SHOWN_CHARACTERS = 100
_NOTHING_YET = ChatMessage(role="user", content="")
WORDS_ENOUGH = 12
"""Tokens of an answer in words that are waited for: it is none of a call."""

_ZONE = {"type": "string", "description": "IANA timezone name"}
MCP_TIME = (
    ToolSpec(
        name="get_current_time",
        description="Get current time in a specific timezone",
        parameters={"type": "object", "properties": {"timezone": _ZONE}, "required": ["timezone"]},
    ),
    ToolSpec(
        name="convert_time",
        description="Convert time between timezones",
        parameters={
            "type": "object",
            "properties": {
                "source_timezone": _ZONE,
                "time": {"type": "string", "description": "24-hour format (HH:MM)"},
                "target_timezone": _ZONE,
            },
            "required": ["source_timezone", "time", "target_timezone"],
        },
    ),
)
_SAME_WORK = {"get_current_time": "get_time"}
"""Where two tools do the same, either is right."""


class _NoFacts:
    """Long-term memory that is only offered."""

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> Fact:
        raise NotImplementedError

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        raise NotImplementedError

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> tuple[Fact, ...]:
        raise NotImplementedError


class _Two:
    """Two characters to change between."""

    def names(self) -> Mapping[str, str]:
        return {"viva": "Viva", "lin": "Lin"}


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    call: ToolCallDelta | None
    first_seconds: float


def offered() -> tuple[ToolSpec, ...]:
    """Return the tools as models are told of them."""
    built_in = built_in_tools(memory=_NoFacts(), characters=_Two()).tools()
    ours = (ToolSpec(name=tool.name, description=tool.description, parameters=tool.parameters) for tool in built_in)
    return (*ours, *MCP_TIME)


def _asked(words: str, conversation_id: str, tools: tuple[ToolSpec, ...]) -> ReplyRequest:
    # As sessions have it: the prompt's language is the user's. A slot a language, or each would be read anew.
    language = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in words) else "en"
    system = default_instructions(language)
    messages = (ChatMessage(role="system", content=system), ChatMessage(role="user", content=words))
    return ReplyRequest(messages=messages, tools=tools, conversation_id=f"{conversation_id} {language}")


async def _answer(engine: EmbeddedChat, request: ReplyRequest) -> _Answer:
    text, call, first = "", None, 0.0
    began = time.perf_counter()
    pieces = 0
    async with aclosing(engine.reply(request)) as deltas:
        async for delta in deltas:
            first = first or time.perf_counter() - began
            match delta:
                case ToolCallDelta():
                    call = delta
                    break
                case TextDelta():
                    text += delta.text
                    pieces += 1
                    if pieces >= WORDS_ENOUGH:
                        break
                case ReplyEnd() | _:
                    pass
    return _Answer(text, call, first)


def _is_right(spoken: Spoken, call: ToolCallDelta | None) -> bool:
    if call is None or spoken.tool not in (call.name, _SAME_WORK.get(call.name)):
        return False
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return False
    if call.name in _SAME_WORK:
        arguments = {"place": arguments.get("timezone", "")}
    return all(
        any(text in str(arguments.get(name, "")).lower() for text in texts) for name, texts in spoken.arguments.items()
    )


async def _measure_calls(engine: EmbeddedChat, asked: Sequence[Spoken], report: Report, name: str) -> None:
    tools, rows = offered(), []
    right = named = false = 0
    for words in ("Hello.", "你好。"):
        # Reading all of it may take longer than a reply may wait.
        await engine.read_ahead(_asked(words, "calls", tools))
    for spoken in asked:
        answer = await _answer(engine, _asked(spoken.words, "calls", tools))
        called = answer.call.name if answer.call else ""
        is_right = _is_right(spoken, answer.call) if spoken.tool else answer.call is None
        right += bool(spoken.tool) and is_right
        named += bool(spoken.tool) and spoken.tool in (called, _SAME_WORK.get(called))
        false += not spoken.tool and not is_right
        print("." if is_right else "x", end="", flush=True)
        if not is_right:
            said = f"{called} {answer.call.arguments}" if answer.call else answer.text
            rows.append((spoken.words, spoken.tool or "words", said[:SHOWN_CHARACTERS]))
    wanting = sum(bool(spoken.tool) for spoken in asked)
    report.table(("said", "wanted", "came"), rows)
    report.figure(f"{name}: calls that are wrong or missing", 100 * (wanting - right) / wanting, "%", 15.0)
    report.figure(f"{name}: of these, the wrong tool or none", 100 * (wanting - named) / wanting, "%")
    report.figure(f"{name}: calls nobody wanted", 100 * false / (len(asked) - wanting), "%", 5.0)


async def _measure_cost(engine: EmbeddedChat, asked: Sequence[Spoken], report: Report) -> None:
    """Ask for words with tools and without, in turns, each with a conversation that was read before."""
    first: dict[bool, list[float]] = {True: [], False: []}
    for spoken in [spoken for spoken in asked if not spoken.tool]:
        for has_tools in (True, False):
            request = _asked(spoken.words, f"cost {has_tools}", offered() if has_tools else ())
            await engine.read_ahead(replace(request, messages=(*request.messages[:1], _NOTHING_YET)))
            answer = await _answer(engine, request)
            if answer.call is None:
                first[has_tools].append(answer.first_seconds * 1000)
    for has_tools, values in first.items():
        report.figure(f"first token of words, {'with' if has_tools else 'without'} tools", median(values), "ms")


async def _measure(name: str, chosen: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    report = Report(f"tool-calls-{name}", f"tool calls, {name}")
    store = ModelStore(default_root(), load_manifest())
    gguf = store.path(name, store.manifest.model(name).files[0].name)
    engine = EmbeddedChat(gguf, LlamaSettings(slots=6), name=name)
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        if not engine.calls_tools:
            print("  It is too small, and told of no tools.")
        for part in ("tuning", "held-out") if chosen == "both" else (chosen,):
            await _measure_calls(engine, SETS[part], report, part)
        await _measure_cost(engine, SETS[chosen], report)
        await engine.aclose()
    report.save([])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="a language model of the manifest")
    parser.add_argument(
        "--set", default="both", choices=SETS, dest="chosen", help="which requests; both is tuning and held-out"
    )
    options = parser.parse_args(arguments)
    anyio.run(_measure, options.model, options.chosen, backend_options={"use_uvloop": True})


if __name__ == "__main__":
    main()
