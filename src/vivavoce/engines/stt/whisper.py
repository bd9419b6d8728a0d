"""Speech to text in any language by Whisper (Radford et al., 2022), run by CTranslate2.

Owns how much of the thirty-second window is encoded, the language, and what is done when the model loses the thread.
Refuses to know where an utterance begins and ends: it hears what it is given.

Whisper was trained on windows of thirty seconds, and encoding one costs ten times what a short utterance is worth. It
follows as well when only a little silence comes after the words (same word errors at a fifth of the time on 29 prompts
of two to ten seconds); a clip that goes wrong is heard again in a longer window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import tokenizers

from vivavoce.engines.inference import InferenceThread, Interruption, require_files
from vivavoce.engines.log_mel import FRAMES_A_SECOND, HALF_WINDOW_SAMPLES, HOP_SAMPLES, compressed, log_mel
from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.engines.stt.clips import raised_to_speaking_level, split_at_quiet
from vivavoce.engines.stt.hallucination import is_noise_text, loop_start, rounds
from vivavoce.errors import ModelError, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vivavoce.engines.fair_gate import GateStatistics
    from vivavoce.engines.protocols import Samples

__all__ = ["WhisperStt"]

_RATE_HZ = 16_000
_LONGEST_SECONDS = 15.0
_SHORTEST_SAMPLES = _RATE_HZ // 50
_TAIL_SECONDS, _LONGER_TAIL_SECONDS, _WHOLE_WINDOW_SECONDS = 3.0, 8.0, 30.0
"""Silence after the words at first, when they come out badly, and the window to fall back on."""
_LEAD_SECONDS = 0.3
"""Silence before the words: a first syllable at the very start is misheard (21 wrong characters of 444, 14 with it)."""
_TOKENS_A_SECOND, _TOKENS_MORE = 12.0, 6
"""Above the fastest speech in the wordiest script: a clip that needs more is being made up."""
_REPEATED = 1.6
"""Rounds from which a first hearing is doubted: before little silence the model says short sentences twice. People do
too, so a second hearing that repeats is believed."""
_LONGEST_PROMPT_TOKENS = 100
_SURE = -1.0
_SILENT = 0.6
"""Mean log-probability of a token, and probability of no speech: the thresholds of the Whisper paper (section 4.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hypothesis:
    """Words, how sure the model is of them, and whether they can have been said in the time."""

    text: str
    confidence: float
    no_speech: float
    is_plausible: bool


class WhisperStt:
    """Any Whisper in CTranslate2's format, of any size.

    Args:
        folder: the model: model.bin, config.json, tokenizer.json, vocabulary.txt (large-v3 and its kin: .json).
        threads: cores a transcription may use.

    Raises:
        ModelError: a file is missing or damaged.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        import ctranslate2

        vocabulary = "vocabulary.json" if (folder / "vocabulary.json").is_file() else "vocabulary.txt"
        require_files(*(folder / name for name in ("model.bin", "config.json", "tokenizer.json", vocabulary)))
        self._name = folder.name
        try:
            self._model: Any = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
            )
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise ModelError(
                "model_damaged",
                f"The Whisper model in {folder} cannot be loaded: {error}",
                remedy="Run 'vivavoce models verify' and pull the model again.",
            ) from error
        self._view_of = ctranslate2.StorageView.from_array
        self._vocabulary = self._tokenizer.get_vocab()
        marks = (re.fullmatch(r"<\|([a-z]{2,3})\|>", token) for token in self._vocabulary)
        # The English-only sizes have the marks of all languages and were trained with none of them.
        self._is_multilingual = bool(self._model.is_multilingual)
        self._languages = frozenset(mark[1] for mark in marks if mark) if self._is_multilingual else frozenset({"en"})
        self._thread = InferenceThread("whisper", stage=Stage.STT)

    @property
    def capabilities(self) -> SttCapabilities:
        """The languages of the model's own vocabulary."""
        return SttCapabilities(name=self._name, languages=self._languages)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words in `audio` (16 kHz mono); `prompt` is text that might have come before.

        `language` is an ISO 639-1 code, with or without a region; None, or one the model does not know, is detected.
        Chinese is written in simplified characters unless the region is written in traditional ones.

        Raises:
            EngineError: the model failed or is gone.
        """
        interruption = Interruption()
        work = partial(self._transcribe, audio, language, prompt, interruption)
        return await self._thread.run(work, interruption=interruption)

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()

    def _transcribe(self, audio: Samples, tag: str | None, prompt: str, interruption: Interruption) -> Transcript:
        language = tag.split("-")[0].lower() if tag else ""
        heard: list[_Hypothesis] = []
        for part in split_at_quiet(audio.astype(np.float32, copy=False), longest_seconds=_LONGEST_SECONDS):
            if part.size < _SHORTEST_SAMPLES or not np.any(part):
                continue
            if language not in self._languages:
                language = self._detected(part) if self._is_multilingual else "en"
            hear = partial(self._hear, raised_to_speaking_level(part), language, prompt, interruption)
            best = _best_hearing(hear, _LEAD_SECONDS + part.size / _RATE_HZ)
            if best is not None:
                heard.append(best)
        text = ("" if language in {"zh", "yue", "ja"} else " ").join(best.text for best in heard)
        if language == "zh" and not _writes_traditional(tag or ""):
            text = _simplifier().convert(text)
        confidence = min((best.confidence for best in heard), default=None)
        return Transcript(text=text, language=language, confidence=confidence)

    def _detected(self, clip: Samples) -> str:
        ((mark, _), *_) = self._model.detect_language(
            self._encoded(clip, _LEAD_SECONDS + clip.size / _RATE_HZ + _TAIL_SECONDS)
        )[0]
        return str(mark).strip("<|>")

    def _hear(
        self, clip: Samples, language: str, prompt: str, interruption: Interruption, window_seconds: float
    ) -> _Hypothesis:
        interruption.check()
        seconds = clip.size / _RATE_HZ
        marks = self._marks(language, prompt)
        most = int(seconds * _TOKENS_A_SECOND) + _TOKENS_MORE
        (result,) = self._model.generate(
            self._encoded(clip, window_seconds),
            [marks],
            beam_size=1,
            max_length=min(len(marks) + most, 448),
            return_scores=True,
            return_no_speech_prob=True,
        )
        tokens: list[int] = result.sequences_ids[0]
        loop = loop_start(tokens)
        text = str(self._tokenizer.decode(tokens[:loop])).strip()
        return _Hypothesis(
            text=text,
            confidence=float(result.scores[0]),
            no_speech=float(result.no_speech_prob),
            is_plausible=loop is None and len(tokens) < most,
        )

    def _marks(self, language: str, prompt: str) -> list[int]:
        """Return the tokens that tell the decoder what to do: earlier text, language, no time marks."""
        task = [f"<|{language}|>", "<|transcribe|>"] if self._is_multilingual else []
        names = ["<|startoftranscript|>", *task, "<|notimestamps|>"]
        marks = [self._vocabulary[name] for name in names]
        if not prompt:
            return marks
        earlier = self._tokenizer.encode(f" {prompt.strip()}", add_special_tokens=False).ids
        return [self._vocabulary["<|startofprev|>"], *earlier[-_LONGEST_PROMPT_TOKENS:], *marks]

    def _encoded(self, clip: Samples, window_seconds: float) -> Any:
        """Run the encoder on `clip` between silences, `window_seconds` in all."""
        frames = 2 * round(min(window_seconds, _WHOLE_WINDOW_SECONDS) * FRAMES_A_SECOND / 2)  # the encoder halves them
        padded = np.zeros(frames * HOP_SAMPLES, dtype=np.float32)
        lead = int(_LEAD_SECONDS * _RATE_HZ)
        padded[lead : lead + clip.size] = clip[: padded.size - lead]
        signal = np.pad(padded, HALF_WINDOW_SAMPLES, mode="reflect")
        features = compressed(log_mel(signal, bands=self._model.n_mels)[:, :frames])
        return self._model.encode(self._view_of(np.ascontiguousarray(features[np.newaxis])))


def _best_hearing(hear: Callable[[float], _Hypothesis], seconds: float) -> _Hypothesis | None:
    """Return the best of up to three hearings in ever longer windows; None where it is what stands for noise."""
    best = hear(seconds + _TAIL_SECONDS)
    is_doubled = rounds(best.text) >= _REPEATED
    if is_doubled or not best.is_plausible or best.confidence < _SURE:
        again = hear(seconds + _LONGER_TAIL_SECONDS)
        best = again if is_doubled else max(best, again, key=_rank)
    if not best.is_plausible:
        best = max(best, hear(_WHOLE_WINDOW_SECONDS), key=_rank)
    is_silence = best.no_speech > _SILENT and best.confidence < _SURE
    return None if is_silence or not best.text or is_noise_text(best.text) else best


def _rank(hypothesis: _Hypothesis) -> tuple[bool, float]:
    """Order what can have been said above what cannot, then by confidence."""
    return hypothesis.is_plausible, hypothesis.confidence


def _writes_traditional(tag: str) -> bool:
    return bool({"hant", "tw", "hk", "mo"} & set(tag.lower().split("-")))


@cache
def _simplifier() -> Any:
    import opencc  # reads its dictionaries for 60 ms: only when Chinese is heard

    return opencc.OpenCC("t2s")
