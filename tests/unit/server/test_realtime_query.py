from __future__ import annotations

import pytest

from vivavoce.errors import InputError
from vivavoce.realtime.query import ConnectionQuery
from vivavoce.server.realtime_query import connection_query


def test_an_address_without_parameters_asks_for_nothing() -> None:
    assert connection_query({}) == ConnectionQuery()


def test_what_stock_clients_send_is_let_pass() -> None:
    asked = {"model": "gpt-realtime", "intent": "conversation", "anything": "<script>"}
    assert connection_query(asked) == ConnectionQuery()


def test_every_parameter_reaches_its_field() -> None:
    asked = {"persona": "viva-zh", "language": "zh", "room": "Stage.1", "name": " Ann  B ", "role": "speaker"}
    assert connection_query(asked) == ConnectionQuery(
        persona="viva-zh", language="zh", room="Stage.1", name="Ann B", role="speaker"
    )
    asked = {"conversation": "conv_0a1b", "voice": "zf_xiaoxiao", "speed": "1.25", "greet": "true"}
    assert connection_query(asked) == ConnectionQuery(
        conversation="conv_0a1b", voice="zf_xiaoxiao", speed=1.25, greet=True
    )


@pytest.mark.parametrize("speed", ["0.25", "0.5", "1", "1.0", "1.49", "1.5", "1.50"])
def test_a_speed_that_can_be_spoken_is_taken(speed: str) -> None:
    assert connection_query({"speed": speed}).speed == float(speed)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("persona", "../viva"),
        ("persona", "Viva"),
        ("persona", "a" * 65),
        ("conversation", "conv 1"),
        ("conversation", "' or 1=1"),
        ("language", "english please"),
        ("room", "a/b"),
        ("room", "-"),
        ("name", "Ann: hello"),
        ("name", "Ann\nBob"),
        ("name", "a" * 41),
        ("role", "owner"),
        ("voice", "../heart"),
        ("speed", "0.2"),
        ("speed", "1.51"),
        ("speed", "2"),
        ("speed", "nan"),
        ("greet", "yes"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(InputError) as refusal:
        connection_query({name: value})
    assert (refusal.value.code, refusal.value.param) == ("invalid_value", name)


def test_nobody_brings_a_conversation_into_a_room() -> None:
    with pytest.raises(InputError) as refusal:
        connection_query({"room": "stage", "conversation": "conv_1"})
    assert refusal.value.param == "conversation"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"intent": "transcription"}, "intent_not_supported"),
        ({"intent": "x"}, "intent_not_supported"),
        ({"call_id": "1"}, "call_not_found"),
    ],
)
def test_kinds_of_session_that_are_not_there_are_refused(asked: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as refusal:
        connection_query(asked)
    assert refusal.value.code == code
