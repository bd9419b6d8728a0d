"""Items that clients create: what each role may hold."""

import base64
import json
from typing import Any

import pytest

from vivavoce.realtime.wire import items
from vivavoce.realtime.wire.client_events import ConversationItemCreate, decode_client_event
from vivavoce.realtime.wire.refusal import ClientEventError

AUDIO = b"\x01\x02" * 480
AUDIO_BASE64 = base64.b64encode(AUDIO).decode()
PNG = "data:image/png;base64,iVBORw0KGgo="


def created(item: dict[str, Any]) -> items.Item:
    event = decode_client_event(json.dumps({"type": "conversation.item.create", "item": item}), extensions=False)
    assert isinstance(event, ConversationItemCreate)
    return event.item


def message(role: str, *content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": list(content)}


def refused(item: dict[str, Any]) -> ClientEventError:
    with pytest.raises(ClientEventError) as caught:
        created(item)
    return caught.value


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (message("user", {"type": "input_text", "text": "hi"}), (items.InputText(text="hi"),)),
        (message("user", {"type": "input_audio", "audio": AUDIO_BASE64}), (items.InputAudio(audio=AUDIO),)),
        (
            message("user", {"type": "input_audio", "audio": None, "transcript": "hi"}),
            (items.InputAudio(transcript="hi"),),
        ),
        (message("user", {"type": "input_image", "image_url": PNG}), (items.InputImage(image_url=PNG),)),
        (message("assistant", {"type": "output_text", "text": "hi"}), (items.OutputText(text="hi"),)),
        (
            message("assistant", {"type": "output_audio", "transcript": "hi", "audio": None}),
            (items.OutputAudio(transcript="hi"),),
        ),
        (message("system", {"type": "input_text", "text": "hi"}), (items.InputText(text="hi"),)),
        (message("user"), ()),
    ],
)
def test_a_message_holds_the_content_its_role_may_hold(
    item: dict[str, Any], expected: tuple[items.ContentPart, ...]
) -> None:
    parsed = created(item)
    assert isinstance(parsed, items.Message)
    assert parsed.content == expected


@pytest.mark.parametrize(
    "item_id",
    ["item_CcIU9G8tKLmNoPq", "msg_001", "0123456789abcdef0123456789abcdef", "2f1c6a52-93f1-4a3e-8d0b-5e2f7c9a1b3d",
     "functions.look:0", "!~", "x" * 128],
)  # fmt: skip
def test_an_id_that_a_client_made_up_is_kept_as_it_is(item_id: str) -> None:
    assert created({"id": item_id, **message("user")}).id == item_id


@pytest.mark.parametrize(
    "item_id", ["a\x00b", "\x00", "a\n", "a b", "a\x1b[2J", "a\x7f", "a\u202eb", "名字", "a\u2028"]
)
def test_an_id_of_what_cannot_be_printed_is_refused(item_id: str) -> None:
    refusal = refused({"id": item_id, **message("user")})
    assert (refusal.code, refusal.param) == ("invalid_value", "item.id")
    assert refusal.remedy == "An id is made of printable ASCII characters, without spaces."
    called = refused({"type": "function_call_output", "call_id": item_id, "output": ""})
    assert (called.code, called.param) == ("invalid_value", "item.call_id")


@pytest.mark.parametrize(
    ("role", "part"),
    [
        ("user", {"type": "output_text", "text": "hi"}),
        ("user", {"type": "output_audio", "transcript": "hi"}),
        ("assistant", {"type": "input_text", "text": "hi"}),
        ("assistant", {"type": "input_audio", "transcript": "hi"}),
        ("system", {"type": "input_audio", "transcript": "hi"}),
        ("system", {"type": "output_text", "text": "hi"}),
        ("user", {"type": "text", "text": "hi"}),
    ],
)
def test_content_of_another_role_is_refused_where_it_stands(role: str, part: dict[str, Any]) -> None:
    refusal = refused(message(role, {"type": "output_text" if role == "assistant" else "input_text", "text": ""}, part))
    assert refusal.code == "invalid_value"
    assert refusal.param == "item.content[1].type"


@pytest.mark.parametrize(
    ("item", "param"),
    [
        (message("user", {"type": "input_text"}), "item.content[0].text"),
        (message("user", {"type": "input_audio"}), "item.content[0].audio"),
        (message("assistant", {"type": "output_audio"}), "item.content[0].transcript"),
        (message("user", {"text": "hi"}), "item.content[0].type"),
        ({"type": "message", "content": []}, "item.role"),
        ({"type": "function_call_output", "output": "on"}, "item.call_id"),
        ({"type": "function_call", "name": "light"}, "item.arguments"),
        ({"role": "user", "content": []}, "item.type"),
    ],
)
def test_what_an_item_lacks_is_named(item: dict[str, Any], param: str) -> None:
    refusal = refused(item)
    assert refusal.code == "missing_required_parameter"
    assert refusal.param == param


def test_an_image_must_come_inside_the_message() -> None:
    refusal = refused(message("user", {"type": "input_image", "image_url": "https://example.com/cat.png"}))
    assert refusal.param == "item.content[0].image_url"


def test_references_are_for_responses_not_for_the_conversation() -> None:
    assert refused({"type": "item_reference", "id": "item_1"}).param == "item.type"


def test_ids_that_clients_mint_are_kept() -> None:
    own = "0123456789abcdef0123456789abcdef"
    assert created({**message("user"), "id": own}).id == own


def test_a_schema_of_an_mcp_listing_nested_too_deep_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(100):
        schema = {"a": schema}
    listing = {"type": "mcp_list_tools", "server_label": "s", "tools": [{"name": "t", "input_schema": schema}]}
    assert refused(listing).param == "item.tools[0].input_schema"


def test_events_carry_items_without_their_audio() -> None:
    item = items.Message(
        role="user", content=(items.InputAudio(audio=AUDIO, transcript="hi"), items.InputText(text="x"))
    )
    assert items.item_without_audio(item) == items.Message(
        role="user", content=(items.InputAudio(transcript="hi"), items.InputText(text="x"))
    )


def test_items_that_are_no_messages_have_no_audio_to_lose() -> None:
    call = items.FunctionCall(name="light", arguments="{}")
    assert items.item_without_audio(call) is call
