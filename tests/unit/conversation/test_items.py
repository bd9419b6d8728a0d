"""The conversation's items: created, deleted, asked for, in an order that clients can follow."""

from __future__ import annotations

import pytest

from tests.unit.conversation.scene import Scene, names, user_text
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item


def create(scene: Scene, item: Item, *, after: str | None = None) -> list[fx.Effect]:
    return scene.take(ev.ItemCreateRequested(item=item, previous_item_id=after, event_id="e1"))


def delete(scene: Scene, item_id: str) -> list[fx.Effect]:
    return scene.take(ev.ItemDeleteRequested(item_id=item_id, event_id="e1"))


def order(scene: Scene) -> list[str]:
    return [item.id for item in scene.machine.items]


def refusal(effects: list[fx.Effect]) -> tuple[str, str | None, str | None]:
    (error,) = effects
    assert isinstance(error, fx.ErrorRaised)
    return error.failure.code, error.event_id, error.param


def test_a_created_item_is_added_and_done_at_once() -> None:
    scene = Scene()
    item = user_text("Hello", "mine")
    assert create(scene, item) == [
        fx.ItemAdded(item=item, previous_item_id=None),
        fx.ItemDone(item=item, previous_item_id=None),
    ]
    assert scene.machine.items == (item,)


def test_an_item_without_an_id_gets_one() -> None:
    scene = Scene()
    create(scene, user_text("Hello"))
    create(scene, user_text("again"))
    assert len(set(order(scene)) - {""}) == 2


@pytest.mark.parametrize(
    ("after", "expected"),
    [(None, ["a", "b", "new"]), ("root", ["new", "a", "b"]), ("a", ["a", "new", "b"]), ("b", ["a", "b", "new"])],
)
def test_an_item_goes_where_the_client_wants_it(after: str | None, expected: list[str]) -> None:
    scene = Scene()
    for name in ("a", "b"):
        create(scene, user_text(name, name))
    added, done = create(scene, user_text("new", "new"), after=after)
    assert order(scene) == expected
    place = expected.index("new")
    previous = expected[place - 1] if place else None
    assert isinstance(added, fx.ItemAdded)
    assert isinstance(done, fx.ItemDone)
    assert added.previous_item_id == done.previous_item_id == previous


def test_an_item_after_an_unknown_one_is_refused() -> None:
    scene = Scene()
    assert refusal(create(scene, user_text("x", "x"), after="nobody")) == ("item_not_found", "e1", "previous_item_id")
    assert scene.machine.items == ()


def test_a_second_item_with_the_same_id_is_refused() -> None:
    scene = Scene()
    create(scene, user_text("first", "x"))
    assert refusal(create(scene, user_text("second", "x"))) == ("item_create_duplicate_item_id", "e1", "item.id")
    assert scene.item("x").content[0].text == "first"


def test_a_deleted_item_may_be_created_again() -> None:
    scene = Scene()
    create(scene, user_text("first", "x"))
    assert delete(scene, "x") == [fx.ItemDeleted(item_id="x")]
    assert names(create(scene, user_text("second", "x"))) == ["ItemAdded", "ItemDone"]


@pytest.mark.parametrize(
    ("request_type", "code"),
    [
        (ev.ItemDeleteRequested, "item_delete_invalid_item_id"),
        (ev.ItemRetrieveRequested, "item_retrieve_invalid_item_id"),
    ],
)
def test_an_unknown_item_is_neither_deleted_nor_found_and_clients_know_the_code(
    request_type: type[ev.ItemDeleteRequested | ev.ItemRetrieveRequested], code: str
) -> None:
    assert refusal(Scene().take(request_type(item_id="nobody", event_id="e1"))) == (code, "e1", "item_id")


def test_a_conversation_takes_no_more_than_it_may_hold_and_deleting_makes_room() -> None:
    scene = Scene()
    long = "x" * 900_000
    for number in range(11):
        assert names(create(scene, user_text(long, f"item{number}"))) == ["ItemAdded", "ItemDone"]
    assert refusal(create(scene, user_text(long, "more"))) == ("conversation_full", "e1", "item")
    assert names(create(scene, user_text("short", "short"))) == ["ItemAdded", "ItemDone"]
    delete(scene, "item0")
    assert names(create(scene, user_text(long, "more"))) == ["ItemAdded", "ItemDone"]


def test_a_conversation_takes_a_bounded_number_of_items() -> None:
    scene = Scene()
    created = 0
    while names(create(scene, user_text("", f"item{created}"))) == ["ItemAdded", "ItemDone"]:
        created += 1
    assert created == 10_000


def test_an_item_that_is_asked_for_comes_back_as_it_is_now() -> None:
    scene = Scene()
    scene.user_says("Good morning.")
    (user_item,) = scene.machine.items
    assert scene.take(ev.ItemRetrieveRequested(item_id=user_item.id)) == [fx.ItemRetrieved(item=user_item)]
    assert user_item.content == (ContentPart(kind="input_audio", text="Good morning.", audio_ms=1_500),)


# ------------------------------------------------------------------ ids that the conversation makes itself


def test_an_id_that_a_client_has_taken_is_not_made_again() -> None:
    scene = Scene(session_id="s")
    for number in range(1, 20):
        create(scene, user_text("squatter", f"item_s{number:04d}"))
    scene.user_says("Is anybody there?")
    scene.reply_says("Yes. Somebody is.")
    assert scene.last(fx.ReplyDone).reply.status == "completed"
    assert len(set(order(scene))) == 21


def test_an_id_promised_to_the_user_s_turn_cannot_be_taken() -> None:
    scene = Scene()
    scene.speech_starts()
    turn = scene.last(fx.SpeechStartedNotice).item_id
    assert refusal(create(scene, user_text("mine!", turn)))[0] == "item_create_duplicate_item_id"
    scene.speech_ends()
    assert order(scene) == [turn]


def test_an_id_promised_to_a_reply_cannot_be_taken() -> None:
    scene = Scene(session_id="s")
    scene.request()
    promised = [f"item_s{number:04d}" for number in range(1, 10)]
    taken = [item_id for item_id in promised if names(create(scene, user_text("x", item_id))) != ["ErrorRaised"]]
    scene.reply_says("Here I am.")
    assert scene.reply_item_id in set(promised) - set(taken)


def test_an_id_stays_with_the_reply_whose_item_was_deleted() -> None:
    scene = Scene()
    scene.user_says("Hello?")
    scene.write("Hello there.")
    delete(scene, scene.reply_item_id)
    assert refusal(create(scene, user_text("mine!", scene.reply_item_id)))[0] == "item_create_duplicate_item_id"


def test_a_session_s_prefix_does_not_enter_its_other_ids() -> None:
    scene = Scene(session_id="sess_abc")
    scene.user_types("Hello")
    assert order(scene)[0].startswith("item_abc0")
