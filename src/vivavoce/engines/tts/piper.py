"""Speech in some forty languages by Piper, for those who have installed it.

Owns one voice and its thread. Refuses to know what a conversation is: it speaks one clause at a time. Piper is under
the GPL, so it is an extra that the user asks for, and it is imported only when a voice is opened.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vivavoce.engines.inference import InferenceThread, onnx_session, require_files
from vivavoce.engines.protocols import PhonemeSpan, SpeechChunk, SynthesisRequest, TtsCapabilities
from vivavoce.engines.tts.shaping import TARGET_LEVEL, pause_ms, shaped
from vivavoce.errors import EngineError, ModelError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from vivavoce.engines.fair_gate import GateStatistics

__all__ = ["PiperTts"]

_DURATIONS = "/Ceil_output_0"
"""The inner tensor that holds the duration of every phoneme, in hops."""
_LEVEL = 0.08
"""RMS of the loud parts of what an ordinary voice gives."""
_SILENT_SYMBOLS = frozenset("_^$")


class PiperTts:
    """One Piper voice, with the duration of every phoneme where the model has them.

    Args:
        model: the ONNX file, named as published (`en_US-joe-medium.onnx`); its settings lie beside it as MODEL.json.

    Raises:
        EngineError: `engine_not_installed`, Piper is not there.
        ModelError: the voice is missing or damaged.
    """

    def __init__(self, model: Path) -> None:
        settings = model.with_name(f"{model.name}.json")
        require_files(model, settings)
        self._voice, self._synthesis = _opened(model, settings)
        self._name = model.stem
        self._language = model.stem.replace("_", "-").split("-")[0].lower()
        self._thread = InferenceThread("piper", stage=Stage.TTS)

    @property
    def capabilities(self) -> TtsCapabilities:
        """One voice, in the language its name begins with."""
        return TtsCapabilities(
            name="piper", sample_rate_hz=self._voice.config.sample_rate, voices={self._language: (self._name,)}
        )

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech, a chunk a sentence. Closing the iterator stops the work after the sentence.

        Raises:
            EngineError: the voice is unknown, the model failed or is gone.
        """
        if request.voice not in {"", self._name}:
            raise EngineError("voice_unknown", f"Piper has no voice {request.voice!r} here.", stage=Stage.TTS)
        config = self._synthesis(length_scale=self._voice.config.length_scale / request.speed, normalize_audio=False)
        sentences = iter(self._voice.synthesize(request.text, syn_config=config, include_alignments=True))
        while (sentence := await self._thread.run(partial(next, sentences, None))) is not None:
            yield await self._thread.run(partial(_chunk, sentence, request.speed))

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()


def _opened(model: Path, settings: Path) -> tuple[Any, Any]:
    """Return the vendor's voice around a session of ours, and the class of its settings."""
    try:
        from piper import PiperConfig, PiperVoice, SynthesisConfig
    except ImportError as error:
        raise EngineError(
            "engine_not_installed",
            "Piper is not installed.",
            remedy="Run: pip install 'vivavoce[piper]'",
            stage=Stage.TTS,
        ) from error
    try:
        config = PiperConfig.from_dict(json.loads(settings.read_text(encoding="utf-8")))
    except (ValueError, KeyError) as error:
        raise ModelError("model_damaged", f"The voice settings {settings} cannot be read: {error}") from error
    has_durations = _DURATIONS.encode() in model.read_bytes()
    session = onnx_session(model, extra_output=_DURATIONS if has_durations else "", memory_arena=False)
    return PiperVoice(session=session, config=config, download_dir=model.parent), SynthesisConfig


def _chunk(sentence: Any, speed: float) -> SpeechChunk:
    spans = [
        PhonemeSpan(
            phoneme="" if alignment.phoneme in _SILENT_SYMBOLS else alignment.phoneme,
            samples=int(alignment.num_samples),
        )
        for alignment in sentence.phoneme_alignments or ()
    ]
    return shaped(
        np.asarray(sentence.audio_float_array, dtype=np.float32),
        sample_rate_hz=sentence.sample_rate,
        gain=TARGET_LEVEL / _LEVEL,
        trailing_ms=pause_ms("".join(sentence.phonemes), speed=speed),
        spans=spans,
    )
