"""The transition table and its diagram."""

from __future__ import annotations

import re

import pytest

from vivavoce.conversation.core import Core
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.conversation.transitions import TABLE, IllegalTransition, State, Trigger, diagram

ARROW = re.compile(r"^ {4}(\w+) --> (\w+): (.+)$", re.MULTILINE)


def test_every_state_can_be_left_for_the_end_and_the_end_never() -> None:
    assert all(TABLE[state, Trigger.CLOSED] is State.CLOSED for state in State)
    assert {target for (source, _), target in TABLE.items() if source is State.CLOSED} == {State.CLOSED}


def test_every_state_can_be_reached() -> None:
    reached = {State.IDLE}
    for _ in State:
        reached |= {target for (source, _), target in TABLE.items() if source in reached}
    assert reached == set(State)


def test_from_every_state_the_conversation_can_come_to_rest() -> None:
    resting = {State.IDLE, State.LISTENING, State.CLOSED}
    for _ in State:
        resting |= {
            source for (source, trigger), target in TABLE.items() if target in resting and trigger is not Trigger.CLOSED
        }
    assert resting == set(State)


def test_every_trigger_is_of_use() -> None:
    assert {trigger for _, trigger in TABLE} == set(Trigger)


def test_the_diagram_shows_every_move_and_no_other() -> None:
    drawn = {
        (State(source), Trigger(label), State(target))
        for source, target, labels in ARROW.findall(diagram())
        for label in labels.split(" / ")
    }
    moves = {
        (source, trigger, target)
        for (source, trigger), target in TABLE.items()
        if source is not target and target is not State.CLOSED
    }
    assert drawn == moves


def test_the_diagram_begins_and_ends() -> None:
    lines = diagram().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> idle"]
    assert lines[-1] == "    closed --> [*]"


@pytest.mark.parametrize(("state", "trigger"), [(State.IDLE, Trigger.PAUSED), (State.CLOSED, Trigger.SPEECH_STARTED)])
def test_a_move_that_the_table_does_not_list_is_a_bug(state: State, trigger: Trigger) -> None:
    core = Core(session_id="t", settings=ConversationSettings())
    core.state = state
    with pytest.raises(IllegalTransition, match=f"'{trigger}' cannot happen while {state}") as caught:
        core.fire(trigger)
    assert (caught.value.state, caught.value.trigger) == (state, trigger)
    assert core.state is state
