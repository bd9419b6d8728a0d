"""English speech by Hibari, a six-million-parameter pupil of Kokoro's.

Owns the voices in one folder and the thread they are computed on. Refuses to know what a conversation is: it speaks one
clause at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vivavoce.engines.inference import InferenceThread, onnx_session, require_files
from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TtsCapabilities
from vivavoce.engines.tts.english import EnglishPhonemes
from vivavoce.engines.tts.phonemes import known_phonemes, phoneme_numbers, spoken_chunks, timed_phonemes
from vivavoce.engines.tts.shaping import TARGET_LEVEL, pause_ms, shaped
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from vivavoce.engines.fair_gate import GateStatistics
    from vivavoce.engines.inference import OnnxSession

__all__ = ["HibariTts"]

_SAMPLE_RATE_HZ = 24_000
_DURATIONS = "/Clip_output_0"
_LONGEST_PHONEMES = 400
_LEVEL = 0.058
"""RMS of the loud parts of what the model gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Voice:
    file: str
    british: bool = False


# The published voices; only "heart" ships with the package. They are complete models of one size.
_VOICES = {
    "heart": _Voice(file="hibari.onnx"),
    "kore": _Voice(file="af_kore.int8.onnx"),
    "fenrir": _Voice(file="am_fenrir_v2.int8.onnx"),
    "emma": _Voice(file="bf_emma.int8.onnx", british=True),
    "fable": _Voice(file="bm_fable.int8.onnx", british=True),
}


class HibariTts:
    """English at 24 kHz, some hundred times as fast as it is spoken, with the duration of every phoneme.

    Args:
        folder: holds hibari.onnx, and any other of Hibari's voices under its published name.
        english: the pronunciation, when another engine has it loaded already.

    Raises:
        ModelError: hibari.onnx is missing or damaged.
    """

    def __init__(self, folder: Path, *, english: EnglishPhonemes | None = None) -> None:
        require_files(folder / "hibari.onnx")
        self._files = {name: folder / voice.file for name, voice in _VOICES.items() if (folder / voice.file).is_file()}
        self._sessions: dict[str, OnnxSession] = {}
        self._english = english or EnglishPhonemes()
        self._thread = InferenceThread("hibari", stage=Stage.TTS)
        self._session(next(iter(self._files)))

    @property
    def capabilities(self) -> TtsCapabilities:
        """English, in the voices that are in the folder."""
        return TtsCapabilities(name="hibari", sample_rate_hz=_SAMPLE_RATE_HZ, voices={"en": tuple(self._files)})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech, a chunk a sentence. Closing the iterator stops the work.

        Raises:
            EngineError: the voice is unknown, the model failed or is gone.
        """
        voice = request.voice or "heart"
        if voice not in self._files:
            raise EngineError("voice_unknown", f"Hibari has no voice {voice!r}.", stage=Stage.TTS)
        british = _VOICES[voice].british
        phonemes = await self._thread.run(lambda: known_phonemes(self._english(request.text, british=british)))
        for chunk in spoken_chunks(phonemes, longest=_LONGEST_PHONEMES):
            yield await self._thread.run(partial(self._spoken, voice, chunk, request.speed))

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the models' thread."""
        await self._thread.aclose()

    def _session(self, voice: str) -> OnnxSession:
        if voice not in self._sessions:
            self._sessions[voice] = onnx_session(self._files[voice], extra_output=_DURATIONS, memory_arena=False)
        return self._sessions[voice]

    def _spoken(self, voice: str, phonemes: str, speed: float) -> SpeechChunk:
        from hibari import dsp

        numbers = phoneme_numbers()
        ids = np.array([[0, *(numbers[phoneme] for phoneme in phonemes), 0]], dtype=np.int64)
        feeds: dict[str, Any] = {"ids": ids, "speed": np.array([speed], dtype=np.float32)}
        *spectra, durations = self._session(voice).run(None, feeds)
        # A fixed seed: the same clause sounds the same each time, and may be kept.
        raw = dsp.synth(*(spectrum[0] for spectrum in spectra), np.random.default_rng(0))
        return shaped(
            raw.astype(np.float32, copy=False),
            sample_rate_hz=_SAMPLE_RATE_HZ,
            gain=TARGET_LEVEL / _LEVEL,
            trailing_ms=pause_ms(phonemes, speed=speed),
            spans=timed_phonemes(phonemes, [int(frames) for frames in durations.reshape(-1)]),
        )
