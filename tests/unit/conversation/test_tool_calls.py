"""Function calls: told as they are written, answered by the client, never continued unasked."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import FAULT, Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ConversationSettings, Tool

WEATHER = Tool(name="weather", description="Looks out of the window.", parameters_json='{"type": "object"}')
TOOLED = ConversationSettings(tools=(WEATHER,), tool_choice="required")


def calling() -> Scene:
    scene = Scene(TOOLED)
    scene.user_says("Is it raining?")
    return scene


def call_output(call_id: str, text: str) -> ev.ItemCreateRequested:
    return ev.ItemCreateRequested(item=Item(id="", kind="function_call_output", call_id=call_id, output=text))


def test_the_engine_is_told_of_the_tools() -> None:
    order = calling().last(orders.Generate)
    assert (order.tools, order.tool_choice) == ((WEATHER,), "required")


def test_a_call_is_told_in_the_order_of_the_protocol() -> None:
    scene = calling()
    effects = scene.call('{"place":', call_id="call_7", name="weather") + scene.call(' "here"}')
    effects += scene.stop_writing("tool_calls")
    assert [name for name in names(effects) if "Timer" not in name and name != "TurnTimed"] == [
        "OutputItemAdded",
        "ItemAdded",
        "FunctionCallArguments",
        "FunctionCallArguments",
        "FunctionCallDone",
        "OutputItemDone",
        "ItemDone",
        "ReplyDone",
        "TurnStateChanged",
    ]
    done = scene.last(fx.FunctionCallDone)
    assert (done.call_id, done.name, done.arguments) == ("call_7", "weather", '{"place": "here"}')
    (item,) = scene.last(fx.ReplyDone).reply.output
    assert item == scene.machine.items[-1]
    assert (item.kind, item.status, item.call_id) == ("function_call", "completed", "call_7")


def test_the_conversation_does_not_go_on_by_itself() -> None:
    scene = calling()
    scene.call("{}", call_id="call_7", name="weather")
    scene.stop_writing("tool_calls")
    assert scene.state == "listening"
    scene.take(call_output("call_7", "It pours."))
    assert len(scene.all(orders.Generate)) == 1


def test_the_output_enters_the_next_prompt() -> None:
    scene = calling()
    scene.call("{}", call_id="call_7", name="weather")
    scene.stop_writing("tool_calls")
    scene.take(call_output("call_7", "It pours."))
    scene.request()
    assert scene.last(orders.Generate).messages == (
        orders.PromptMessage(role="user", content="Is it raining?"),
        orders.PromptMessage(role="assistant", content="", tool_calls=(("call_7", "weather", "{}"),)),
        orders.PromptMessage(role="tool", content="It pours.", tool_call_id="call_7"),
    )


def test_parallel_calls_are_items_of_one_reply() -> None:
    scene = calling()
    scene.call("{", index=0, call_id="a", name="weather")
    scene.call("[", index=1, call_id="b", name="weather")
    scene.call("}", index=0)
    scene.call("]", index=1)
    scene.stop_writing("tool_calls")
    output = scene.last(fx.ReplyDone).reply.output
    assert [(item.call_id, item.arguments) for item in output] == [("a", "{}"), ("b", "[]")]
    assert [added.output_index for added in scene.all(fx.OutputItemAdded)] == [0, 1]


def test_words_and_calls_keep_their_places() -> None:
    scene = calling()
    scene.call("{}", call_id="a", name="weather")
    scene.write("Let me look.")
    scene.call("{}", index=1, call_id="b", name="weather")
    scene.stop_writing("tool_calls")
    scene.voice(1.0)
    assert [item.kind for item in scene.last(fx.ReplyDone).reply.output] == [
        "function_call",
        "message",
        "function_call",
    ]
    assert {(text.output_index, text.item_id) for text in scene.all(fx.OutputText)} == {
        (1, scene.last(fx.ReplyDone).reply.output[1].id)
    }


def test_a_call_without_an_id_gets_one() -> None:
    scene = calling()
    scene.call("{}", name="weather")
    scene.call("", name="weather", index=1)
    scene.stop_writing("tool_calls")
    first, second = scene.last(fx.ReplyDone).reply.output
    assert first.call_id
    assert second.call_id
    assert first.call_id != second.call_id


@pytest.mark.parametrize("ending", ["barge-in", "cancel", "failure", "length"])
def test_a_call_that_was_not_finished_is_not_told_as_whole(ending: str) -> None:
    scene = calling()
    scene.call('{"place":', call_id="call_7", name="weather")
    match ending:
        case "barge-in":
            scene.speech_starts()
        case "cancel":
            scene.take(ev.ReplyCancelRequested())
        case "failure":
            scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
        case _:
            scene.stop_writing("length")
    assert scene.all(fx.FunctionCallDone) == []
    assert scene.last(fx.OutputItemDone).item.status == "incomplete"


def test_a_call_that_was_not_finished_does_not_spoil_the_next_prompt() -> None:
    scene = calling()
    scene.call('{"place":', call_id="call_7", name="weather")
    scene.user_says("Never mind.")
    assert scene.prompt() == [("user", "Is it raining? Never mind.")]
