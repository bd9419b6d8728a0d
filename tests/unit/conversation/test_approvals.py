"""Tools that the user is asked about first: by the protocol, by voice and by text."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.approvals import MAX_WAITING
from vivavoce.conversation.items import Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool

BUY = Tool(name="buy_tea", server_label="shop", needs_approval=True)
PAY = Tool(name="pay", server_label="shop", needs_approval=True)
CLOCK = Tool(name="clock", server_label="vivavoce")
TOOLED = ConversationSettings(tools=(BUY, PAY, CLOCK), working=())


def wanting(*tools: str, settings: ConversationSettings = TOOLED, is_asked: bool = True) -> Scene:
    """The model wants tools, and the user has heard the question."""
    scene = Scene(settings)
    scene.user_says("I want tea.")
    for index, name in enumerate(tools):
        scene.call('{"n": 1}', index=index, name=name)
    scene.stop_writing("tool_calls")
    if is_asked:
        scene.reply_says(scene.last(orders.Generate).recital, seconds=1.0)
        scene.wait(1.5)
    return scene


def request_ids(scene: Scene) -> list[str]:
    return [item.id for item in scene.machine.items if item.kind == "mcp_approval_request"]


def decision(request_id: str, *, approves: bool, reason: str = "") -> ev.ItemCreateRequested:
    item = Item(id="", kind="mcp_approval_response", approval_request_id=request_id, approves=approves, output=reason)
    return ev.ItemCreateRequested(item=item)


def replies_made(scene: Scene) -> list[orders.Generate]:
    return [order for order in scene.all(orders.Generate) if not order.recital]


# ------------------------------------------------------------------ the request


def test_a_call_that_needs_approval_is_told_as_a_request_and_not_run() -> None:
    scene = Scene(TOOLED)
    scene.user_says("I want tea.")
    effects = scene.call('{"n": 1}', name="buy_tea") + scene.stop_writing("tool_calls")
    assert [name for name in names(effects) if "Timer" not in name and name != "TurnTimed"] == [
        "OutputItemAdded",
        "ItemAdded",
        "OutputItemDone",
        "ItemDone",
        "ReplyDone",
        "ReplyCreated",
        "Generate",
    ]
    item = scene.last(fx.ItemDone).item
    assert (item.kind, item.status, item.name, item.arguments) == (
        "mcp_approval_request",
        "completed",
        "buy_tea",
        '{"n": 1}',
    )
    assert scene.all(orders.RunTool) == []


def test_the_assistant_asks_in_one_sentence() -> None:
    assert wanting("buy_tea").last(orders.Generate).recital == "May I use buy tea?"
    assert wanting("buy_tea", "pay", "pay").last(orders.Generate).recital == "May I use buy tea, pay?"


def test_the_question_is_for_the_language_and_may_be_left_out() -> None:
    chinese = wanting("pay", settings=ConversationSettings(tools=(PAY,), approval="可以用{name}吗？"))
    assert chinese.last(orders.Generate).recital == "可以用pay吗？"
    silent = wanting("pay", settings=ConversationSettings(tools=(PAY,), approval=""), is_asked=False)
    assert len(silent.all(orders.Generate)) == 1
    assert silent.state == "listening"


def test_the_model_is_not_told_of_a_call_that_waits() -> None:
    scene = wanting("buy_tea")
    scene.user_says("What does it cost?")
    assert scene.prompt() == [
        ("user", "I want tea."),
        ("assistant", "May I use buy tea?"),
        ("user", "What does it cost?"),
    ]


# ------------------------------------------------------------------ by the protocol


def test_the_clients_yes_has_the_call_made_and_told() -> None:
    scene = wanting("buy_tea")
    effects = scene.take(decision(request_ids(scene)[0], approves=True))
    assert [name for name in names(effects) if "Timer" not in name] == [
        "ItemAdded",
        "ItemDone",
        "ItemAdded",
        "ToolCallStarted",
        "RunTool",
        "TurnStateChanged",
    ]
    call = scene.last(fx.ItemAdded).item
    assert (call.kind, call.approval_request_id, call.status) == ("mcp_call", request_ids(scene)[0], "in_progress")
    order = scene.last(orders.RunTool)
    assert (order.name, order.arguments, order.server_label) == ("buy_tea", '{"n": 1}', "shop")
    assert scene.state == "thinking"
    scene.take(ev.ToolAnswered(call_id=order.call_id, output="Bought."))
    assert scene.prompt()[-1] == ("tool", "Bought.")
    assert scene.last(orders.Generate).messages[-2].tool_calls == ((order.call_id, "buy_tea", '{"n": 1}'),)


def test_the_clients_no_is_told_to_the_model_as_what_came_of_it() -> None:
    scene = wanting("buy_tea")
    scene.take(decision(request_ids(scene)[0], approves=False, reason="Too dear."))
    assert scene.all(orders.RunTool) == []
    done = scene.last(fx.ItemDone).item
    assert (done.kind, done.status, done.error_code) == ("mcp_call", "completed", "tool_refused")
    assert scene.prompt()[-1] == ("tool", f"{TOOLED.refused} Too dear.")


def test_an_answer_before_the_question_is_heard_is_as_good() -> None:
    scene = wanting("buy_tea", is_asked=False)
    scene.take(decision(request_ids(scene)[0], approves=True))
    assert scene.last(orders.RunTool).name == "buy_tea"


def test_a_request_is_answered_once() -> None:
    scene = wanting("buy_tea")
    scene.take(decision(request_ids(scene)[0], approves=True))
    scene.take(decision(request_ids(scene)[0], approves=False))
    assert scene.last(fx.ErrorRaised).failure.code == "approval_not_found"
    assert len(scene.all(orders.RunTool)) == 1
    assert [item.kind for item in scene.machine.items].count("mcp_approval_response") == 1


def test_a_deleted_request_is_dropped() -> None:
    scene = wanting("buy_tea")
    (request_id,) = request_ids(scene)
    scene.take(ev.ItemDeleteRequested(item_id=request_id))
    scene.take(decision(request_id, approves=True))
    assert scene.last(fx.ErrorRaised).failure.code == "approval_not_found"
    scene.user_says("Yes.")
    assert scene.all(orders.RunTool) == []
    assert len(replies_made(scene)) == 2, "that was an ordinary turn"


def test_a_request_deleted_while_it_was_written_asks_for_nothing() -> None:
    scene = Scene(TOOLED)
    scene.user_says("I want tea.")
    scene.call("{}", name="buy_tea")
    scene.take(ev.ItemDeleteRequested(item_id=scene.last(fx.ItemAdded).item.id))
    scene.stop_writing("tool_calls")
    assert len(scene.all(orders.Generate)) == 1


def test_only_so_many_requests_wait() -> None:
    scene = wanting(*["pay"] * (MAX_WAITING + 1))
    first, *others = request_ids(scene)
    scene.take(decision(first, approves=True))
    assert scene.last(fx.ErrorRaised).failure.code == "approval_not_found"
    scene.take(decision(others[0], approves=True))
    assert len(scene.all(orders.RunTool)) == 1


# ------------------------------------------------------------------ by voice


def test_a_spoken_yes_has_the_call_made_and_is_answered_with_what_came_of_it() -> None:
    scene = wanting("buy_tea")
    scene.user_says("Yes, please.")
    order = scene.last(orders.RunTool)
    assert len(replies_made(scene)) == 1, "nothing else is said to that"
    assert scene.state == "thinking"
    scene.take(ev.ToolAnswered(call_id=order.call_id, output="Bought."))
    assert scene.prompt() == [
        ("user", "I want tea."),
        ("assistant", "May I use buy tea?"),
        ("user", "Yes, please."),
        ("assistant", ""),
        ("tool", "Bought."),
    ]


def test_a_spoken_no_is_answered_at_once() -> None:
    scene = wanting("buy_tea")
    scene.user_says("No, thanks.")
    assert scene.all(orders.RunTool) == []
    assert scene.prompt()[-1] == ("tool", TOOLED.refused)


def test_one_yes_is_for_all_that_was_asked() -> None:
    scene = wanting("buy_tea", "pay")
    scene.user_says("Sure.")
    assert [order.name for order in scene.all(orders.RunTool)] == ["buy_tea", "pay"]


def test_anything_else_is_an_ordinary_turn_and_no_answer() -> None:
    scene = wanting("buy_tea")
    scene.user_says("What does it cost?")
    assert len(replies_made(scene)) == 2
    scene.reply_says("A pound.")
    scene.wait(3.0)
    scene.user_says("Yes.")
    assert scene.all(orders.RunTool) == [], "only the next turn answers"
    scene.take(decision(request_ids(scene)[0], approves=True))
    assert len(scene.all(orders.RunTool)) == 1, "the request itself still waits"


def test_yes_without_a_question_is_an_ordinary_turn() -> None:
    scene = Scene(TOOLED)
    scene.user_says("Yes.")
    assert len(replies_made(scene)) == 1


def test_no_reply_is_begun_under_the_hold_for_what_answers_the_question() -> None:
    scene = wanting("buy_tea")
    scene.speech_starts()
    scene.speech_pauses()
    scene.hear("Yes.")
    assert len(replies_made(scene)) == 1
    assert scene.all(orders.RunTool) == [], "the turn is not over"
    scene.take(ev.SpeechResumed())
    scene.speech_pauses()
    scene.hear("Yesterday I had coffee.")
    assert len(replies_made(scene)) == 2


def test_a_yes_into_the_question_is_no_backchannel() -> None:
    scene = wanting("buy_tea", is_asked=False)
    scene.write("May I use buy tea?")
    scene.stop_writing()
    scene.voice(3.0)
    scene.wait(0.5)
    scene.user_says("Yeah.")
    assert scene.last(orders.RunTool).name == "buy_tea"


def test_the_question_waits_until_the_user_is_done() -> None:
    settings = ConversationSettings(tools=(PAY,), interruptible=False)
    scene = Scene(settings)
    scene.user_says("I want tea.")
    scene.speech_starts()
    scene.call("{}", name="pay")
    scene.stop_writing("tool_calls")
    assert len(scene.all(orders.Generate)) == 1
    scene.take(ev.InputClearRequested())
    assert scene.last(orders.Generate).recital == "May I use pay?"


def test_other_tools_of_the_same_reply_are_run_meanwhile() -> None:
    scene = wanting("buy_tea", "clock", is_asked=False)
    assert scene.last(orders.RunTool).name == "clock"
    assert scene.last(orders.Generate).recital == "May I use buy tea?"
    scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="Noon."))
    scene.reply_says("May I use buy tea?")
    assert ("tool", "Noon.") in scene.prompt()


# ------------------------------------------------------------------ by text


def test_a_typed_yes_is_as_good_and_the_reply_is_the_one_the_client_asked_for() -> None:
    scene = wanting("buy_tea")
    scene.take(ev.ItemCreateRequested(item=user_text("Yes")))
    scene.request(ReplyOptions(metadata=(("client_event_id", "e7"),)))
    assert len(replies_made(scene)) == 1
    scene.take(ev.ToolAnswered(call_id=scene.last(orders.RunTool).call_id, output="Bought."))
    assert scene.last(fx.ReplyCreated).reply.metadata == (("client_event_id", "e7"),)


@pytest.mark.parametrize("text", ["How much?", ""])
def test_a_typed_question_is_an_ordinary_turn(text: str) -> None:
    scene = wanting("buy_tea")
    scene.take(ev.ItemCreateRequested(item=user_text(text)))
    scene.request()
    assert len(replies_made(scene)) == 2
    assert scene.all(orders.RunTool) == []


def test_a_request_for_a_reply_without_words_of_the_users_is_no_answer() -> None:
    scene = wanting("buy_tea")
    scene.request()
    assert len(replies_made(scene)) == 2
    empty = wanting("buy_tea")
    for item in empty.machine.items:
        empty.take(ev.ItemDeleteRequested(item_id=item.id))
    empty.request()
    assert len(replies_made(empty)) == 2


def test_the_end_of_the_session_drops_what_waits() -> None:
    scene = wanting("buy_tea")
    (request_id,) = request_ids(scene)
    scene.take(ev.SessionClosed())
    assert scene.take(decision(request_id, approves=True)) == []
