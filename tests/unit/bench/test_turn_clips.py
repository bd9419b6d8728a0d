"""Where pauses are put into recordings, and what fills them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from bench.turn_clips import RATE_HZ, last_sound_sample, places, room_noise

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.audio.pcm import Samples


def tone(seconds: float, level: float = 0.3) -> Samples:
    return np.asarray(level * np.sin(np.arange(int(seconds * RATE_HZ)) * 0.2), np.float32)


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """A folder with one recording: a second of sound, 300 ms of quiet, a second of sound, 500 ms of quiet."""
    audio = np.concatenate([tone(1.0), tone(0.3, 1e-4), tone(1.0), tone(0.5, 1e-4)])
    soundfile.write(tmp_path / "clip.flac", audio, RATE_HZ)
    mark = {"path": "clip.flac", "category": "en_read", "text": "a b", "whole": True, "splice_s": 0.5, "after": "a"}
    (tmp_path / "turns.json").write_text(json.dumps([mark]))
    return tmp_path


def test_a_recording_gives_an_end_a_marked_pause_and_a_natural_one(speech: Path) -> None:
    end, marked, natural = places(speech)
    assert [end.kind, marked.kind, natural.kind] == ["end", "marked", "natural"]
    assert end.speech_end_seconds == pytest.approx(2.3, abs=0.02)
    assert len(marked.before) == 0.5 * RATE_HZ
    assert len(marked.before) + len(marked.after) == len(end.before)


def test_a_natural_pause_replaces_the_quiet_that_was_there(speech: Path) -> None:
    natural = places(speech)[2]
    assert natural.speech_end_seconds == pytest.approx(1.02, abs=0.011)
    assert len(natural.after) / RATE_HZ == pytest.approx(1.52, abs=0.011)


def test_a_folder_without_marks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no turns"):
        places(tmp_path)


def test_the_noise_of_a_room_is_as_faint_as_the_recording_at_its_faintest() -> None:
    recording = np.concatenate([tone(1.0), tone(0.5, 1e-3)])
    noise = room_noise(recording, RATE_HZ, seed=1)
    assert np.sqrt(np.mean(np.square(noise))) == pytest.approx(1e-3 / np.sqrt(2), rel=0.1)
    assert np.array_equal(noise, room_noise(recording, RATE_HZ, seed=1))


def test_the_last_sound_is_what_is_not_much_fainter_than_the_loudest() -> None:
    assert last_sound_sample(np.concatenate([tone(1.0), tone(1.0, 1e-4)])) == RATE_HZ
