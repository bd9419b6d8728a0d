"""The microphone hears the assistant's own voice, or somebody else's, or both."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vivavoce.turntaking.echo import AHEAD_SECONDS, BEHIND_SECONDS, COMPARED_SECONDS, ECHO_HZ, EchoGuard

Signal = npt.NDArray[np.float64]

COMPARED = round(COMPARED_SECONDS * ECHO_HZ)
BEHIND = round(BEHIND_SECONDS * ECHO_HZ)
AHEAD = round(AHEAD_SECONDS * ECHO_HZ)
MINUS_20_DB = 0.1


def voice(seed: int, seconds: float = 4.0, pitch_hz: float = 120.0) -> Signal:
    """Pulses at a wandering pitch through resonances that change with every syllable, with some breath."""
    random = np.random.default_rng(seed)
    samples = round(seconds * ECHO_HZ)
    pitch = pitch_hz * (1 + 0.2 * np.sin(2 * np.pi * np.arange(samples) / ECHO_HZ * random.uniform(0.5, 2.0)))
    pulses = np.diff(np.floor(np.cumsum(pitch) / ECHO_HZ), prepend=0.0) + 0.05 * random.standard_normal(samples)
    syllables = []
    for piece in np.array_split(pulses, max(1, round(seconds * 5))):
        time = np.arange(160) / ECHO_HZ
        formants = [random.uniform(low, high) for low, high in ((300, 800), (900, 2_200), (2_300, 3_500))]
        ring = np.exp(-time * 300) * np.cos(2 * np.pi * np.outer(formants, time)).sum(axis=0)
        syllables.append(random.uniform(0.3, 1.0) * np.convolve(piece, ring)[: len(piece)])
    sound = np.concatenate(syllables)
    return np.asarray(0.05 * sound / np.sqrt(np.mean(sound**2)))


def in_a_room(sound: Signal, seed: int = 0) -> Signal:
    """The sound itself, and 0.3 s of reverberation 4 dB below it."""
    random = np.random.default_rng(seed)
    tail = random.standard_normal(2_400) * 10 ** (-3 * np.arange(2_400) / 2_400)
    tail *= 0.63 / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return np.asarray(np.convolve(sound, tail)[: len(sound)])


def coded(sound: Signal) -> Signal:
    """Eight bits a sample by the mu law."""
    pressed = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
    pressed = np.round(pressed * 127) / 127
    return np.asarray(np.sign(pressed) * (256 ** np.abs(pressed) - 1) / 255)


def played(far: Signal, at: float) -> Signal:
    """What was sent around the position estimated for the second `at`."""
    padded = np.concatenate([np.zeros(BEHIND + COMPARED), far, np.zeros(AHEAD)])
    place = round(at * ECHO_HZ)
    return padded[place : place + BEHIND + COMPARED + AHEAD]


def heard(microphone: Signal, at: float) -> Signal:
    end = round(at * ECHO_HZ)
    return microphone[end - COMPARED : end]


def late(sound: Signal, seconds: float) -> Signal:
    """The sound, that much later."""
    return np.roll(sound, round(seconds * ECHO_HZ))


MOMENTS = (1.3, 1.9, 2.4, 3.1)


@pytest.mark.parametrize("delay", [-0.25, 0.0, 0.1, 0.9])
@pytest.mark.parametrize("way", [lambda sound: sound, in_a_room, coded, lambda sound: coded(in_a_room(sound))])
def test_the_assistants_own_voice_is_known_over_any_plausible_way(delay: float, way: object) -> None:
    far = voice(1)
    assert callable(way)
    microphone = way(MINUS_20_DB * late(far, delay))
    assert all(EchoGuard().is_echo(heard(microphone, at), played(far, at)) for at in MOMENTS)


@pytest.mark.parametrize("seed", range(2, 12))
def test_another_voice_is_no_echo(seed: int) -> None:
    far, user = voice(1), voice(seed, pitch_hz=90 + 12 * seed)
    guard = EchoGuard()
    assert not any(guard.is_echo(heard(user, at), played(far, at)) for at in MOMENTS)


@pytest.mark.parametrize("seed", range(2, 8))
def test_a_voice_over_the_echo_is_heard(seed: int) -> None:
    far, user = voice(1), voice(seed, pitch_hz=90 + 12 * seed)
    echo = MINUS_20_DB * in_a_room(late(far, 0.1))
    guard = EchoGuard()
    assert guard.is_echo(heard(echo, 1.3), played(far, 1.3))
    assert not any(guard.is_echo(heard(user + echo, at), played(far, at)) for at in MOMENTS[1:])


def test_a_louder_sound_is_more_than_the_known_echo() -> None:
    far = voice(1)
    guard = EchoGuard()
    assert guard.is_echo(heard(MINUS_20_DB * far, 1.3), played(far, 1.3))
    assert not guard.is_echo(heard(far, 1.9), played(far, 1.9))


def test_a_faint_trace_is_an_echo_only_where_one_was() -> None:
    far, noise = voice(1), 0.05 * np.random.default_rng(5).standard_normal(4 * ECHO_HZ)
    trace = 0.35 * far + 0.5 * noise
    faint = [at for at in np.arange(1.3, 3.5, 0.05) if not EchoGuard().is_echo(heard(trace, at), played(far, at))]
    assert len(faint) > 3
    guard = EchoGuard()
    assert guard.is_echo(heard(0.5 * far, 1.3), played(far, 1.3))
    assert all(guard.is_echo(heard(trace, at), played(far, at)) for at in faint)


def test_the_way_may_change() -> None:
    far = voice(1)
    guard = EchoGuard()
    assert guard.is_echo(heard(MINUS_20_DB * far, 1.3), played(far, 1.3))
    moved = late(far, 0.6)
    assert guard.is_echo(heard(moved, 1.9), played(far, 1.9))
    assert guard.is_echo(heard(moved, 2.4), played(far, 2.4))


def test_silence_is_no_echo() -> None:
    far = voice(1)
    assert not EchoGuard().is_echo(np.zeros(COMPARED), played(far, 1.3))
    assert not EchoGuard().is_echo(heard(far, 1.3), np.zeros(BEHIND + COMPARED + AHEAD))


def test_nothing_is_compared_with_less_than_itself() -> None:
    far = voice(1)
    assert not EchoGuard().is_echo(heard(far, 1.3), far[: COMPARED - 1])
