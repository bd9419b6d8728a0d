"""One door to all tools: names, allow-lists, checked arguments, and bounds that always hold."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import ToolError
from vivavoce.tools.definition import ToolCaller, ToolDefinition, ToolOutcome
from vivavoce.tools.functions import FunctionTools, tool
from vivavoce.tools.toolbox import ToolBounds, Toolbox, bounded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.unit.tools.callers import RecordedCaller

pytestmark = pytest.mark.anyio


class Source:
    """Some tools that answer with what they were given, or do what they are told."""

    def __init__(
        self, label: str, *names: str, answer: Callable[[dict[str, object]], Awaitable[str]] | None = None
    ) -> None:
        self.label = label
        self.definitions = [ToolDefinition(name=name, server_label=label) for name in names]
        self.calls: list[tuple[str, dict[str, object]]] = []
        self._answer = answer

    def tools(self) -> tuple[ToolDefinition, ...]:
        return tuple(self.definitions)

    async def call(self, name: str, arguments: dict[str, object], caller: ToolCaller) -> ToolOutcome:
        self.calls.append((name, arguments))
        return ToolOutcome(output=await self._answer(arguments) if self._answer else f"{self.label}.{name}")


def names(toolbox: Toolbox, *allow: str) -> list[str]:
    return [definition.name for definition in toolbox.offered(allow or ("*",))]


def one_tool(**fields: object) -> Source:
    source = Source("home", "lamp")
    source.definitions = [replace(source.definitions[0], **fields)]  # type: ignore[arg-type]
    return source


LAMP = {
    "type": "object",
    "properties": {
        "room": {"type": "string"},
        "brightness": {"type": "integer", "maximum": 100},
        "on": {"type": "boolean"},
    },
    "required": ["room"],
    "additionalProperties": False,
}


def test_of_two_sources_with_one_name_the_second_gets_its_label_before_it() -> None:
    assert names(Toolbox([Source("home", "search"), Source("web", "search", "fetch")])) == [
        "search", "web_search", "fetch",
    ]  # fmt: skip


async def test_a_name_never_comes_to_mean_another_tool(caller: RecordedCaller) -> None:
    home, web = Source("home", "search"), Source("web", "search")
    toolbox = Toolbox([home, web])
    toolbox.offered()
    home.definitions = []  # its server is away
    assert names(toolbox) == ["web_search"]
    assert (await toolbox.call("search", "{}", caller)).error_code == "tool_not_found"
    assert web.calls == []


def test_a_name_is_free_again_when_its_server_has_that_tool_no_longer() -> None:
    home, web = Source("home", "search", "other"), Source("web", "search")
    toolbox = Toolbox([home, web])
    toolbox.offered()
    del home.definitions[0]
    toolbox.offered()
    toolbox.add(Source("new", "search"))
    assert names(toolbox) == ["other", "web_search", "search"]


async def test_a_users_own_function_takes_the_place_of_a_built_in_one(caller: RecordedCaller) -> None:
    @tool(name="get_time")
    async def mine() -> str:
        return "late"

    @tool(name="get_time")
    async def ours() -> str:
        return "early"

    toolbox = Toolbox([FunctionTools([mine]), FunctionTools([ours])])
    assert names(toolbox) == ["get_time"]
    assert (await toolbox.call("get_time", "", caller)).output == "late"


async def test_names_are_what_models_accept_and_calls_reach_the_tools_own(caller: RecordedCaller) -> None:
    source = Source("files", "read/file.txt", "读", "x" * 90)
    toolbox = Toolbox([source])
    offered = names(toolbox)
    assert offered == ["read_file_txt", "_", "x" * 64]
    await toolbox.call("read_file_txt", "{}", caller)
    assert source.calls == [("read/file.txt", {})]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text("x./-é", min_size=0, max_size=70)), max_size=12))
def test_offered_names_are_always_different_and_accepted(tools: list[tuple[str, str]]) -> None:
    sources = [Source(label, *[name for own, name in tools if own == label]) for label in "abc"]
    offered = names(Toolbox(sources))
    assert len(offered) == len(set(offered)) == len(set(tools))
    assert all(0 < len(name) <= 64 and name.replace("_", "a").replace("-", "a").isalnum() for name in offered)


@pytest.mark.parametrize(
    ("allow", "offered"),
    [
        (("*",), ["get_time", "set_timer", "now", "time_get_time"]),
        ((), []),
        (("get_time",), ["get_time"]),
        (("time.*",), ["now", "time_get_time"]),
        (("time.get_time",), ["time_get_time"]),
        (("*_timer", "now"), ["set_timer", "now"]),
        (("vivavoce.*",), ["get_time", "set_timer"]),
    ],
)
async def test_an_allow_list_takes_names_labels_and_patterns(
    allow: tuple[str, ...], offered: list[str], caller: RecordedCaller
) -> None:
    toolbox = Toolbox([Source("vivavoce", "get_time", "set_timer"), Source("time", "now", "get_time")])
    assert [definition.name for definition in toolbox.offered(allow)] == offered
    for name in names(toolbox):
        outcome = await toolbox.call(name, "{}", caller, allow=allow)
        assert (outcome.error_code == "") == (name in offered)


async def test_a_model_that_invents_a_tool_is_told_which_there_are(caller: RecordedCaller) -> None:
    outcome = await Toolbox([Source("a", "one", "two")]).call("three", "{}", caller)
    assert outcome.error_code == "tool_not_found"
    assert outcome.output == "There is no tool 'three'. The tools are: one, two."


@pytest.mark.parametrize(
    ("arguments", "passed_on"),
    [
        ('{"room": "kitchen"}', {"room": "kitchen"}),
        ('{"room": "kitchen", "brightness": "40", "on": "true"}', {"room": "kitchen", "brightness": 40, "on": True}),
        ('{"room": "kitchen", "brightness": null}', {"room": "kitchen"}),
        ('{"room": 7}', {"room": "7"}),
        ('"{\\"room\\": \\"kitchen\\"}"', {"room": "kitchen"}),
        (' \n{"room": "厨房"} ', {"room": "厨房"}),
    ],
    ids=["right", "text for numbers", "null for left out", "a number for text", "quoted twice", "Chinese"],
)
async def test_what_small_models_get_wrong_is_mended(
    arguments: str, passed_on: dict[str, object], caller: RecordedCaller
) -> None:
    source = one_tool(parameters=LAMP)
    assert (await Toolbox([source]).call("lamp", arguments, caller)).error_code == ""
    assert source.calls == [("lamp", passed_on)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{", "not JSON"),
        ("[]", "must be a JSON object"),
        ("{}", "'room' is a required property"),
        ('{"room": "x", "brightness": "full"}', "The argument 'brightness' does not fit: 'full' is not of type"),
        ('{"room": "x", "brightness": 101}', "101 is greater than the maximum of 100"),
        ('{"room": "x", "rom": 1}', "'rom' was unexpected"),
        ('{"room": "' + "x" * 70_000 + '"}', "longer than 65,536"),
        ("[" * 60_000, "not JSON"),
    ],
)
async def test_wrong_arguments_are_told_in_a_sentence_and_the_tool_is_not_called(
    arguments: str, said: str, caller: RecordedCaller
) -> None:
    source = one_tool(parameters=LAMP)
    outcome = await Toolbox([source]).call("lamp", arguments, caller)
    assert outcome.error_code == "tool_arguments_invalid"
    assert said in outcome.output
    assert "Call the tool again" in outcome.output
    assert source.calls == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"room": {"$ref": "http://127.0.0.1:9/schema.json"}}},
        {"$ref": "#"},
        {"type": "no such type"},
    ],
    ids=["a reference to the network", "a circle", "no schema"],
)
async def test_a_schema_that_cannot_be_read_leaves_the_check_to_the_tool(
    schema: dict[str, object], caller: RecordedCaller
) -> None:
    source = one_tool(parameters=schema)
    assert (await Toolbox([source]).call("lamp", '{"room": 1}', caller)).error_code == ""


async def test_a_tool_that_takes_too_long_is_stopped(caller: RecordedCaller) -> None:
    stopped = anyio.Event()

    async def hang(_: dict[str, object]) -> str:
        try:
            await anyio.sleep_forever()
        finally:
            stopped.set()
        return ""

    source = Source("slow", "lamp", answer=hang)
    source.definitions = [replace(source.definitions[0], timeout_seconds=7.0)]
    started = anyio.current_time()
    outcome = await Toolbox([source]).call("lamp", "{}", caller)
    assert outcome == ToolOutcome(output="The tool did not answer within 7 seconds.", error_code="tool_timeout")
    assert anyio.current_time() - started == 7.0
    assert stopped.is_set()


async def test_calls_beyond_the_bound_wait_and_their_deadline_runs(caller: RecordedCaller) -> None:
    running = 0
    most = 0

    async def work(_: dict[str, object]) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(20)
        running -= 1
        return "done"

    toolbox = Toolbox([Source("a", "lamp", answer=work)], bounds=ToolBounds(at_once=2))
    codes: list[str] = []

    async def call() -> None:
        codes.append((await toolbox.call("lamp", "{}", caller)).error_code)

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(call)
    assert most == 2
    assert codes == ["", "", "tool_timeout"]


async def test_a_failure_is_told_and_raises_nothing(caller: RecordedCaller) -> None:
    async def fail(_: dict[str, object]) -> str:
        raise ToolError("tool_unavailable", "The server is away.", remedy="Try later.")

    outcome = await Toolbox([Source("a", "lamp", answer=fail)]).call("lamp", "{}", caller)
    assert outcome == ToolOutcome(output="The server is away. Try later.", error_code="tool_unavailable")


async def test_a_long_answer_is_cut_and_the_model_is_told(caller: RecordedCaller) -> None:
    async def talk(_: dict[str, object]) -> str:
        return "ab\x00\ud800" * 3_000

    outcome = await Toolbox([Source("a", "lamp", answer=talk)]).call("lamp", "{}", caller)
    assert len(outcome.output) == 4_000
    assert outcome.output.startswith("ab?ab?")
    assert outcome.output.endswith("[cut: 9,000 characters in all]")


@given(st.text(), st.integers(0, 100))
def test_a_bound_text_is_never_longer_and_always_storable(text: str, characters: int) -> None:
    cut = bounded(text, characters)
    assert len(cut) <= max(characters, len("\n[cut: 999 characters in all]"))
    json.dumps(cut).encode()
    assert "\x00" not in cut
