"""With which of its two prompts a small model is asked."""

from __future__ import annotations

from dataclasses import replace

from vivavoce.engines.llm.tool_calling_variants import LATEST_TURNS, as_asked
from vivavoce.engines.protocols import ChatMessage, ReplyRequest, ToolSpec

TIME = ToolSpec(name="get_time", description="Time and date.")
SYSTEM = ChatMessage(role="system", content="You are Viva.")


def user(words: str) -> ChatMessage:
    return ChatMessage(role="user", content=words)


def says(words: str) -> ChatMessage:
    return ChatMessage(role="assistant", content=words)


def looked(answer: str = "Eight.") -> tuple[ChatMessage, ...]:
    """The clock was looked at, and somebody has told so."""
    call = ChatMessage(role="assistant", content="", tool_calls=(("call_1", "get_time", "{}"),))
    return call, ChatMessage(role="tool", content="20:00", tool_call_id="call_1"), says(answer)


def asking(*messages: ChatMessage, tool_choice: str = "auto") -> ReplyRequest:
    return ReplyRequest(messages=(SYSTEM, *messages), tools=(TIME,), tool_choice=tool_choice, conversation_id="conv_1")


def test_most_turns_are_asked_without_a_word_of_tools_and_with_all_that_was_said() -> None:
    said = [
        user("Hello."),
        says("Hi."),
        user("I like tea."),
        says("So do I."),
        user("Good."),
        says("Yes."),
        user("So."),
    ]
    asked = as_asked(asking(*said))
    assert (asked.tools, asked.conversation_id) == ((), "conv_1")
    assert asked.messages == (SYSTEM, *said)


def test_a_turn_that_may_mean_a_tool_has_a_prompt_of_its_own_with_the_latest_turns() -> None:
    said = [message for number in range(9) for message in (user(f"Well, {number}."), says("I see."))]
    asked = as_asked(asking(*said, user("What time is it?")))
    assert asked.tools == (TIME,)
    assert asked.conversation_id == "conv_1 with tools"
    assert asked.messages[0] == SYSTEM
    assert sum(message.role == "user" for message in asked.messages) == LATEST_TURNS
    assert asked.messages[1].role == "user"
    assert asked.messages[-1].content == "What time is it?"


def test_calls_and_outcomes_are_not_shown_where_none_can_be_made() -> None:
    earlier = (user("What time is it?"), *looked(), *(user("Well."), says("Yes.")) * 4)
    asked = as_asked(asking(*earlier, user("I like tea.")))
    assert asked.tools == ()
    assert not any(message.tool_calls or message.role == "tool" for message in asked.messages)
    assert "Eight." in [message.content for message in asked.messages]


def test_an_outcome_is_told_where_it_was_asked_for() -> None:
    call, outcome, _ = looked()
    asked = as_asked(asking(user("What time is it?"), call, outcome))
    assert asked.tools == (TIME,)
    assert asked.messages[-1] == outcome


def test_an_outcome_is_shown_also_where_no_further_call_is_allowed() -> None:
    call, outcome, _ = looked()
    asked = as_asked(asking(user("What time is it?"), call, outcome, tool_choice="none"))
    assert asked.tools == ()
    assert asked.messages[-1] == replace(outcome, role="user", tool_call_id=None)


def test_a_tool_that_was_asked_for_by_name_is_there_whatever_was_said() -> None:
    assert as_asked(asking(user("So."), tool_choice="get_time")).tools == (TIME,)
    assert as_asked(asking(user("So."), tool_choice="required")).tools == (TIME,)


def test_what_stands_beside_the_users_words_means_no_tool() -> None:
    noted = user("(From earlier conversations you know of me: What time I get up.)\nI like tea.")
    assert as_asked(asking(noted)).tools == ()
