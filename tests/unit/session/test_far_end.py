"""The microphone against what the client plays."""

from __future__ import annotations

import numpy as np

from vivavoce.audio.resample import resample
from vivavoce.session.far_end import COMPARED_SAMPLES, MAX_SAMPLES, FarEnd

Samples = np.ndarray[tuple[int], np.dtype[np.float32]]


def noise(seed: int, seconds: float, rate_hz: int) -> Samples:
    return np.asarray(np.random.default_rng(seed).uniform(-0.3, 0.3, round(seconds * rate_hz)), np.float32)


class Line:
    """A client that plays, and the microphone in front of it."""

    def __init__(self, sounding: tuple[str, int] | None, *, can_hold: bool = True) -> None:
        self.sounding = sounding
        self.far_end = FarEnd(lambda: self.sounding, can_hold=lambda: can_hold)
        self._played: list[Samples] = []

    def sends(self, item_id: str, audio: Samples) -> None:
        """The client is sent more, in pieces."""
        for piece in np.array_split(audio, 7):
            self.far_end.sent(item_id, piece)
        self._played.append(audio)

    def hears(self, end_seconds: float, samples: int = COMPARED_SAMPLES) -> Samples:
        """What the microphone hears of what was sent last, at -20 dB, up to a place."""
        end = round(end_seconds * 16_000)
        return 0.1 * resample(self._played[-1], 24_000, 16_000)[end - samples : end]


def playing(position_seconds: float, seconds: float = 3.0) -> Line:
    """A line on which an item is at a place."""
    line = Line(("a", round(position_seconds * 24_000)))
    line.sends("a", noise(1, seconds, 24_000))
    return line


def test_an_echo_is_explained_and_counted() -> None:
    line = playing(1.5)
    assert line.far_end.explains(line.hears(1.5))
    assert line.far_end.explains(line.hears(1.3)), "200 ms later than it was sent"
    assert line.far_end.echoes == 2


def test_another_sound_is_not() -> None:
    line = playing(1.5)
    assert not line.far_end.explains(noise(2, 0.2, 16_000))
    assert line.far_end.echoes == 0


def test_nothing_is_an_echo_while_nothing_plays() -> None:
    line = playing(1.5)
    heard = line.hears(1.5)
    line.sounding = None
    assert not line.far_end.explains(heard)


def test_the_beginning_and_the_end_of_a_reply_are_explained_too() -> None:
    line = playing(0.2)
    assert line.far_end.explains(line.hears(0.2))
    line = playing(3.7)
    assert line.far_end.explains(line.hears(2.99))


def test_too_short_a_sound_is_not_judged() -> None:
    line = playing(1.5)
    assert not line.far_end.explains(line.hears(1.5, COMPARED_SAMPLES - 1))


def test_a_long_reply_is_explained_to_its_end_and_forgotten_as_it_is_played() -> None:
    line = playing(1.0, seconds=100.0)
    whole = line.far_end.held_samples
    line.sounding = ("a", 99 * 24_000)
    assert line.far_end.explains(line.hears(99.0))
    line.far_end.sent("a", noise(2, 0.1, 24_000))
    assert line.far_end.held_samples < whole // 4


def test_the_reply_before_is_forgotten_when_the_next_one_plays() -> None:
    line = playing(1.0)
    line.sends("b", noise(2, 3.0, 24_000))
    held = line.far_end.held_samples
    line.sounding = ("b", 24_000)
    assert line.far_end.explains(line.hears(1.0))
    line.far_end.sent("b", noise(3, 0.1, 24_000))
    assert line.far_end.held_samples < held


def test_all_is_forgotten_once_nothing_plays() -> None:
    line = playing(1.0)
    line.sounding = None
    line.far_end.sent("b", noise(2, 0.1, 24_000))
    assert line.far_end.held_samples < 1_000


def test_what_is_too_far_ahead_is_not_kept_nor_is_what_follows_it() -> None:
    line = Line(("a", 0))
    for seed in range(30):
        line.far_end.sent("a", noise(seed, 5.0, 24_000))
    held = line.far_end.held_samples
    assert MAX_SAMPLES <= held < MAX_SAMPLES + 6 * 8_000
    line.sounding = ("a", 110 * 24_000)
    line.far_end.sent("a", noise(99, 1.0, 24_000))
    assert line.far_end.held_samples < held
    line.sounding = ("a", 140 * 24_000)
    assert not line.far_end.explains(noise(99, 0.2, 16_000))


def test_an_item_that_was_not_kept_explains_nothing() -> None:
    line = playing(1.0)
    heard = line.hears(1.0)
    line.sounding = ("b", 24_000)
    assert not line.far_end.explains(heard)
    line.far_end.sent("a", noise(2, 0.1, 24_000))
    assert line.far_end.held_samples > 8_000, "of what plays now nothing is known"


def test_only_what_plays_can_be_held_and_only_by_a_client_that_can() -> None:
    assert Line(("a", 36_000)).far_end.can_be_held()
    assert not Line(None).far_end.can_be_held()
    assert not Line(("a", 36_000), can_hold=False).far_end.can_be_held()


def test_a_turn_is_looked_at_again_when_more_of_it_was_heard() -> None:
    line = playing(1.5)
    microphone = line.hears(2.9, round(2.9 * 16_000))
    line.far_end.note_onset(20_000, 24_000)
    assert line.far_end.explains_turn(20_000, lambda start, end: microphone[start:end])
    assert not line.far_end.explains_turn(19_000, lambda start, end: microphone[start:end]), "that is another turn"
    assert not line.far_end.explains_turn(20_000, lambda start, end: noise(2, (end - start) / 16_000, 16_000))
    assert not line.far_end.explains_turn(20_000, lambda start, end: microphone[start : end - 1])


def test_a_turn_that_began_in_silence_is_no_echo() -> None:
    line = playing(1.5)
    microphone = line.hears(2.9, round(2.9 * 16_000))
    line.sounding = None
    line.far_end.note_onset(20_000, 24_000)
    assert not line.far_end.explains_turn(20_000, lambda start, end: microphone[start:end])
