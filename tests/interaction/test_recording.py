"""Sessions recorded to a folder and replayed from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.caller import call
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.recording import replay
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import InputError
from vivavoce.session.recorder import SessionRecorder
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from vivavoce.engines.roster import EngineRoster

pytestmark = pytest.mark.anyio

SETTINGS = ConversationSettings(transcripts=True, instructions="Be brief.", language="auto")
SESSION_ID = "sess_0123abcd"


@pytest.fixture
def no_blocking_calls() -> None:
    """Recording writes files in the event loop: it runs only when asked for, a line at a time."""


def roster() -> EngineRoster:
    return fake_roster(
        stt=FakeStt(["Tell me a story.", "Stop.", "你好。"]),
        replies=ScriptedReplies(saying("There was a small house. " * 20, every=0.07), saying("As you like.")),
    )


async def recorded(folder: Path) -> list[bytes]:
    """Record a conversation with an interruption, a typed turn and changed settings; return its lines."""
    recorder = SessionRecorder(folder, SESSION_ID, SETTINGS)
    async with call(roster(), SETTINGS, recorder=recorder, session_id=SESSION_ID) as caller:
        await caller.asks()
        await caller.sees("speaking")
        await caller.falls_silent(2.0)
        await caller.asks()
        await caller.hears(fx.ReplyDone, 2)
        caller.session.dispatch(ev.ItemDeleteRequested(item_id="nobody"))
        caller.types("Hello?")
        await caller.hears(fx.ReplyDone, 3)
        await anyio.sleep(0.1)
    return recorder.path.read_bytes().splitlines()


@pytest.mark.requirement("record.replay.001")
async def test_a_recorded_session_replays_exactly(tmp_path: Path) -> None:
    lines = await recorded(tmp_path / "new" / "folder")
    summary = replay(lines)
    assert summary.mismatches == ()
    assert summary.events == len(lines) - 1
    assert summary.effects > 80
    assert summary.seconds > 4.0
    assert (tmp_path / "new" / "folder" / f"{SESSION_ID}.jsonl").is_file()


@pytest.mark.requirement("record.replay.001")
def test_the_same_conversation_gives_the_same_recording(tmp_path: Path) -> None:
    first, second = (
        anyio.run(recorded, tmp_path / name, backend_options={"loop_factory": VirtualTimeLoop})
        for name in ("first", "second")
    )
    assert first == second


@pytest.mark.requirement("record.replay.001")
async def test_a_recording_is_whole_up_to_the_last_event_at_any_moment(tmp_path: Path) -> None:
    recorder = SessionRecorder(tmp_path, SESSION_ID, SETTINGS)
    async with call(roster(), SETTINGS, recorder=recorder, session_id=SESSION_ID) as caller:
        await caller.asks()
        summary = replay(recorder.path.read_bytes().splitlines())
        assert summary.mismatches == ()
        assert summary.events > 4


@pytest.mark.requirement("record.replay.002")
async def test_a_changed_line_is_reported(tmp_path: Path) -> None:
    lines = await recorded(tmp_path)
    number = next(place for place, line in enumerate(lines) if b'"Transcribe"' in line)
    lines[number] = lines[number].replace(b'"language":"auto"', b'"language":"de"')
    (mismatch,) = replay(lines).mismatches
    assert mismatch.line == number + 1
    assert '"de"' in mismatch.recorded
    assert '"auto"' in mismatch.replayed


@pytest.mark.requirement("record.replay.002")
async def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    lines = await recorded(tmp_path)
    lines[7] = lines[7][:-20]
    with pytest.raises(InputError, match="Line 8 of the recording"):
        replay(lines)


@pytest.mark.requirement("record.file.001")
def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        SessionRecorder(occupied, SESSION_ID, SETTINGS)
    assert refused.value.code == "recording_folder_not_writable"
    assert "--record" in refused.value.remedy


@pytest.mark.requirement("record.file.001")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
async def test_a_full_disk_ends_the_recording_and_not_the_conversation(tmp_path: Path) -> None:
    (tmp_path / f"{SESSION_ID}.jsonl").symlink_to("/dev/full")
    recorder = SessionRecorder(tmp_path, SESSION_ID, SETTINGS)
    async with call(roster(), SETTINGS, recorder=recorder, session_id=SESSION_ID) as caller:
        await caller.asks()
        await caller.hears(fx.ReplyCreated)


@pytest.mark.requirement("session.end.003")
async def test_what_comes_after_the_end_is_not_recorded(tmp_path: Path) -> None:
    recorder = SessionRecorder(tmp_path, SESSION_ID, SETTINGS)
    async with call(roster(), SETTINGS, recorder=recorder, session_id=SESSION_ID) as caller:
        await caller.asks()
        caller.session.close("client_left")
        caller.session.dispatch(ev.ReplyRequested())
    lines = recorder.path.read_bytes()
    caller.session.dispatch(ev.ReplyRequested())
    caller.session.close("again")
    assert recorder.path.read_bytes() == lines
    assert b"SessionClosed" in lines.splitlines()[-1]
