"""Which slot a conversation gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.llm.slots import SlotTable


def use(table: SlotTable, conversations: str, *, at: float = 0.0) -> list[int]:
    """Have one conversation after the other use a slot for a moment."""
    slots = []
    for number, conversation in enumerate(conversations):
        slots.append(table.take(conversation, at + number))
        table.release(slots[-1], at + number)
    return slots


def test_a_conversation_gets_its_slot_back() -> None:
    assert use(SlotTable(3), "abacba") == [0, 1, 0, 2, 1, 0]


def test_a_newcomer_gets_the_slot_unused_for_longest() -> None:
    table = SlotTable(2)
    use(table, "aba")
    assert table.take("c", 9.0) == 1


def test_the_slot_of_a_long_reply_was_used_until_its_end() -> None:
    table = SlotTable(2)
    first, second = table.take("a", 0.0), table.take("b", 1.0)
    table.release(second, 2.0)
    table.release(first, 3.0)
    assert table.take("c", 4.0) == second


def test_a_second_reply_of_a_conversation_gets_another_slot() -> None:
    table = SlotTable(2)
    assert (table.take("a", 0.0), table.take("a", 0.0)) == (0, 1)


def test_replies_without_a_conversation_do_not_share_a_slot_on_purpose() -> None:
    table = SlotTable(2)
    slots = []
    for now in (0.0, 1.0, 2.0):
        slots.append(table.take("", now))
        table.release(slots[-1], now)
    assert slots == [0, 1, 0]


def test_there_is_room_while_nobody_would_lose_what_was_read() -> None:
    table = SlotTable(2)
    assert table.has_room_for("a", 0.0)
    use(table, "ab", at=0.0)
    assert table.has_room_for("a", 2.0), "its own"
    assert not table.has_room_for("c", 2.0)
    assert table.has_room_for("c", 31.0), "a has not come back for half a minute"


def test_a_busy_slot_is_no_room() -> None:
    table = SlotTable(1)
    table.take("a", 0.0)
    assert not table.has_room_for("a", 100.0)


def test_a_full_table_says_so() -> None:
    table = SlotTable(1)
    table.take("a", 0.0)
    with pytest.raises(LookupError):
        table.take("b", 0.0)


def test_a_new_server_remembers_nobody() -> None:
    table = SlotTable(2)
    use(table, "ab")
    table.forget()
    assert table.take("b", 3.0) == 0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcde")), max_size=60), st.integers(1, 4))
def test_no_slot_is_ever_handed_out_twice(events: list[tuple[bool, str]], slots: int) -> None:
    table = SlotTable(slots)
    held: list[int] = []
    for now, (takes, conversation) in enumerate(events):
        if takes and len(held) < slots:
            slot = table.take(conversation, now)
            assert slot not in held
            held.append(slot)
        elif held:
            table.release(held.pop(0), now)
