"""The exported schema and the rendered page say what the structs say."""

import json
import re
from typing import get_args

from vivavoce.realtime.wire import client_events, extension_events, server_events
from vivavoce.realtime.wire.schema import extension_schema, protocol_schema, render_markdown


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    for schema in (protocol_schema(), extension_schema()):
        referred = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema)))
        assert referred <= set(schema["$defs"])


def test_the_schema_holds_every_event_of_both_directions() -> None:
    definitions = protocol_schema()["$defs"]
    events = (*get_args(client_events.ClientEvent), *get_args(server_events.ServerEvent))
    assert len(events) == 12 + 43 + 15
    assert {event.__name__ for event in events} <= set(definitions)


def test_the_extension_can_be_exported_alone() -> None:
    definitions = extension_schema()["$defs"]
    assert {event.__name__ for event in get_args(extension_events.ExtensionEvent)} <= set(definitions)
    assert "PlayoutReport" in definitions
    assert "SessionConfig" not in definitions


def test_audio_is_described_as_base64() -> None:
    delta = protocol_schema()["$defs"]["ResponseOutputAudioDelta"]["properties"]["delta"]
    assert delta == {"type": "string", "contentEncoding": "base64"}


def test_every_field_of_the_extension_is_described() -> None:
    definitions = extension_schema()["$defs"]
    missing = [
        f"{name}.{field}"
        for name, shape in definitions.items()
        for field, described in shape.get("properties", {}).items()
        if "description" not in described
        and field not in {"type", "event_id", "item_id", "content_index"}
        and name != "TurnMarks"
    ]
    assert missing == []


def test_the_page_has_a_section_for_every_event_and_no_broken_link() -> None:
    page = render_markdown()
    for event in (*get_args(client_events.ClientEvent), *get_args(server_events.ServerEvent)):
        assert f"\n### `{event.__struct_config__.tag}`\n" in page
    headings = {heading.lower() for heading in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_the_page_says_how_binary_frames_are_laid_out() -> None:
    page = render_markdown()
    assert "one byte `0x01`" in page
    assert "header of 16 bytes" in page
    assert "`vivavoce.session.resume`" in page
