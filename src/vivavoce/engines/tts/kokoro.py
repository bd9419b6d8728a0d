"""Mandarin and English speech by Kokoro-82M.

Owns the model, its voices' style vectors and the thread they are computed on. Refuses to know what a conversation is:
it speaks one clause at a time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vivavoce.engines.inference import InferenceThread, Interruption, onnx_session, require_files
from vivavoce.engines.protocols import SpeechChunk, SynthesisRequest, TtsCapabilities
from vivavoce.engines.tts.english import EnglishPhonemes
from vivavoce.engines.tts.kokoro_voices import ORDINARY_LEVEL, VOICE_LEVELS, language_of, offered
from vivavoce.engines.tts.mandarin import MandarinPhonemes
from vivavoce.engines.tts.phonemes import known_phonemes, phoneme_numbers, spoken_chunks, timed_phonemes
from vivavoce.engines.tts.shaping import TARGET_LEVEL, pause_ms, shaped
from vivavoce.errors import EngineError, ModelError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.fair_gate import GateStatistics

__all__ = ["KokoroTts"]

_SAMPLE_RATE_HZ = 24_000
_DURATIONS = "/encoder/Clip_output_0"
_STYLES, _STYLE_VALUES = 510, 256
"""One style vector for every number of phonemes: the model's limit is 510."""


class KokoroTts:
    """Mandarin and English at 24 kHz, with the duration of every phoneme.

    Args:
        model: the ONNX file.
        voices: folder of style vectors, VOICE.bin each.
        english: the pronunciation, when another engine has it loaded already.
        threads: cores one clause may use; it takes a quarter of its own length on one.

    Raises:
        ModelError: the model is missing or damaged, or no voice is there.
    """

    def __init__(self, model: Path, voices: Path, *, english: EnglishPhonemes | None = None, threads: int = 2) -> None:
        self._session = onnx_session(model, extra_output=_DURATIONS, memory_arena=False, threads=threads)
        self._voices_folder = voices
        self._voices = offered([file.stem for file in voices.glob("*.bin")])
        if not self._voices:
            require_files(voices / "zf_xiaoxiao.bin")
        self._styles: dict[str, npt.NDArray[np.float32]] = {}
        self._english = english or EnglishPhonemes()
        self._mandarin = MandarinPhonemes(self._english, cache_folder=model.parent)
        self._thread = InferenceThread("kokoro", stage=Stage.TTS, deadline_seconds=60.0)

    @property
    def capabilities(self) -> TtsCapabilities:
        """Mandarin and English, in the voices that are in the folder."""
        return TtsCapabilities(name="kokoro-82m", sample_rate_hz=_SAMPLE_RATE_HZ, voices=dict(self._voices))

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech, a chunk a sentence. Closing the iterator stops the work.

        Raises:
            EngineError: the voice or the language is unknown, the model failed or is gone.
        """
        voice = self._chosen(request)
        phonemes = await self._thread.run(partial(self._phonemes, request.text, voice))
        for chunk in spoken_chunks(phonemes, longest=_STYLES):
            interruption = Interruption()
            work = partial(self._spoken, voice, chunk, request.speed, interruption)
            yield await self._thread.run(work, interruption=interruption)

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()

    def _chosen(self, request: SynthesisRequest) -> str:
        of_language = self._voices.get(request.language.split("-")[0].lower(), ())
        if request.voice and not any(request.voice in names for names in self._voices.values()):
            raise EngineError("voice_unknown", f"Kokoro has no voice {request.voice!r}.", stage=Stage.TTS)
        if not request.voice and not of_language:
            raise EngineError("language_unknown", f"Kokoro has no voice for {request.language!r}.", stage=Stage.TTS)
        return request.voice or of_language[0]

    def _phonemes(self, text: str, voice: str) -> str:
        if language_of(voice) == "zh":
            return known_phonemes(self._mandarin(text))
        return known_phonemes(self._english(text, british=voice.startswith("b")))

    def _style(self, voice: str, phonemes: int) -> npt.NDArray[np.float32]:
        if voice not in self._styles:
            file = self._voices_folder / f"{voice}.bin"
            values = np.fromfile(file, dtype="<f4")
            if values.size != _STYLES * _STYLE_VALUES:
                raise ModelError("model_damaged", f"The voice {file} is damaged.", remedy="Pull the model again.")
            self._styles[voice] = values.astype(np.float32).reshape(_STYLES, 1, _STYLE_VALUES)
        style: npt.NDArray[np.float32] = self._styles[voice][min(phonemes, _STYLES - 1)]
        return style

    def _spoken(self, voice: str, phonemes: str, speed: float, interruption: Interruption) -> SpeechChunk:
        numbers = phoneme_numbers()
        feeds: dict[str, Any] = {
            "tokens": np.array([[0, *(numbers[phoneme] for phoneme in phonemes), 0]], dtype=np.int64),
            "style": self._style(voice, len(phonemes)),
            "speed": np.array([speed], dtype=np.float32),
        }
        raw, durations = self._session.run(None, feeds, interruption.run_options)
        return shaped(
            raw,
            sample_rate_hz=_SAMPLE_RATE_HZ,
            gain=TARGET_LEVEL / VOICE_LEVELS.get(voice, ORDINARY_LEVEL),
            trailing_ms=pause_ms(phonemes, speed=speed),
            spans=timed_phonemes(phonemes, [int(frames) for frames in durations.reshape(-1)]),
        )
