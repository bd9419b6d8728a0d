from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.rooms.floor import CutTurn, Floor, FloorFreed, FloorGiven
from vivavoce.rooms.queue import Rank

SPEAKER, HOST = Rank.SPEAKER, Rank.HOST


def test_who_begins_to_speak_has_the_floor_until_the_turn_is_over() -> None:
    floor = Floor()
    assert floor.sounds("ann", SPEAKER, 0.0) == (FloorGiven("ann"),)
    assert floor.sounds("bob", SPEAKER, 0.1) == ()
    floor.turn_began()
    assert floor.look(30.0) == ()
    assert floor.turn_over() == (FloorFreed("ann"),)
    assert floor.sounds("bob", SPEAKER, 31.0) == (FloorGiven("bob"),)


def test_the_host_takes_the_floor_and_what_was_said_counts() -> None:
    floor = Floor()
    floor.sounds("ann", SPEAKER, 0.0)
    floor.turn_began()
    assert floor.sounds("host", HOST, 1.0) == (CutTurn(), FloorFreed("ann"), FloorGiven("host"))
    assert floor.sounds("ann", SPEAKER, 1.1) == ()
    assert floor.sounds("other host", HOST, 1.2) == ()


def test_before_a_turn_has_begun_there_is_nothing_to_cut() -> None:
    floor = Floor()
    floor.sounds("ann", SPEAKER, 0.0)
    assert floor.sounds("host", HOST, 0.1) == (FloorFreed("ann"), FloorGiven("host"))


def test_noise_does_not_keep_the_floor() -> None:
    floor = Floor()
    floor.sounds("ann", SPEAKER, 10.0)
    assert floor.look(11.9) == ()
    assert floor.look(12.0) == (FloorFreed("ann"),)
    assert floor.look(13.0) == ()


def test_nobody_but_the_host_speaks_for_ever() -> None:
    floor = Floor()
    floor.sounds("ann", SPEAKER, 0.0)
    floor.turn_began()
    assert floor.look(60.0) == (CutTurn(), FloorFreed("ann"))
    floor.sounds("host", HOST, 60.0)
    floor.turn_began()
    assert floor.look(600.0) == ()


def test_who_leaves_in_mid_turn_has_said_what_was_said() -> None:
    floor = Floor()
    floor.sounds("ann", SPEAKER, 0.0)
    floor.turn_began()
    assert floor.left("bob") == ()
    assert floor.left("ann") == (CutTurn(), FloorFreed("ann"))
    assert floor.holder == ""


steps = st.lists(
    st.one_of(
        st.tuples(st.just("sounds"), st.sampled_from(["a", "b", "h"])),
        st.tuples(st.sampled_from(["began", "over", "look"]), st.just("")),
        st.tuples(st.just("left"), st.sampled_from(["a", "b", "h"])),
    ),
    max_size=60,
)


@given(steps)
def test_the_floor_is_given_and_freed_in_turns_whatever_happens(script: list[tuple[str, str]]) -> None:
    floor = Floor()
    holder = ""
    for second, (what, who) in enumerate(script):
        match what:
            case "sounds":
                effects = floor.sounds(who, HOST if who == "h" else SPEAKER, second)
            case "began":
                floor.turn_began()
                effects = ()
            case "over":
                effects = floor.turn_over()
            case "left":
                effects = floor.left(who)
            case _:
                effects = floor.look(second)
        for effect in effects:
            match effect:
                case FloorGiven(viewer):
                    assert holder == ""
                    holder = viewer
                case FloorFreed(viewer):
                    assert holder == viewer
                    holder = ""
                case CutTurn():
                    assert holder
        assert floor.holder == holder
