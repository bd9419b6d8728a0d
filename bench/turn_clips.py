"""Pauses put into recordings, for measuring whether a pause is taken for the end.

Owns where they are put (at the marks of turns.json, right after a function word, and at the longest quiet place inside
a recording) and what fills them: noise as faint as the recording's own. Refuses to know who judges them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from vivavoce.audio.pcm import Samples
from vivavoce.client.recordings import speech_span_seconds

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

__all__ = ["RATE_HZ", "Place", "last_sound_sample", "places", "room_noise"]

RATE_HZ = 16_000
_FRAME = RATE_HZ // 100

_SOUND_DB = 35.0
_QUIET_DB = 30.0
_QUIET_FRAMES = 12
_MARGIN_FRAMES = 2
_FAR_FROM_START, _FAR_FROM_END = 60, 50
"""10 ms frames: a place closer to either end of the speech has too few words before or after it."""

_FAINTEST_PART = 50
_LOUDEST_NOISE = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a recording pauses or ends.

    Attributes:
        name: the recording.
        kind: `end`, `marked` (a pause after a function word), or `natural` (a pause where the speaker made one).
        before: the audio up to there, 16 kHz; of an end, the whole recording.
        after: what the speaker goes on with; nothing at an end.
        speech_end_seconds: where the last speech before it ends.
    """

    name: str
    kind: str
    before: Samples
    after: Samples
    speech_end_seconds: float


def places(speech: Path) -> list[Place]:
    """Return every place of every recording that turns.json names.

    Raises:
        SystemExit: there is no turns.json in `speech`.
    """
    marks = speech / "turns.json"
    if not marks.is_file():
        raise SystemExit(f"There is no turns.json in {speech}; give the recordings' folder with --speech.")
    found: list[Place] = []
    for mark in json.loads(marks.read_text(encoding="utf-8")):
        audio, _ = soundfile.read(speech / mark["path"], dtype="float32")
        name = str(mark["path"])
        if mark["whole"]:
            found.append(_end(name, audio))
        if mark["splice_s"] is not None:
            splice = int(mark["splice_s"] * RATE_HZ)
            found.append(_pause(name, "marked", audio, (splice, splice)))
        if (quiet := _quiet_place(audio)) is not None:
            found.append(_pause(name, "natural", audio, quiet))
    return found


def room_noise(recording: Samples, samples: int, *, seed: int) -> Samples:
    """Return noise as faint as the faintest fiftieth of a recording."""
    levels = np.sort(_levels(recording))
    level = float(np.mean(levels[: max(3, len(levels) // _FAINTEST_PART)]))
    noise = np.random.default_rng(seed).standard_normal(samples) * min(level, _LOUDEST_NOISE)
    return noise.astype(np.float32)


def last_sound_sample(audio: Samples) -> int:
    """Return the end of the last 10 ms that is within 35 dB of the loudest one."""
    levels = _levels(audio)
    return (int(np.flatnonzero(levels > levels.max() * 10 ** (-_SOUND_DB / 20))[-1]) + 1) * _FRAME


def _end(name: str, audio: Samples) -> Place:
    nothing = np.zeros(0, np.float32)
    return Place(
        name=name, kind="end", before=audio, after=nothing, speech_end_seconds=speech_span_seconds(audio, RATE_HZ)[1]
    )


def _pause(name: str, kind: str, audio: Samples, quiet: tuple[int, int]) -> Place:
    start, stop = quiet
    return Place(name=name, kind=kind, before=audio[:start], after=audio[stop:], speech_end_seconds=start / RATE_HZ)


def _quiet_place(audio: Samples) -> tuple[int, int] | None:
    """Return the longest stretch of 120 ms or more that is 30 dB under the loud parts, inside the speech.

    20 ms of it are left on either side, to what fades and what begins.
    """
    levels = _levels(audio)
    quiet = levels < np.percentile(levels, 95) * 10 ** (-_QUIET_DB / 20)
    last = round(speech_span_seconds(audio, RATE_HZ)[1] * RATE_HZ) // _FRAME
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    stretches = [
        (int(stop - start), int(start), int(stop))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
        if start >= _FAR_FROM_START and stop <= last - _FAR_FROM_END and stop - start >= _QUIET_FRAMES
    ]
    if not stretches:
        return None
    _, start, stop = max(stretches)
    return (start + _MARGIN_FRAMES) * _FRAME, (stop - _MARGIN_FRAMES) * _FRAME


def _levels(audio: Samples) -> npt.NDArray[np.float64]:
    frames = audio[: audio.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels: npt.NDArray[np.float64] = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1))
    return levels
