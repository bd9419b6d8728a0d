"""Which slot a conversation gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.llm.slots import SlotTable


def test_a_conversation_gets_its_slot_back() -> None:
    table = SlotTable(3)
    for conversation in ("a", "b", "a", "c", "b", "a"):
        slot = table.take(conversation)
        table.release(slot)
        assert slot == {"a": 0, "b": 1, "c": 2}[conversation]


def test_a_newcomer_gets_the_slot_unused_for_longest() -> None:
    table = SlotTable(2)
    for conversation in ("a", "b", "a"):
        table.release(table.take(conversation))
    assert table.take("c") == 1


def test_a_second_reply_of_a_conversation_gets_another_slot() -> None:
    table = SlotTable(2)
    assert (table.take("a"), table.take("a")) == (0, 1)


def test_replies_without_a_conversation_do_not_share_a_slot_on_purpose() -> None:
    table = SlotTable(2)
    for slot in (0, 1, 0):
        assert table.take("") == slot
        table.release(slot)


def test_a_full_table_says_so() -> None:
    table = SlotTable(1)
    table.take("a")
    with pytest.raises(LookupError):
        table.take("b")


def test_a_new_server_remembers_nobody() -> None:
    table = SlotTable(2)
    for conversation in ("a", "b"):
        table.release(table.take(conversation))
    table.forget()
    assert table.take("b") == 0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcde")), max_size=60), st.integers(1, 4))
def test_no_slot_is_ever_handed_out_twice(events: list[tuple[bool, str]], slots: int) -> None:
    table = SlotTable(slots)
    held: list[int] = []
    for takes, conversation in events:
        if takes and len(held) < slots:
            slot = table.take(conversation)
            assert slot not in held
            held.append(slot)
        elif held:
            table.release(held.pop(0))
