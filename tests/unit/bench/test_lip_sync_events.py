"""What a recorded reply tells of its mouth: found in sound and shapes apart, and late by as much as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.lip_sync_events import WINDOW_SECONDS, Heard, LipSync, Look, lip_sync

BURSTS = ((0.5, 1.2), (1.6, 2.4), (3.0, 3.5))
CLOSURES = ((0.8, 0.86), (2.0, 2.06))


def sound(*, hum: float = 0.01) -> list[Heard]:
    """Return bursts of noise with two short closures in them, in which a voice hums so loudly."""
    times = np.arange(0, 4, WINDOW_SECONDS)

    def heard(time: float) -> Heard:
        if any(start <= time < end for start, end in CLOSURES):
            return Heard(time, hum, hum / 20)
        level = 0.2 if any(start <= time < end for start, end in BURSTS) else 0.0
        return Heard(time, level, level / 3)

    return [heard(float(time)) for time in times]


def mouth(late: float, *, look_seconds: float = 0.004, picture_every: int = 8, opens: int = 3) -> list[Look]:
    """Return looks at a mouth that does what the sound does, `late` seconds later."""
    looks = []
    for number, at in enumerate(np.arange(0, 4.3, look_seconds)):
        said = at - late
        is_open = any(start <= said < end for start, end in BURSTS[:opens])
        is_closed = is_open and any(start <= said < end for start, end in CLOSURES)
        look = Look(
            at=float(at), open=float(is_open), closed_lips=float(is_closed), is_drawn=number % picture_every == 0
        )
        looks.append(look)
    return looks


@pytest.mark.parametrize("late", [-0.06, 0.0, 0.03, 0.15])
def test_a_mouth_is_as_late_as_it_is(late: float) -> None:
    found = lip_sync(sound(), mouth(late))
    for delays, count in ((found.starts, 3), (found.ends, 3)):
        assert len(delays) == count
        assert delays == pytest.approx([1000 * late] * count, abs=6)
    assert found.missed == 0


@pytest.mark.parametrize("hum", [0.0, 0.01, 0.15])
def test_lips_part_where_the_sound_is_bright_again_however_loud_it_was_behind_them(hum: float) -> None:
    found = lip_sync(sound(hum=hum), mouth(0.02))
    assert found.partings == pytest.approx([20, 20], abs=8)


def test_a_voice_that_begins_to_hum_behind_closed_lips_has_not_parted_them() -> None:
    noise = sound()
    start, parting = 0.5, 0.58
    humming = [
        heard._replace(loudness=0.15, brightness=0.0075) if start <= heard.at < parting else heard for heard in noise
    ]
    looks = [replace(look, closed_lips=1.0) if 0.48 <= look.at < parting + 0.01 else look for look in mouth(0.0)]
    assert lip_sync(humming, looks).partings[0] == pytest.approx(10, abs=8)


def test_lips_that_part_to_rest_are_not_heard_to() -> None:
    looks = [replace(look, closed_lips=1.0) if 1.1 <= look.at < 1.2 else look for look in mouth(0.0)]
    assert len(lip_sync(sound(), looks).partings) == len(CLOSURES)


def test_what_happens_while_nobody_looks_is_neither_early_nor_late() -> None:
    looks = [look for look in mouth(0.03) if not 1.57 < look.at < 1.68 and not 2.04 < look.at < 2.12]
    found = lip_sync(sound(), looks)
    assert (len(found.starts), len(found.partings), found.missed, found.unseen) == (2, 1, 0, 2)
    assert found.starts == pytest.approx([30, 30], abs=6)


def test_a_picture_shows_it_later_by_up_to_its_own_length() -> None:
    found = lip_sync(sound(), mouth(0.0, picture_every=8))
    assert all(-5 <= delay <= 8 * 4 + 6 for delay in found.drawn_starts)
    assert max(found.drawn_starts) > max(found.starts)


def test_a_mouth_that_stays_shut_is_missed() -> None:
    found = lip_sync(sound(), mouth(0.0, opens=2))
    assert (len(found.starts), found.missed) == (2, 1)


def test_silence_and_no_mouth_are_nothing() -> None:
    silence = [Heard(heard.at, 0.0, 0.0) for heard in sound()]
    nothing = LipSync(starts=(), drawn_starts=(), ends=(), partings=(), missed=0, unseen=0)
    assert lip_sync(silence, mouth(0.0)) == nothing
    assert lip_sync(sound(), []).missed == len(BURSTS)
