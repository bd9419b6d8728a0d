"""Sound on disk, exports, and the agreement of files with the database."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.audio.files import decode_file
from vivavoce.audio.pcm import rms_dbfs
from vivavoce.errors import InputError, StorageError
from vivavoce.history.export import as_data, as_markdown, as_zip
from vivavoce.history.files import file_name
from vivavoce.history.history import History, begin_history
from vivavoce.history.recordings import MAX_SECONDS, Recordings
from vivavoce.history.records import Conversation, Entry, Portion, ToolUse, Turn
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from vivavoce.audio.pcm import Samples

pytestmark = pytest.mark.anyio

CONVERSATION = Conversation(
    id="c", user_id="ann", title="Tea", persona="viva", engine="", language="en", created_at=0.0, updated_at=60.0
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def history(tmp_path: Path) -> AsyncGenerator[History, None]:
    async with open_engine(database_url("", tmp_path)) as engine:
        yield await begin_history(engine, folder=tmp_path)


def tone(seconds: float) -> Samples:
    return np.asarray(0.3 * np.sin(2 * np.pi * 440 / 24_000 * np.arange(round(seconds * 24_000))), np.float32)


async def talked(history: History, name: str, *entries: Entry) -> None:
    await history.store.append(Portion(conversation_id=name, user_id="ann", at=1.0, opens=True, entries=entries))


async def test_sound_comes_back_as_it_was_said(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    await recordings.save("c", "q", tone(1.5), 24_000)
    files = await recordings.of("c", ["p", "q"])
    assert list(files) == ["q"]
    audio, rate_hz = decode_file(files["q"])
    assert len(audio) / rate_hz == pytest.approx(1.5, abs=0.05)
    assert rms_dbfs(audio) == pytest.approx(rms_dbfs(tone(1.5)), abs=1.0)
    assert (await recordings.bytes_of(["c", "d"])).keys() == {"c"}


async def test_no_id_leads_out_of_the_folder(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "sound")
    for name in ("../../etc/passwd", "", "..", "a/b", "x" * 300, "天气", "nul\x00", "\ud83d"):
        await recordings.save(name, name, tone(0.1), 24_000)
        assert len(await recordings.of(name, [name])) == 1
    assert _files_in(tmp_path) == _files_in(tmp_path / "sound")


def test_no_two_ids_share_a_file_where_capitals_do_not_count_and_none_is_a_device() -> None:
    ids = ["ann", "Ann", "ANN", "x-ann", "con", "CON", "nul", "NUL", "Com1", "lpt9", "aux", "console"]
    names = [file_name(each) for each in ids]
    assert len({name.lower() for name in names}) == len(ids)
    assert {name.split(".")[0] for name in names if not name.startswith("x-")} == {"ann", "console"}


async def test_sound_is_found_by_the_id_that_the_database_could_hold(history: History) -> None:
    await talked(history, "c", Entry(id="q\x00", said="Hello."))
    await history.recordings.save("c", "q\x00", tone(0.1), 24_000)
    with zipfile.ZipFile(io.BytesIO(await history.sound("ann", "c"))) as archive:
        assert archive.namelist() == ["transcript.md", "0001-user.opus"]


async def test_sound_that_goes_while_it_is_counted_does_not_count(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    await recordings.save("c", "q", tone(0.1), 24_000)
    there = await recordings.bytes_of(["c"])
    (tmp_path / "c" / "gone.opus").symlink_to(tmp_path / "nowhere")
    assert await recordings.bytes_of(["c", "d"]) == there


async def test_sound_that_cannot_be_looked_at_is_told_plainly(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "sound")
    await recordings.save("c", "q", tone(0.1), 24_000)
    (tmp_path / "sound" / "c" / "round.opus").symlink_to("round.opus")
    with pytest.raises(StorageError) as refusal:
        await recordings.bytes_of(["c"])
    assert refusal.value.code == "file_not_read"
    with pytest.raises(StorageError) as refusal:
        await Recordings(tmp_path / "sound" / "c" / "q.opus").sweep(["c"])
    assert refusal.value.code == "file_not_read"


def test_sound_that_goes_while_it_is_taken_away_is_left_out(tmp_path: Path) -> None:
    content = as_zip("Tea.", {"q": tmp_path / "gone.opus"}, [Entry(id="q", said="Tea.")])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["transcript.md"]


async def test_of_an_entry_without_end_the_beginning_is_kept(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    await recordings.save("c", "q", np.zeros((MAX_SECONDS + 5) * 8_000, np.float32), 8_000)
    audio, rate_hz = decode_file((await recordings.of("c", ["q"]))["q"])
    assert len(audio) / rate_hz == pytest.approx(MAX_SECONDS, abs=0.1)


async def test_a_folder_that_cannot_be_written_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "sound").write_text("in the way")
    with pytest.raises(StorageError) as refusal:
        await Recordings(tmp_path / "sound").save("c", "q", tone(0.1), 24_000)
    assert refusal.value.code == "file_not_written"


async def test_sound_goes_with_its_conversation(history: History) -> None:
    for name in ("c", "d"):
        await talked(history, name, Entry(id="q", said="Hello."))
        await history.recordings.save(name, "q", tone(0.2), 24_000)
    await history.delete("ann", "c")
    assert (await history.recordings.bytes_of(["c", "d"])).keys() == {"d"}
    await history.delete_all("ann")
    assert await history.recordings.bytes_of(["d"]) == {}


async def test_sound_that_belongs_to_nothing_is_swept_at_the_start(tmp_path: Path) -> None:
    url = database_url("", tmp_path)
    async with open_engine(url) as engine:
        history = await begin_history(engine, folder=tmp_path)
        await talked(history, "c", Entry(id="q", said="Hello."))
        for name in ("c", "orphan"):
            await history.recordings.save(name, "q", tone(0.2), 24_000)
        again = await begin_history(engine, folder=tmp_path)
        assert (await again.recordings.bytes_of(["c", "orphan"])).keys() == {"c"}


async def test_a_database_that_was_begun_anew_takes_no_sound_with_it(tmp_path: Path) -> None:
    await Recordings(tmp_path / "sound").save("c", "q", tone(0.2), 24_000)
    async with open_engine(database_url("", tmp_path)) as engine:
        history = await begin_history(engine, folder=tmp_path)
        assert (await history.recordings.bytes_of(["c"])).keys() == {"c"}


async def test_the_sound_of_a_conversation_is_one_file_with_everything_in_order(history: History) -> None:
    entries = [
        Entry(id="z", said="Is there tea?", place=1.0),
        Entry(id="typed", said="Green, please.", place=2.0),
        Entry(id="a", said="There is.", role="assistant", place=3.0),
    ]
    await talked(history, "c", *entries)
    for name, seconds in (("a", 0.5), ("z", 1.0)):
        await history.recordings.save("c", name, tone(seconds), 24_000)
    with zipfile.ZipFile(io.BytesIO(await history.sound("ann", "c"))) as archive:
        assert archive.namelist() == ["transcript.md", "0001-user.opus", "0003-assistant.opus"]
        audio, rate_hz = decode_file(archive.read("0001-user.opus"))
        assert "There is." in archive.read("transcript.md").decode()
    assert len(audio) / rate_hz == pytest.approx(1.0, abs=0.05)


async def test_a_conversation_without_sound_says_so(history: History) -> None:
    await talked(history, "c", Entry(id="q", said="Hello."))
    with pytest.raises(InputError) as refusal:
        await history.sound("ann", "c")
    assert refusal.value.code == "conversation_not_recorded"


def test_markdown_reads_like_a_conversation() -> None:
    use = ToolUse(name="look", arguments='{"for": "tea"}', output="yes")
    entries = [
        Entry(id="q", said="Is there tea?", created_at=0.0),
        Entry(id="c", kind="mcp_call", role="assistant", call=use),
        Entry(id="a", said="There is green and black.", heard="There is", role="assistant", created_at=2.0),
        Entry(id="n", said="Never mind.", heard="", role="assistant", created_at=3.0),
    ]
    assert as_markdown(CONVERSATION, entries) == (
        "# Tea\n\n1970-01-01 00:00 UTC, with viva\n\n"
        "**You** (00:00:00): Is there tea?\n\n"
        '> `look({"for": "tea"})` → yes\n\n'
        "**Assistant** (00:00:02): There is *(interrupted)*\n"
    )


def test_json_has_everything() -> None:
    turn = Turn(response_id="r", timings={"played": 2.0}, memories=(("m", "Likes tea."),))
    data = as_data(CONVERSATION, [Entry(id="q", said="All", heard="A")], [turn])
    assert (data["id"], data["title"], data["object"]) == ("c", "Tea", "conversation")
    assert data["entries"][0]["is_interrupted"] is True
    assert data["turns"][0]["memories"] == [{"id": "m", "text": "Likes tea."}]


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())
