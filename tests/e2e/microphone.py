"""Recordings for a microphone to play: timelines of speech in silence."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vivavoce.audio.files import decode_file, write_wav
from vivavoce.audio.pcm import Samples
from vivavoce.audio.resample import resample
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.tts.hibari import HibariTts

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

__all__ = ["Clip", "Voice", "clip_of", "write_timeline"]

RATE_HZ = 48_000
"""What Chromium's fake microphone runs at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Someone saying `words`, at `RATE_HZ`."""

    words: str
    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE_HZ


class Voice:
    """Says anything in English, with the engine and the weights that every installation has."""

    def __init__(self, portal: BlockingPortal) -> None:
        self._portal = portal
        self._engine = HibariTts(Path(str(resources.files("hibari"))) / "assets")
        self._said: dict[str, Clip] = {}

    def says(self, words: str) -> Clip:
        """Return the words spoken; the same words always sound the same."""
        if words not in self._said:
            self._said[words] = self._portal.call(self._speak, words)
        return self._said[words]

    def close(self) -> None:
        self._portal.call(self._engine.aclose)

    async def _speak(self, words: str) -> Clip:
        request = SynthesisRequest(text=words, language="en")
        chunks = [chunk.audio async for chunk in self._engine.synthesize(request)]
        return Clip(words=words, samples=resample(np.concatenate(chunks), 24_000, RATE_HZ))


def clip_of(file: Path, words: str) -> Clip:
    """Return a recording of a person."""
    samples, rate_hz = decode_file(file)
    return Clip(words=words, samples=resample(samples, rate_hz, RATE_HZ))


def write_timeline(file: Path, *moments: tuple[float, Clip]) -> Path:
    """Write a recording in which each clip begins at its moment (seconds from the start), with silence around them."""
    ends = [at + clip.seconds for at, clip in moments]
    line = np.zeros(int(RATE_HZ * (max(ends, default=0.0) + 1.0)), dtype=np.float32)
    for at, clip in moments:
        begin = int(RATE_HZ * at)
        line[begin : begin + len(clip.samples)] += clip.samples
    write_wav(file, line, RATE_HZ)
    return file
