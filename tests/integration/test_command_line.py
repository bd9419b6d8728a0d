"""The command line as a person uses it: real processes, real engines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import soundfile

from tests.deadlines import START_SECONDS
from tests.integration.spoken import question_file

if TYPE_CHECKING:
    from pathlib import Path


def vivavoce(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vivavoce", *arguments],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        env={**os.environ, **(environment or {})},
        check=False,
    )


def test_talk_prints_a_line_a_turn_writes_the_replies_and_records_a_session_that_replays_exactly(
    tmp_path: Path,
) -> None:
    question, out, records = question_file(tmp_path), tmp_path / "replies.wav", tmp_path / "records"
    done = vivavoce(
        "talk", str(question), "--json", "--llm", "smollm2-135m", "--out", str(out), "--record", str(records)
    )

    assert done.returncode == 0, done.stderr
    turn = json.loads(done.stdout)
    assert "capital" in turn["user"].lower()
    assert turn["assistant"]
    assert turn["heard"] == turn["assistant"]
    assert not turn["interrupted"]
    assert 0 < turn["timing"]["turn_confirmed"] <= turn["timing"]["first_audio"]
    replies, rate_hz = soundfile.read(out)
    assert abs(len(replies) / rate_hz - turn["audio_seconds"]) < 0.1
    (log,) = records.glob("*.jsonl")
    replayed = vivavoce("replay", str(log))
    assert replayed.returncode == 0
    assert "The replay is exact." in replayed.stdout


def test_talk_interrupts_a_reply_and_keeps_only_what_was_heard(tmp_path: Path) -> None:
    first = question_file(tmp_path, "Tell me everything about the history of the sea, please.")
    (tmp_path / "second").mkdir()
    second = question_file(tmp_path / "second", "Thank you, goodbye.")
    done = vivavoce("talk", str(first), str(second), "--barge-in", "0.5", "--json", "--llm", "smollm2-135m")

    assert done.returncode == 0, done.stderr
    interrupted, last = map(json.loads, done.stdout.splitlines())
    assert interrupted["interrupted"]
    assert interrupted["assistant"].startswith(interrupted["heard"])
    assert len(interrupted["heard"]) < len(interrupted["assistant"])
    assert not last["interrupted"]


def test_a_recording_that_cannot_be_read_is_refused_in_plain_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    done = vivavoce("talk", str(broken))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "wav" in done.stderr


def test_without_files_and_devices_talk_says_that_there_are_none() -> None:
    done = vivavoce("talk", "--url", "ws://127.0.0.1:9/v1/realtime")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_config_shows_where_each_setting_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "vivavoce.toml"
    file.write_text('language = "zh"\n')
    done = vivavoce("config", "--json", "--config", str(file), environment={"VIVAVOCE_PORT": "9000"})

    shown = json.loads(done.stdout)
    assert shown["language"] == {"value": "zh", "origin": "file"}
    assert shown["port"] == {"value": "9000", "origin": "environment"}
    assert shown["host"]["origin"] == "default"


def test_config_never_shows_a_key() -> None:
    done = vivavoce("config", environment={"VIVAVOCE_API_KEY": "sesame-street", "COLUMNS": "200"})

    assert "sesame-street" not in done.stdout
    assert "(set)" in done.stdout


def test_a_setting_of_no_sense_is_named_with_what_to_do() -> None:
    done = vivavoce("serve", environment={"VIVAVOCE_PORT": "many"})

    assert done.returncode == 2
    assert "'port'" in done.stderr


def test_a_bind_that_others_reach_needs_a_key() -> None:
    done = vivavoce("serve", "--host", "0.0.0.0")

    assert done.returncode == 2
    assert "API key" in done.stderr


def test_doctor_makes_every_engine_work_once() -> None:
    done = vivavoce("doctor", "--llm", "smollm2-135m", environment={"VIVAVOCE_PORT": "0"})

    for check in ("voice", "speech recognition", "speech detection", "end of turn", "language model"):
        assert f"ok   {check}: " in done.stdout, done.stdout + done.stderr


def test_a_recording_of_another_kind_is_not_replayed(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("{}\n")
    done = vivavoce("replay", str(log))

    assert done.returncode == 2
    assert "Line 1" in done.stderr
