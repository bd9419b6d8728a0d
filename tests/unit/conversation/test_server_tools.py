"""Calls that this server makes: told as MCP calls, run once the turn is sure, and answered by the assistant itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.conversation.scene import FAULT, Scene, names, user_text
from tests.unit.conversation.tool_scene import CLOCK, LIGHT, MAPS, TOOLED, answers, asking, calls, recitals
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool
from vivavoce.conversation.tool_calls import MAX_AT_WORK, MAX_ROUNDS

# ------------------------------------------------------------------ the call


def test_a_call_is_told_as_an_item_of_its_server_and_then_run() -> None:
    scene = asking()
    effects = scene.call('{"in":', name="clock") + scene.call(' "UTC"}') + scene.stop_writing("tool_calls")
    assert [name for name in names(effects) if "Timer" not in name and name != "TurnTimed"] == [
        "OutputItemAdded",
        "ItemAdded",
        "ToolCallArguments",
        "ToolCallArguments",
        "ToolCallWritten",
        "OutputItemDone",
        "ReplyDone",
        "ToolCallStarted",
        "RunTool",
    ]
    order, item = scene.last(orders.RunTool), scene.machine.items[-1]
    assert (order.name, order.arguments, order.server_label) == ("clock", '{"in": "UTC"}', "vivavoce")
    assert (item.id, item.kind, item.status) == (order.item_id, "mcp_call", "in_progress")
    assert scene.state == "thinking"


def test_what_came_of_it_is_told_by_the_assistant_itself() -> None:
    scene = asking()
    calls(scene, "clock")
    effects = answers(scene, "It is noon.")
    assert [name for name in names(effects) if "Timer" not in name] == [
        "ToolCallEnded",
        "ItemDone",
        "ReplyCreated",
        "Generate",
    ]
    done = scene.last(fx.ItemDone).item
    assert (done.output, done.status, done.error_code) == ("It is noon.", "completed", "")
    call_id = scene.last(orders.RunTool).call_id
    assert scene.last(orders.Generate).messages == (
        orders.PromptMessage(role="user", content="What time is it?"),
        orders.PromptMessage(role="assistant", content="", tool_calls=((call_id, "clock", "{}"),)),
        orders.PromptMessage(role="tool", content="It is noon.", tool_call_id=call_id),
    )
    scene.reply_says("Noon.")
    scene.wait(3.0)
    assert scene.state == "listening"


def test_a_tool_that_fails_is_told_of_too() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "The clock is broken.", error_code="tool_failed")
    assert scene.last(fx.ToolCallEnded).has_failed
    assert scene.last(fx.ItemDone).item.error_code == "tool_failed"
    assert scene.prompt()[-1] == ("tool", "The clock is broken.")


def test_several_calls_are_run_together_and_told_together() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    answers(scene, "Here.", run=1)
    assert len(scene.all(orders.Generate)) == 1
    answers(scene, "Noon.", run=0)
    assert [content for role, content in scene.prompt() if role == "tool"] == ["Noon.", "Here."]


def test_a_call_is_run_once_whatever_its_answers() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "Noon.")
    assert answers(scene, "Midnight.") == []
    assert len(scene.all(orders.RunTool)) == 1
    assert scene.prompt()[-1] == ("tool", "Noon.")


def test_calls_with_one_id_are_told_apart() -> None:
    scene = asking()
    scene.call("{}", call_id="c", name="clock")
    scene.call('{"in": "UTC"}', call_id="c", name="clock", index=1)
    scene.stop_writing("tool_calls")
    first, second = scene.all(orders.RunTool)
    assert first.call_id == "c"
    assert second.call_id not in ("", "c")


def test_a_name_that_nobody_offered_is_never_run_and_the_model_is_told_which_tools_there_are() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK, MAPS)))
    calls(scene, "calendar")
    assert scene.all(orders.RunTool) == []
    item = scene.last(fx.ItemDone).item
    assert (item.name, item.error_code, item.status) == ("calendar", "tool_not_found", "completed")
    assert scene.last(fx.ToolCallEnded).has_failed
    assert scene.prompt()[-1] == ("tool", "There is no tool 'calendar'. The tools are: clock, maps.")
    calls(scene, "clock")
    assert [order.name for order in scene.all(orders.RunTool)] == ["clock"], "it may call one that there is"


def test_only_what_this_reply_was_offered_is_run() -> None:
    scene = Scene(TOOLED)
    scene.take(ev.ItemCreateRequested(item=user_text("Where am I?")))
    scene.request(ReplyOptions(tools=(CLOCK,)))
    calls(scene, "maps")
    assert scene.all(orders.RunTool) == []
    assert scene.prompt()[-1] == ("tool", "There is no tool 'maps'. The tools are: clock.")


def test_a_tool_that_needs_approval_elsewhere_is_not_run_where_it_is_not_offered() -> None:
    asks = Tool(name="buy", server_label="shop", needs_approval=True)
    scene = asking(ConversationSettings(tools=(CLOCK, asks), tool_choice="server:vivavoce"))
    calls(scene, "buy", "clock")
    assert [order.name for order in scene.all(orders.RunTool)] == ["clock"]
    assert [item.error_code for item in scene.machine.items if item.name == "buy"] == ["tool_not_found"]


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_call_is_made_though_a_clause_of_the_reply_could_not_be_spoken(is_heard: bool) -> None:
    scene = asking(replace(TOOLED, trouble="I cannot think just now."))
    scene.write("Let me look. It is late.")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    if is_heard:
        scene.voice(1.0)
    while scene.unvoiced():
        scene.fail_to_voice()
    assert scene.last(fx.ReplyDone).reply.status == "failed"
    assert scene.item(scene.last(orders.RunTool).item_id).status == "in_progress"
    assert scene.last(fx.ToolCallWritten).arguments == "{}"
    scene.wait(3.0)
    assert recitals(scene) == ([] if is_heard else ["One moment."]), "what was not heard fills no silence"
    answers(scene, "Noon.")
    if not is_heard:
        scene.reply_says("One moment.", seconds=1.0)
    assert scene.prompt()[-1] == ("tool", "Noon.")


def test_a_call_is_made_though_the_speech_of_the_reply_never_came() -> None:
    scene = asking()
    scene.write("Let me look.")
    scene.call("{}", name="clock")
    scene.stop_writing("tool_calls")
    scene.wait(70.0)
    assert scene.all(fx.ReplyDone)[0].reply.status == "failed"
    assert scene.last(orders.RunTool).name == "clock"


def test_a_function_of_the_clients_is_called_though_the_words_before_it_could_not_be_spoken() -> None:
    scene = asking()
    scene.write("Let me see.")
    scene.call('{"on": true}', name="light")
    scene.stop_writing("tool_calls")
    scene.fail_to_voice()
    assert scene.last(fx.FunctionCallDone).arguments == '{"on": true}'
    assert [item.status for item in scene.machine.items if item.kind == "function_call"] == ["completed"]


def test_a_call_is_not_made_where_the_engine_failed_in_the_middle_of_it() -> None:
    scene = asking()
    scene.call('{"in":', name="clock")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    assert scene.all(orders.RunTool) == []
    assert scene.all(fx.ToolCallWritten) == []


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_a_call_that_was_cut_off_does_not_leave_silence(reason: str) -> None:
    scene = asking(replace(TOOLED, trouble="I cannot think just now."))
    scene.call('{"in":', name="clock")
    scene.stop_writing(reason)
    assert scene.last(fx.ReplyDone).reply.status == "incomplete"
    assert recitals(scene) == ["I cannot think just now."]


def test_a_reply_that_was_cut_off_but_heard_needs_no_other_words() -> None:
    scene = asking(replace(TOOLED, trouble="I cannot think just now."))
    scene.write("It is a long story.")
    scene.stop_writing("length")
    scene.voice(1.0)
    assert recitals(scene) == []


def test_a_call_that_was_cut_off_is_not_run() -> None:
    scene = asking()
    scene.call('{"in":', name="clock")
    scene.stop_writing("length")
    assert scene.all(orders.RunTool) == []
    scene.user_says("Hello?")
    assert [role for role, _ in scene.prompt()] == ["user"]


def test_nothing_is_run_under_the_hold_of_a_turn_that_may_go_on() -> None:
    scene = Scene(TOOLED)
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("What time is it?")
    early = scene.last(orders.Generate).response_id
    scene.take(ev.ReplyToolCallArrived(response_id=early, index=0, call_id="", name="clock", arguments="{}"))
    scene.take(ev.ReplyEnded(response_id=early, finish_reason="tool_calls"))
    assert scene.all(orders.RunTool) == []
    scene.speech_ends()
    assert scene.last(orders.RunTool).name == "clock"
    assert len(scene.all(orders.Generate)) == 1, "the reply that was begun under the hold is the one"


def test_a_long_output_is_cut_in_the_prompt_and_whole_in_the_conversation() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "时" * 10_000)
    role, content = scene.prompt()[-1]
    assert (role, content[:2], content[-5:]) == ("tool", "时时", "[...]")
    assert len(content.encode()) < 4_100
    assert len(scene.item(scene.last(orders.RunTool).item_id).output) == 10_000


def test_a_tool_that_never_answers_is_given_up() -> None:
    scene = asking()
    calls(scene, "clock")
    scene.wait(290.0)
    assert scene.all(orders.CancelTool) == []
    scene.wait(20.0)
    assert scene.last(orders.CancelTool).call_id == scene.last(orders.RunTool).call_id
    assert scene.prompt()[-1] == ("tool", "The tool did not answer.")


def test_no_more_tools_than_a_few_are_at_work_at_once() -> None:
    scene = asking()
    for number in range(MAX_AT_WORK + 1):
        scene.call(f'{{"in": {number}}}', index=number, name="clock")
    scene.stop_writing("tool_calls")
    assert len(scene.all(orders.RunTool)) == MAX_AT_WORK
    assert scene.last(fx.ItemDone).item.error_code == "too_many_tools"


# ------------------------------------------------------------------ how often


def test_after_a_few_rounds_the_assistant_must_answer_with_what_it_has() -> None:
    scene = asking()
    for number in range(MAX_ROUNDS):
        assert scene.last(orders.Generate).tool_choice == "auto"
        scene.call(f'{{"in": {number}}}', name="clock")
        scene.stop_writing("tool_calls")
        answers(scene, "Noon.")
    assert scene.last(orders.Generate).tool_choice == "none"


def test_a_call_against_the_word_is_neither_run_nor_asked_about_again() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK,), tool_choice="none"))
    calls(scene, "clock")
    assert scene.all(orders.RunTool) == []
    assert scene.last(fx.ItemDone).item.error_code == "tool_not_allowed"
    assert len(scene.all(orders.Generate)) == 1
    assert scene.state == "listening"


def test_the_users_next_turn_may_call_as_often_again() -> None:
    scene = asking()
    for _ in range(MAX_ROUNDS):
        calls(scene, "clock")
        answers(scene, "Noon.")
    scene.reply_says("Noon.")
    scene.user_says("And now?")
    calls(scene, "clock")
    answers(scene, "Noon.")
    assert scene.last(orders.Generate).tool_choice == "auto"


def test_a_call_that_was_required_is_not_required_again() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK,), tool_choice="clock"))
    assert scene.last(orders.Generate).tool_choice == "clock"
    calls(scene, "clock")
    answers(scene, "Noon.")
    assert scene.last(orders.Generate).tool_choice == "auto"


def test_a_server_can_be_chosen_as_a_whole() -> None:
    scene = asking(ConversationSettings(tools=(CLOCK, MAPS), tool_choice="server:maps"))
    assert (scene.last(orders.Generate).tools, scene.last(orders.Generate).tool_choice) == ((MAPS,), "required")
    other = asking(ConversationSettings(tools=(CLOCK,), tool_choice="server:gone"))
    assert (other.last(orders.Generate).tools, other.last(orders.Generate).tool_choice) == ((), "auto")


def test_the_prompt_that_is_read_ahead_offers_the_same_tools() -> None:
    scene = Scene(ConversationSettings(tools=(CLOCK, MAPS), tool_choice="server:maps"))
    ahead = scene.machine.prompt_ahead("Where am I?")
    scene.user_says("Where am I?")
    order = scene.last(orders.Generate)
    assert (ahead.tools, ahead.tool_choice, ahead.messages) == (order.tools, order.tool_choice, order.messages)


def test_what_a_tool_has_changed_of_the_session_holds_for_the_reply_that_tells_of_it() -> None:
    scene = asking()
    calls(scene, "clock")
    changed = ConversationSettings(instructions="You are Lin.", voice="lin", tools=(CLOCK,))
    scene.take(ev.SettingsChanged(settings=changed))
    answers(scene, "You are Lin now.")
    assert scene.prompt()[0] == ("system", "You are Lin.")
    assert scene.last(fx.ReplyCreated).reply.voice == "lin"
    assert scene.last(orders.Generate).tools == (CLOCK,)


# ------------------------------------------------------------------ beside the client's own functions


def test_the_client_answers_its_own_functions_and_asks_for_the_reply_as_ever() -> None:
    scene = asking()
    scene.call("{}", call_id="l", name="light")
    scene.call("{}", name="clock", index=1)
    scene.stop_writing("tool_calls")
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 1, "the client has its say first"
    assert scene.state == "listening"
    scene.take(ev.ItemCreateRequested(item=Item(id="", kind="function_call_output", call_id="l", output="On.")))
    scene.request()
    assert [content for role, content in scene.prompt() if role == "tool"] == ["On.", "Noon."]
    scene.reply_says("It is noon, and the light is on.")
    scene.wait(5.0)
    assert len(scene.all(orders.Generate)) == 2


def test_what_comes_after_the_clients_reply_is_told_when_the_floor_is_free() -> None:
    scene = asking()
    scene.call("{}", call_id="l", name="light")
    scene.call("{}", name="clock", index=1)
    scene.stop_writing("tool_calls")
    scene.take(ev.ItemCreateRequested(item=Item(id="", kind="function_call_output", call_id="l", output="On.")))
    scene.request()
    assert ("tool", TOOLED.still_working) in scene.prompt()
    scene.reply_says("The light is on.")
    answers(scene, "Noon.")
    assert len(scene.all(orders.Generate)) == 2, "the listener is still hearing of the light"
    scene.wait(3.0)
    assert ("tool", "Noon.") in scene.prompt()
    assert len(scene.all(orders.Generate)) == 3


def test_a_reply_beside_the_conversation_is_offered_only_what_the_client_runs() -> None:
    scene = Scene(TOOLED)
    scene.take(ev.ItemCreateRequested(item=user_text("What time is it?")))
    scene.request(ReplyOptions(in_band=False, tool_choice="clock"))
    assert scene.last(orders.Generate).tools == (LIGHT,)
    assert scene.last(orders.Generate).tool_choice == "auto"


def test_a_reply_to_chosen_items_goes_on_from_those() -> None:
    scene = Scene(TOOLED)
    scene.take(ev.ItemCreateRequested(item=user_text("Never mind this.")))
    question = user_text("What time is it?", "q")
    kept = user_text("Please.", "k")
    scene.take(ev.ItemCreateRequested(item=kept))
    scene.request(ReplyOptions(input_items=(question, Item(id="k", kind="reference")), metadata=(("a", "b"),)))
    calls(scene, "clock")
    scene.take(ev.ItemDeleteRequested(item_id="k"))
    answers(scene, "Noon.")
    assert [role for role, _ in scene.prompt()] == ["user", "assistant", "tool"]
    assert scene.prompt()[0] == ("user", "What time is it?")
    assert scene.last(fx.ReplyCreated).reply.metadata == (), "that belongs to the reply that was asked for"


# ------------------------------------------------------------------ clients that ask for what comes by itself


def test_a_client_that_asks_for_the_reply_to_an_outcome_gets_one_reply() -> None:
    scene = asking()
    calls(scene, "clock", "maps")
    answers(scene, "Noon.", run=0)
    scene.request()
    answers(scene, "Here.", run=1)
    scene.request()
    assert scene.all(fx.ErrorRaised) == []
    assert len(scene.all(fx.ReplyCreated)) == 2


def test_a_client_that_asks_once_more_is_told_that_a_reply_is_made() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "Noon.")
    scene.request()
    scene.request()
    assert scene.last(fx.ErrorRaised).failure.code == "conversation_already_has_active_response"


@pytest.mark.parametrize("what", ["something typed", "a turn by voice", "time", "an own idea"])
def test_a_request_for_something_else_is_not_taken_for_that(what: str) -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "Noon.")
    scene.reply_says("It is noon.")
    options = None
    match what:
        case "something typed":
            scene.take(ev.ItemCreateRequested(item=user_text("And tomorrow?")))
        case "a turn by voice":
            scene.wait(3.0)
            scene.commit()
            scene.hear("And tomorrow?")
        case "time":
            scene.wait(6.0)
        case _:
            options = ReplyOptions(metadata=(("client_event_id", "e7"),))
    scene.request(options)
    assert len(scene.all(fx.ReplyCreated)) == 3


# ------------------------------------------------------------------ the same again


def test_a_call_that_was_answered_already_is_not_made_again_and_ends_the_rounds() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "It is noon.")
    effects = calls(scene, "clock")
    assert not [effect for effect in effects if isinstance(effect, orders.RunTool)]
    told = [item.output for item in scene.machine.items if item.kind == "mcp_call"]
    assert told == ["It is noon.", "It is noon."]
    assert scene.last(orders.Generate).tool_choice == "none"


@pytest.mark.parametrize("error_code", ["", "tool_failed"])
def test_two_calls_alike_in_one_reply_are_one_piece_of_work_and_both_are_told_what_came_of_it(error_code: str) -> None:
    scene = asking()
    calls(scene, "clock", "maps", "clock")
    assert [order.name for order in scene.all(orders.RunTool)] == ["clock", "maps"]
    answers(scene, "Here.", run=1)
    assert len(scene.all(orders.Generate)) == 1
    answers(scene, "Noon.", run=0, error_code=error_code)
    assert [(item.output, item.error_code, item.status) for item in scene.machine.items if item.name == "clock"] == [
        ("Noon.", error_code, "completed")
    ] * 2
    assert [content for role, content in scene.prompt() if role == "tool"] == ["Noon.", "Here.", "Noon."]
    assert scene.last(orders.Generate).tool_choice == "auto"


def test_a_client_that_asks_after_each_of_two_calls_alike_gets_one_reply() -> None:
    scene = asking()
    calls(scene, "clock", "clock")
    answers(scene, "Noon.")
    scene.request()
    scene.request()
    assert scene.all(fx.ErrorRaised) == []
    assert len(scene.all(fx.ReplyCreated)) == 2


def test_of_two_calls_alike_one_may_be_deleted_and_the_other_still_waits() -> None:
    scene = asking()
    calls(scene, "clock", "clock")
    first, second = [item.id for item in scene.machine.items if item.name == "clock"]
    scene.take(ev.ItemDeleteRequested(item_id=first))
    assert scene.all(orders.CancelTool) == []
    answers(scene, "Noon.")
    assert scene.item(second).output == "Noon."
    assert scene.prompt()[-1] == ("tool", "Noon.")


def test_two_calls_alike_that_were_approved_together_are_made_once() -> None:
    scene = asking(ConversationSettings(tools=(Tool(name="buy", server_label="shop", needs_approval=True),)))
    calls(scene, "buy", "buy")
    scene.reply_says("May I use buy?")
    scene.wait(3.0)
    scene.user_says("Yes.")
    assert len(scene.all(orders.RunTool)) == 1
    answers(scene, "Bought.")
    assert [item.output for item in scene.machine.items if item.kind == "mcp_call"] == ["Bought.", "Bought."]


def test_a_call_that_has_failed_may_be_made_again() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "It is broken.", error_code="tool_failed")
    effects = calls(scene, "clock")
    assert [effect for effect in effects if isinstance(effect, orders.RunTool)]


def test_the_users_next_turn_may_ask_for_the_same_call() -> None:
    scene = asking()
    calls(scene, "clock")
    answers(scene, "It is noon.")
    scene.write("It is noon.")
    scene.stop_writing()
    for _ in scene.unvoiced():
        scene.voice(1.0)
    scene.user_says("And now?")
    assert [effect for effect in calls(scene, "clock") if isinstance(effect, orders.RunTool)]
