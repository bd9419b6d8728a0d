from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.audio.formats import MODEL_HZ
from vivavoce.server.pieces import cut_at_silences

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples


def noise(seconds: float, *, quiet_at: tuple[float, ...] = ()) -> Samples:
    audio = np.random.default_rng(7).normal(0, 0.1, int(seconds * MODEL_HZ)).astype(np.float32)
    for place in quiet_at:
        audio[int(place * MODEL_HZ) : int((place + 0.5) * MODEL_HZ)] *= 0.001
    return audio


@pytest.mark.parametrize("seconds", [0.0, 0.01, 3.0, 30.0])
def test_a_short_recording_stays_whole(seconds: float) -> None:
    audio = noise(seconds)
    assert [len(piece.audio) for piece in cut_at_silences(audio)] == ([len(audio)] if len(audio) else [])


@pytest.mark.parametrize("seconds", [30.01, 61.7, 300.0])
def test_the_pieces_are_the_recording_and_none_is_too_long(seconds: float) -> None:
    audio = noise(seconds)
    pieces = list(cut_at_silences(audio))
    assert np.array_equal(np.concatenate([piece.audio for piece in pieces]), audio)
    assert max(len(piece.audio) for piece in pieces) <= 30 * MODEL_HZ
    assert [piece.end_seconds for piece in pieces[:-1]] == [piece.start_seconds for piece in pieces[1:]]
    assert pieces[0].start_seconds == 0
    assert pieces[-1].end_seconds == pytest.approx(seconds)


def test_a_cut_falls_into_the_pause() -> None:
    pieces = list(cut_at_silences(noise(70.0, quiet_at=(24.0, 47.0))))
    assert 24.0 < pieces[0].end_seconds < 24.5
    assert 47.0 < pieces[1].end_seconds < 47.5


def test_digital_silence_is_cut_too() -> None:
    pieces = list(cut_at_silences(np.zeros(100 * MODEL_HZ, np.float32)))
    assert sum(len(piece.audio) for piece in pieces) == 100 * MODEL_HZ
    assert len(pieces) <= 6
