"""The microphone against what the client plays."""

from __future__ import annotations

import numpy as np

from vivavoce.audio.resample import resample
from vivavoce.session.far_end import COMPARED_SAMPLES, FarEnd
from vivavoce.session.item_audio import ItemAudio

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


def noise(seed: int, seconds: float, rate_hz: int) -> Samples:
    return np.asarray(np.random.default_rng(seed).uniform(-0.3, 0.3, round(seconds * rate_hz)), np.float32)


def far_end(sounding: tuple[str, int] | None) -> tuple[FarEnd, Samples]:
    """A client that plays three seconds, and what a microphone in front of it hears."""
    played = noise(1, 3.0, 24_000)
    audio = ItemAudio()
    audio.add("a", played, 24_000)
    return FarEnd(lambda: sounding, audio, can_hold=lambda: True), 0.1 * resample(played, 24_000, 16_000)


def test_an_echo_is_explained_and_counted() -> None:
    line, microphone = far_end(("a", 36_000))
    assert line.explains(microphone[24_000 - COMPARED_SAMPLES : 24_000])
    assert line.explains(microphone[21_000 - COMPARED_SAMPLES : 21_000]), "190 ms later than it was sent"
    assert line.echoes == 2


def test_another_sound_is_not() -> None:
    line, _ = far_end(("a", 36_000))
    assert not line.explains(noise(2, 0.2, 16_000))
    assert line.echoes == 0


def test_nothing_is_an_echo_while_nothing_plays() -> None:
    line, microphone = far_end(None)
    assert not line.explains(microphone[24_000 - COMPARED_SAMPLES : 24_000])


def test_the_beginning_and_the_end_of_a_reply_are_explained_too() -> None:
    line, microphone = far_end(("a", 4_800))
    assert line.explains(microphone[:COMPARED_SAMPLES])
    line, microphone = far_end(("a", 90_000))
    assert line.explains(microphone[-COMPARED_SAMPLES:])


def test_too_short_a_sound_is_not_judged() -> None:
    line, microphone = far_end(("a", 36_000))
    assert not line.explains(microphone[24_000 - COMPARED_SAMPLES + 1 : 24_000])


def test_only_what_plays_can_be_held_and_only_by_a_client_that_can() -> None:
    assert far_end(("a", 36_000))[0].can_be_held()
    assert not far_end(None)[0].can_be_held()
    assert not FarEnd(lambda: ("a", 36_000), ItemAudio(), can_hold=lambda: False).can_be_held()


def test_a_turn_is_looked_at_again_when_more_of_it_was_heard() -> None:
    line, microphone = far_end(("a", 36_000))
    line.note_onset(20_000, 24_000)
    assert line.explains_turn(20_000, lambda start, end: microphone[start:end])
    assert not line.explains_turn(19_000, lambda start, end: microphone[start:end]), "that is another turn"
    assert not line.explains_turn(20_000, lambda start, end: noise(2, (end - start) / 16_000, 16_000))
    assert not line.explains_turn(20_000, lambda start, end: microphone[start : end - 1])


def test_a_turn_that_began_in_silence_is_no_echo() -> None:
    line, microphone = far_end(None)
    line.note_onset(20_000, 24_000)
    assert not line.explains_turn(20_000, lambda start, end: microphone[start:end])
