"""What a voice model's raw audio needs before it is speech: its silence cut, its loudness set, its phonemes timed.

Owns samples and spans, the same for every voice. Refuses to know any model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vivavoce.engines.protocols import PhonemeSpan, SpeechChunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from vivavoce.engines.protocols import Samples

__all__ = ["TARGET_LEVEL", "pause_ms", "shaped"]

TARGET_LEVEL = 0.12
"""RMS of the loud parts, -18 dB full scale: where spoken assistants usually lie, with room for peaks."""
_KNEE = 0.7
"""Peaks above it are bent, so that none clips whatever the gain."""
_BLOCK_MS = 5
_AUDIBLE = 10 ** (-42 / 20)
"""A block this far below the loudest is silence; the onset of an f lies some 35 dB below a vowel."""
_BEFORE_ONSET_MS = 20
_RAMP_MS = 5

_SENTENCE_MARKS, _CLAUSE_MARKS = frozenset(".!?…。！？"), frozenset(",;:—，、；：")
_SENTENCE_PAUSE_MS, _CLAUSE_PAUSE_MS, _WORD_PAUSE_MS = 300, 150, 40


def pause_ms(text: str, *, speed: float = 1.0) -> int:
    """Return how long to be silent after `text`, by its last mark: a full stop, a comma, or a word cut short."""
    last = text.rstrip(" \"'”’)）」』")[-1:]
    if last in _SENTENCE_MARKS:
        pause = _SENTENCE_PAUSE_MS
    elif last in _CLAUSE_MARKS:
        pause = _CLAUSE_PAUSE_MS
    else:
        pause = _WORD_PAUSE_MS
    return round(pause / speed)


def shaped(
    raw: Samples, *, sample_rate_hz: int, gain: float, trailing_ms: int, spans: Sequence[PhonemeSpan] = ()
) -> SpeechChunk:
    """Return speech that begins 20 ms before its first sound and ends `trailing_ms` after its last.

    Models put 200 to 400 ms of silence in front, which a listener would wait through. `spans` cover `raw`; they are cut
    and lengthened with it. The gain is the voice's own and always the same, so that clauses do not differ in loudness.
    """
    start, stop = _audible(raw, sample_rate_hz)
    start = max(0, start - _BEFORE_ONSET_MS * sample_rate_hz // 1000)
    wanted = stop + trailing_ms * sample_rate_hz // 1000
    audio = _limited(raw[start:wanted] * np.float32(gain))
    ramp = np.linspace(0.0, 1.0, min(_RAMP_MS * sample_rate_hz // 1000, audio.size // 2), dtype=np.float32)
    audio[: ramp.size] *= ramp
    audio[audio.size - ramp.size :] *= ramp[::-1]
    missing = max(0, wanted - raw.size)
    return SpeechChunk(audio=np.pad(audio, (0, missing)), phonemes=_cut_spans(spans, start, wanted, missing, raw.size))


def _audible(raw: Samples, sample_rate_hz: int) -> tuple[int, int]:
    """Return where sound begins and ends; nothing of a silent clip is audible."""
    block = _BLOCK_MS * sample_rate_hz // 1000
    peaks = np.abs(raw[: raw.size // block * block]).reshape(-1, block).max(axis=1, initial=0.0)
    loud = np.flatnonzero(peaks > max(peaks.max(initial=0.0) * _AUDIBLE, 1e-5))
    return (int(loud[0]) * block, int(loud[-1] + 1) * block) if loud.size else (0, 0)


def _limited(audio: Samples) -> Samples:
    magnitude = np.abs(audio)
    if magnitude.max(initial=0.0) <= _KNEE:
        return audio
    room = 1.0 - _KNEE
    bent = _KNEE + room * np.tanh((magnitude - _KNEE) / room)
    result: npt.NDArray[np.float32] = np.where(magnitude > _KNEE, np.copysign(bent, audio), audio).astype(np.float32)
    return result


def _cut_spans(
    spans: Sequence[PhonemeSpan], start: int, stop: int, missing: int, raw_samples: int
) -> tuple[PhonemeSpan, ...]:
    """Keep what of the spans lies between two samples; the last one, silence, is lengthened by what is missing."""
    if not spans or sum(span.samples for span in spans) != raw_samples:
        return ()
    edges = np.clip(np.cumsum([0, *(span.samples for span in spans)]), start, min(stop, raw_samples))
    lengths = np.diff(edges).tolist()
    lengths[-1] += missing
    return tuple(
        PhonemeSpan(phoneme=span.phoneme, samples=samples)
        for span, samples in zip(spans, lengths, strict=True)
        if samples
    )
