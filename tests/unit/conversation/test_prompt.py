"""What the engine is told of the conversation."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.conversation.scene import Scene
from vivavoce.conversation.context import MAX_PROMPT_BYTES, prompt
from vivavoce.conversation.items import ContentKind, ContentPart, Item, Role
from vivavoce.conversation.orders import PromptMessage
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions


def said(role: Role, text: str | None, *, heard: str | None = None) -> Item:
    kind: ContentKind = "output_audio" if role == "assistant" else "input_audio"
    return Item(id="x", role=role, content=(ContentPart(kind=kind, text=text, heard=heard),))


def call(call_id: str, arguments: str = "{}") -> Item:
    return Item(id="x", kind="function_call", role="assistant", call_id=call_id, name="look", arguments=arguments)


def output(call_id: str, text: str = "seen") -> Item:
    return Item(id="x", kind="function_call_output", call_id=call_id, output=text)


def shape(items: list[Item]) -> list[str]:
    """Return the prompt as roles, with the calls made or answered."""
    return [
        " ".join(
            [message.role, *(call_id for call_id, _, _ in message.tool_calls), *filter(None, [message.tool_call_id])]
        )
        for message in prompt(items, instructions="")
    ]


def test_the_instructions_come_first() -> None:
    assert prompt([said("user", "Hello.")], instructions="Be brief.") == (
        PromptMessage(role="system", content="Be brief."),
        PromptMessage(role="user", content="Hello."),
    )


def test_without_instructions_there_is_no_system_message() -> None:
    assert prompt([], instructions="") == ()


def test_a_system_item_keeps_its_place() -> None:
    items = [said("user", "Hello."), said("assistant", "Hi."), said("system", "It is late."), said("user", "And now?")]
    assert shape(items) == ["user", "assistant", "system", "user"]


def test_what_says_nothing_is_left_out() -> None:
    items = [said("user", None), said("user", "  "), said("assistant", "Never heard.", heard=""), Item(id="empty")]
    assert prompt(items, instructions="") == ()


def test_what_was_said_in_two_breaths_is_one_message() -> None:
    (message,) = prompt([said("user", "Tell me "), said("user", "about cats.")], instructions="")
    assert message.content == "Tell me about cats."


def test_all_parts_of_a_message_count() -> None:
    parts = (ContentPart(kind="input_text", text="Look at"), ContentPart(kind="input_audio", text="this."))
    assert prompt([Item(id="x", content=parts)], instructions="")[0].content == "Look at this."


def test_a_call_and_its_output_follow_each_other() -> None:
    assert prompt([call("a", '{"at": 1}'), output("a", "a tree")], instructions="") == (
        PromptMessage(role="assistant", content="", tool_calls=(("a", "look", '{"at": 1}'),)),
        PromptMessage(role="tool", content="a tree", tool_call_id="a"),
    )


def test_parallel_calls_are_told_one_after_the_other() -> None:
    items = [said("user", "Look!"), call("a"), call("b"), output("b"), output("a")]
    assert shape(items) == ["user", "assistant a", "tool a", "assistant b", "tool b"]


def test_a_call_belongs_to_what_was_said_before_it() -> None:
    said_and_called, _ = prompt([said("assistant", "Wait."), call("a"), output("a")], instructions="")
    assert said_and_called.content == "Wait."
    assert said_and_called.tool_calls == (("a", "look", "{}"),)


def test_what_was_said_while_a_tool_was_at_work_comes_after_its_output() -> None:
    assert shape([call("a"), said("user", "Well?"), output("a")]) == ["assistant a", "tool a", "user"]


def test_a_call_that_was_never_answered_is_left_out() -> None:
    assert shape([said("user", "Look!"), call("a"), said("user", "Hello?")]) == ["user"]


def test_an_output_that_nobody_asked_for_is_left_out() -> None:
    assert shape([output("a"), said("user", "Hello?")]) == ["user"]


def test_the_oldest_messages_leave_first() -> None:
    large = MAX_PROMPT_BYTES * 5 // 8
    old, middle, new = "o" * large, "m" * large, "n" * 2_000
    items = [said("user", old), said("assistant", middle), said("user", new)]
    assert [message.content for message in prompt(items, instructions="Be brief.")] == ["Be brief.", middle, new]


def test_a_long_conversation_begins_alike_for_many_turns() -> None:
    items: list[Item] = []
    beginnings = []
    large = MAX_PROMPT_BYTES // 40
    for turn in range(40):
        items += [
            said("user", f"{turn} " + "u" * (large - 2)),
            said("assistant", f"{turn} " + "a" * (large // 2 * 3 - 2)),
        ]
        beginnings.append(prompt(items, instructions="")[0].content.partition(" ")[0])
    assert sorted(set(beginnings), key=int) == ["0", "8", "16", "24", "32"]


def test_many_breaths_without_an_answer_are_bounded_too() -> None:
    (message,) = prompt([said("user", "word " * 100) for _ in range(100)], instructions="")
    assert len(message.content) <= MAX_PROMPT_BYTES + 100


def test_the_newest_message_stays_however_long_it_is() -> None:
    (message,) = prompt([said("user", "Hi."), said("user", "w" * 2 * MAX_PROMPT_BYTES)], instructions="")
    assert len(message.content) == 2 * MAX_PROMPT_BYTES


def test_an_output_whose_call_has_left_leaves_too() -> None:
    items = [call("a", "x" * MAX_PROMPT_BYTES), output("a"), said("user", "And?")]
    assert shape(items) == ["user"]


ITEMS = st.lists(
    st.one_of(
        st.builds(said, st.sampled_from(["user", "assistant", "system"]), st.text(max_size=20)),
        st.builds(call, st.sampled_from("abc"), st.text(max_size=3_000)),
        st.builds(output, st.sampled_from("abc"), st.text(max_size=3_000)),
    ),
    max_size=30,
)


@given(ITEMS)
def test_calls_and_outputs_stand_side_by_side(items: list[Item]) -> None:
    messages = prompt(items, instructions="")
    for before, after in pairwise([*messages, PromptMessage(role="system", content="")]):
        assert [call_id for call_id, _, _ in before.tool_calls] == [after.tool_call_id] * (after.role == "tool")


@given(ITEMS)
def test_a_prompt_holds_no_more_than_it_may(items: list[Item]) -> None:
    size = sum(
        len(message.content.encode()) + sum(len(arguments.encode()) for _, _, arguments in message.tool_calls)
        for message in prompt(items, instructions="")
    )
    assert size <= MAX_PROMPT_BYTES + len(items)


# ------------------------------------------------------------------ speaking twice in a row


def test_words_that_nobody_answered_are_no_beginning_to_go_on_with() -> None:
    scene = Scene(ConversationSettings(instructions="Be brief.", silence="(Silence.)"))
    scene.user_types("Hello?")
    scene.reply_says("Hello.")
    scene.request()
    ending = [("assistant", "Hello."), ("user", "(Silence.)")]
    assert scene.prompt() == [("system", "Be brief."), ("user", "Hello?"), *ending]


def test_a_reply_with_instructions_of_its_own_is_asked_for_them() -> None:
    scene = Scene(ConversationSettings(instructions="Be brief."))
    scene.user_types("Hello?")
    scene.reply_says("Hello.")
    scene.request(ReplyOptions(instructions="Say goodbye."))
    assert scene.prompt()[-2:] == [("assistant", "Hello."), ("user", "Say goodbye.")]
    assert scene.prompt()[0] == ("system", "Say goodbye.")


def test_nothing_is_put_into_the_user_s_mouth_where_it_is_the_assistant_s_turn() -> None:
    scene = Scene()
    scene.request()
    assert scene.prompt() == []
    scene.reply_says("Hello. Who are you?")
    scene.user_types("I am Ann.")
    assert scene.prompt() == [("assistant", "Hello. Who are you?"), ("user", "I am Ann.")]
    assert [item.role for item in scene.machine.items] == ["assistant", "user"]


def test_two_replies_in_a_row_reach_the_model_as_one_turn() -> None:
    items = [said("user", "Hello?"), said("assistant", "Hello."), said("assistant", "Still there?")]
    assert shape(items) == shape([said("user", "Hello?"), said("assistant", "Hello. Still there?")])
    assert prompt(items, instructions="")[-1].content == "Hello. Still there?"
