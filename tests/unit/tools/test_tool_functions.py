"""A Python function becomes a tool by its type hints and its docstring."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import Literal

import anyio
import anyio.lowlevel
import pytest

from tests.unit.tools.callers import RecordedCaller
from vivavoce.errors import InputError, ToolError
from vivavoce.tools.definition import EndConversation, ToolCaller, ToolOutcome
from vivavoce.tools.functions import FunctionTools, tool

pytestmark = pytest.mark.anyio


@tool
def lamp(room: str, on: bool, brightness: int = 100, colour: Literal["warm", "cold"] | None = None) -> str:
    """Turn a lamp on or off.

    What follows is for programmers.

    Args:
        room: which room, in the
            user's words
        on: whether it shines
    """
    return f"{room} {on} {brightness} {colour}"


def test_the_schema_is_short_and_says_what_the_signature_says() -> None:
    assert lamp.definition.name == "lamp"
    assert lamp.definition.description == "Turn a lamp on or off."
    assert lamp.definition.parameters == {
        "type": "object",
        "properties": {
            "room": {"type": "string", "description": "which room, in the user's words"},
            "on": {"type": "boolean", "description": "whether it shines"},
            "brightness": {"type": "integer"},
            "colour": {"enum": ["warm", "cold"], "type": "string"},
        },
        "required": ["room", "on"],
    }


def test_a_tool_can_still_be_called_as_the_function_it_is() -> None:
    assert lamp("kitchen", on=True) == "kitchen True 100 None"


def test_options_go_before_the_docstring_and_the_functions_name() -> None:
    @tool(
        name="door", description="Open it.", changes_things=True, needs_approval=True, timeout_seconds=5
    )  # fmt: skip
    def open_the_door() -> None:
        """Something else."""

    told = open_the_door.definition
    assert (told.name, told.description, told.changes_things, told.needs_approval, told.timeout_seconds) == (
        "door", "Open it.", True, True, 5,
    )  # fmt: skip


async def test_arguments_come_as_the_types_that_the_function_asks_for(caller: RecordedCaller) -> None:
    @tool
    async def weekday(day: date) -> str:
        return day.strftime("%A")

    tools = FunctionTools([weekday])
    assert (await tools.call("weekday", {"day": "2026-11-20"}, caller)).output == "Friday"
    with pytest.raises(InputError, match="'day' does not fit"):
        await tools.call("weekday", {"day": "soon"}, caller)


async def test_the_conversation_is_filled_in_and_not_offered(caller: RecordedCaller) -> None:
    @tool
    async def leave(caller: ToolCaller) -> str:
        caller.act(EndConversation())
        return caller.user_id

    assert leave.definition.parameters == {"type": "object", "properties": {}}
    assert (await FunctionTools([leave]).call("leave", {}, caller)).output == "local"
    assert caller.actions == [EndConversation()]


async def test_a_plain_function_runs_in_a_thread_and_acts_in_the_loop(caller: RecordedCaller) -> None:
    loop_thread = threading.get_ident()
    seen: list[int] = []

    class Listening(RecordedCaller):
        def act(self, action: object) -> None:
            seen.append(threading.get_ident())

    @tool
    def leave(caller: ToolCaller) -> str:
        caller.act(EndConversation())
        return str(threading.get_ident())

    outcome = await FunctionTools([leave]).call("leave", {}, Listening())
    assert outcome.output != str(loop_thread)
    assert seen == [loop_thread]


async def test_a_call_that_was_given_up_can_no_longer_act(caller: RecordedCaller) -> None:
    started, given_up, done = threading.Event(), threading.Event(), threading.Event()
    refused: list[str] = []

    @tool
    def slow(caller: ToolCaller) -> None:
        started.set()
        given_up.wait(5)
        try:
            caller.act(EndConversation())
        except ToolError as error:
            refused.append(error.code)
        done.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(FunctionTools([slow]).call, "slow", {}, caller)
        while not started.is_set():
            await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    given_up.set()
    assert done.wait(5)
    assert refused == ["tool_timeout"]
    assert caller.actions == []


async def test_calls_that_never_end_do_not_use_up_the_machine(caller: RecordedCaller) -> None:
    end, started = threading.Event(), threading.Semaphore(0)

    @tool
    def hang() -> None:
        started.release()
        end.wait(20)

    tools = FunctionTools([hang])
    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(tools.call, "hang", {}, caller)
        for _ in range(8):
            while not started.acquire(blocking=False):
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    try:
        with pytest.raises(ToolError) as refused:
            await tools.call("hang", {}, caller)
        assert refused.value.code == "tool_busy"
    finally:
        end.set()


@dataclass
class Song:
    title: str
    seconds: int


@pytest.mark.parametrize(
    ("returned", "output"),
    [
        ("text", "text"),
        (None, "Done."),
        ({"名": [1, 2]}, '{"名":[1,2]}'),
        (Song("歌", 3), '{"title":"歌","seconds":3}'),
        (object, "<class 'object'>"),
    ],
)
async def test_whatever_a_function_returns_becomes_text(caller: RecordedCaller, returned: object, output: str) -> None:
    @tool
    async def give() -> object:
        return returned

    assert (await FunctionTools([give]).call("give", {}, caller)).output == output


async def test_an_outcome_is_returned_as_it_is(caller: RecordedCaller) -> None:
    @tool
    async def fail() -> ToolOutcome:
        return ToolOutcome(output="The oven is off.", error_code="oven_off")

    assert (await FunctionTools([fail]).call("fail", {}, caller)).error_code == "oven_off"


async def test_what_a_function_raises_is_a_tool_error_with_its_message(caller: RecordedCaller) -> None:
    @tool
    async def divide(by: float) -> float:
        return 1 / by

    with pytest.raises(ToolError, match="division by zero"):
        await FunctionTools([divide]).call("divide", {"by": 0}, caller)


async def test_a_method_is_a_tool_of_its_object(caller: RecordedCaller) -> None:
    class Counter:
        def __init__(self) -> None:
            self.count = 0

        @tool
        async def increase(self, by: int) -> int:
            """Add to the count."""
            self.count += by
            return self.count

    first, second = Counter(), Counter()
    tools = FunctionTools([first.increase])
    await tools.call("increase", {"by": 2}, caller)
    assert (first.count, second.count) == (2, 0)


def test_a_parameter_without_a_type_is_named() -> None:
    with pytest.raises(InputError, match="'what'"):

        @tool
        def broken(what) -> None:  # type: ignore[no-untyped-def]
            """Cannot be offered."""


def test_a_type_that_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(InputError, match="JSON has no word"):

        @tool
        def broken(lock: threading.Event) -> None:
            """Cannot be offered."""


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="'lamp'"):
        FunctionTools([lamp, lamp])
