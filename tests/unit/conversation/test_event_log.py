"""The event log: what is recorded is read back the same, and replayed to the same effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.unit.conversation.scene import FAULT, Scene
from vivavoce.cli import app
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.recording import FORMAT, encode_entry, encode_header, replay
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions, Tool
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = ConversationSettings(tools=(Tool(name="look"),), playout_reports=True, language="auto")


def record(scene: Scene, settings: ConversationSettings = SETTINGS) -> list[bytes]:
    entries = [encode_entry(now, event, effects) for now, event, effects in scene.events]
    return [encode_header("t", settings), *entries]


@pytest.fixture
def lines() -> list[bytes]:
    """A conversation in which much happens."""
    scene = Scene(SETTINGS)
    scene.take(ev.InputAudioOpened())
    scene.user_says("Tell me a story.")
    scene.write("There was a small house. It stood")
    scene.voice(2.0)
    scene.wait(1.1)
    scene.user_says("Never mind.")
    scene.call("{}", call_id="c", name="look")
    scene.stop_writing("tool_calls")
    scene.wait(0.3)
    scene.request(ReplyOptions(metadata=(("a", "b"),), input_items=(Item(id="x", kind="reference"),)))
    scene.request(ReplyOptions(modality="text", tools=(), input_items=(Item(id="", content=()),)))
    scene.wait(61.0)
    scene.take(ev.SessionClosed(reason="client_left"))
    return record(scene)


def test_a_recorded_session_replays_exactly(lines: list[bytes]) -> None:
    summary = replay(lines)
    assert summary.mismatches == ()
    assert summary.events == len(lines) - 1
    assert summary.effects > 40
    assert summary.seconds == pytest.approx(1.1 + 0.3 + 61.0)


def test_a_replay_gives_the_waterfall_of_every_turn_as_it_was_told(lines: list[bytes], tmp_path: Path) -> None:
    timeline = replay(lines).timeline
    told = {}
    for line in lines[1:]:
        for effect in msgspec.json.decode(line)["effects"]:
            if effect.pop("type") == "TurnTimed":
                told[effect["response_id"]] = effect
    assert [msgspec.to_builtins(turn) for turn in timeline] == list(told.values())
    assert timeline[0].marks.interrupted is not None

    log = tmp_path / "session.jsonl"
    log.write_bytes(b"\n".join(lines))
    shown = CliRunner().invoke(app, ["replay", str(log), "--timeline"]).stdout
    assert all(turn.response_id in shown for turn in timeline)
    assert f"{timeline[0].marks.interrupted:.0f}" in shown


def test_a_changed_effect_is_reported_with_its_line(lines: list[bytes]) -> None:
    place = next(number for number, line in enumerate(lines) if b"Tell me a story." in line and b"Generate" in line)
    lines[place] = lines[place].replace(b'"content":"Tell me', b'"content":"Sell me')
    (mismatch,) = replay(lines).mismatches
    assert mismatch.line == place + 1
    assert "Sell me" in mismatch.recorded
    assert "Tell me" in mismatch.replayed


def test_a_left_out_event_is_noticed(lines: list[bytes]) -> None:
    assert replay(lines[:2] + lines[3:]).mismatches != ()


def test_another_time_is_noticed(lines: list[bytes]) -> None:
    changed = [line.replace(b'"at":1001.1', b'"at":1000.5') for line in lines]
    assert changed != lines
    assert replay(changed).mismatches != ()


def test_other_settings_are_noticed(lines: list[bytes]) -> None:
    assert replay([encode_header("t", ConversationSettings(modality="text")), *lines[1:]]).mismatches != ()


def test_blank_lines_are_passed_over(lines: list[bytes]) -> None:
    spaced = [line for entry in lines for line in (entry, b"\n", b"  ")]
    assert replay(spaced).mismatches == ()


def test_an_empty_session_is_a_session() -> None:
    summary = replay([encode_header("t", SETTINGS)])
    assert (summary.events, summary.effects, summary.seconds) == (0, 0, 0.0)


def test_text_beyond_utf8_in_an_effect_is_a_mismatch_and_no_accident(lines: list[bytes]) -> None:
    lines[3] = lines[3].replace(b'"effects":[', b'"effects":["\xff",')
    assert [mismatch.line for mismatch in replay(lines).mismatches] == [4]


ENTRY = b'{"at":1.0,"event":{"type":"SpeechStarted","start_sample":0},"effects":[]}'


@pytest.mark.parametrize(
    ("number", "line", "why"),
    [
        (1, b"", "Line 1"),
        (1, b"not JSON", "Line 1"),
        (1, b'{"format":"\xff"}', "Line 1"),
        (1, b'{"format":"vivavoce-session-0","session_id":"t","settings":{}}', "vivavoce-session-0"),
        (1, b'{"format":"%s","session_id":"t","settings":{"modality":"smell"}}' % FORMAT.encode(), "modality"),
        (1, b'{"format":"%s","session_id":"t"}' % FORMAT.encode(), "settings"),
        (2, b"not JSON", "Line 2"),
        (2, b"[]", "Line 2"),
        (2, ENTRY.replace(b"SpeechStarted", b"SpeechSneezed"), "no known event"),
        (2, ENTRY.replace(b'"type":"SpeechStarted",', b""), "no known event"),
        (2, ENTRY.replace(b'"type":"SpeechStarted"', b'"type":7'), "no known event"),
        (2, ENTRY.replace(b'"start_sample":0', b'"start_sample":"zero"'), "start_sample"),
        (2, ENTRY.replace(b'"at":1.0', b'"at":"noon"'), "at"),
        (2, ENTRY.replace(b'"effects":[]', b'"effect":[]'), "effect"),
        (2, ENTRY.replace(b"SpeechStarted", b"\xff"), "Line 2"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(number: int, line: bytes, why: str) -> None:
    recording = [encode_header("t", SETTINGS), ENTRY]
    recording[number - 1] = line
    with pytest.raises(InputError, match=why) as caught:
        replay(recording)
    assert caught.value.code == "recording_unreadable"
    assert f"Line {number} " in caught.value.message


def test_a_file_without_a_line_is_refused() -> None:
    with pytest.raises(InputError):
        replay([])


# ------------------------------------------------------------------ every event

TIMES = st.floats(0.0, 1e9)
CERTAINTIES = st.floats(0.0, 1.0)
BOUNDED = (ev.TurnEnded, ev.SettingsChanged, ev.PartialHeard, ev.TranscriptReady)
"""Events with numbers that JSON cannot hold all values of; no such value can happen."""
# JSON has no infinity, and no clock and no client gives one.
RECORDS: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(ev.TurnEnded, speech_ended_at=TIMES),
    st.builds(ev.SettingsChanged, settings=st.builds(ConversationSettings, speed=st.floats(0.25, 1.5))),
    st.builds(ev.PartialHeard, certainty=CERTAINTIES),
    st.builds(ev.TranscriptReady, certainty=CERTAINTIES),
    *(st.from_type(event) for event in ev.EVENT_TYPES if event not in BOUNDED),
)


@given(event=RECORDS, now=TIMES)
def test_every_event_is_read_back_as_it_was(event: ev.Event, now: float) -> None:
    entry = msgspec.json.decode(encode_entry(now, event, []))
    assert entry["at"] == now
    fields = entry["event"]
    assert fields.pop("type") == type(event).__name__
    assert msgspec.convert(fields, type(event)) == event


@given(events=st.lists(RECORDS, max_size=8))
def test_any_events_replay_exactly(events: list[ev.Event]) -> None:
    scene = Scene(SETTINGS)
    for event in events:
        if not isinstance(event, ev.TimerFired):
            scene.take(event)
    assert replay(record(scene)).mismatches == ()


def test_items_and_failures_survive_inside_events() -> None:
    scene = Scene(SETTINGS)
    part = ContentPart(kind="output_audio", text="Hello", audio_ms=10, heard="He")
    scene.take(ev.ItemCreateRequested(item=Item(id="x", role="assistant", content=(part,)), previous_item_id="root"))
    scene.user_types("Hello?")
    scene.take(ev.ReplyFailed(response_id=scene.response_id, failure=FAULT))
    assert replay(record(scene)).mismatches == ()
