"""A loudspeaker that exists only in time."""

from __future__ import annotations

from math import inf

import numpy as np

from vivavoce.client.speaker import Speaker


def ramp(seconds: float, start: float = 0.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Sound in which every sample says where it stands."""
    return np.asarray(start + np.arange(round(seconds * 24_000)), np.float32)


def test_a_sample_plays_when_it_is_there_and_the_one_before_was_played() -> None:
    speaker = Speaker()
    speaker.give("a", ramp(1.0), 10.0)
    speaker.give("b", ramp(1.0), 10.5)
    (first, second) = speaker.items
    assert first.played(10.5) == 12_000
    assert (first.played(11.5), second.played(11.5)) == (24_000, 12_000)
    assert speaker.playing(11.5) is second
    assert speaker.silent_at() == 12.0


def test_what_is_held_goes_on_from_the_very_sample() -> None:
    speaker = Speaker()
    speaker.give("a", ramp(2.0), 10.0)
    (playback,) = speaker.items
    speaker.hold(11.0)
    assert speaker.held_since == 11.0
    assert playback.played(50.0) == 24_000
    assert speaker.playing(50.0) is playback
    assert speaker.silent_at() == inf
    speaker.resume(50.0)
    assert playback.played(50.5) == 36_000
    np.testing.assert_array_equal(playback.audio_played(51.0), ramp(2.0))
    assert speaker.silent_at() == 51.0
    assert speaker.holds == [(11.0, 50.0)]
    assert speaker.held_since is None


def test_what_comes_under_a_hold_is_played_after_it() -> None:
    speaker = Speaker()
    speaker.give("a", ramp(1.0), 10.0)
    speaker.hold(10.5)
    speaker.give("a", ramp(1.0, 24_000), 15.0)
    speaker.give("b", ramp(1.0), 15.0)
    speaker.resume(20.0)
    first, second = speaker.items
    assert (first.played(21.5), second.played(22.0)) == (48_000, 12_000)


def test_a_hold_may_end_in_silence() -> None:
    speaker = Speaker()
    speaker.give("a", ramp(2.0), 10.0)
    speaker.hold(11.0)
    cut = speaker.clear(12.0)
    assert cut is not None
    assert (cut.played(99.0), cut.cut_at) == (24_000, 24_000)
    assert speaker.holds == [(11.0, 12.0)]
    speaker.give("b", ramp(1.0), 20.0)
    assert speaker.items[1].played(20.5) == 12_000


def test_held_twice_is_held_once() -> None:
    speaker = Speaker()
    speaker.hold(1.0)
    speaker.hold(2.0)
    speaker.resume(3.0)
    speaker.resume(4.0)
    assert speaker.holds == [(1.0, 3.0)]
