"""English speech to text by Moonshine (Useful Sensors, 2024), run by onnxruntime.

Owns the encoder, the greedy decoder with its key-value cache, the judgement of its own result, and a second look at
what came out badly. Refuses to know where an utterance begins and ends: it hears what it is given.

The vendor's own library would do, but hears every clip with two threads and its own voice detector, tells nothing of
its confidence, and takes 1.3 to 1.7 times as long (measured on 55 clips of two seconds to twelve).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from vivavoce.engines.inference import InferenceThread, Interruption, onnx_session, require_files
from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.engines.stt.clips import raised_to_speaking_level, split_at_quiet, with_silence
from vivavoce.engines.stt.hallucination import is_noise_text, loop_start
from vivavoce.errors import ModelError, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.fair_gate import GateStatistics
    from vivavoce.engines.protocols import Samples

__all__ = ["MoonshineStt"]

_RATE_HZ = 16_000
_LONGEST_SECONDS = 25.0
_SHORTEST_SAMPLES = _RATE_HZ // 50
_START_TOKEN, _END_TOKEN = 1, 2
_CLOSING_MARKS = (b".", b"?", b"!")
_TOKENS_A_SECOND = 6.5
"""Above the fastest speech: a clip that needs more is being made up."""
_KEY_VALUE_HEADS, _KEY_VALUE_WIDTH = 8, 36

_PADDINGS_MS = ((100, 300), (300, 300), (200, 800))
"""Silence before and after a clip, tried in turn until the words are sure: bare syllables confuse the model."""
_SURE = -0.4
_NOT_SPEECH = -1.1
"""Mean log-probability of a token. Recorded sentences lie above -0.3, made-up words on noise mostly below -0.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hypothesis:
    """Words and how sure the model is of them: the mean log-probability of its tokens, minus infinity for a loop.

    `closing` is P(a mark that ends a sentence) behind the last word; None where the model was not asked that far.
    """

    text: str
    confidence: float
    closing: float | None = None


class MoonshineStt:
    """Moonshine tiny or base for English; `folder` holds encoder_model.ort, decoder_model_merged.ort, tokenizer.bin.

    Raises:
        ModelError: a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        encoder, decoder, tokenizer = (
            folder / name for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")
        )
        require_files(encoder, decoder, tokenizer)
        self._encoder = onnx_session(encoder, memory_arena=False)
        self._pieces = _read_pieces(tokenizer)
        self._marks = [token for token, piece in enumerate(self._pieces) if piece in _CLOSING_MARKS]
        self._decoder = _Decoder(decoder, self._marks)
        self._thread = InferenceThread("moonshine", stage=Stage.STT)

    @property
    def capabilities(self) -> SttCapabilities:
        """English only."""
        return SttCapabilities(name="moonshine-tiny-en", languages=frozenset({"en"}))

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the English words in `audio` (16 kHz mono); `language` and `prompt` change nothing.

        Raises:
            EngineError: the model failed or is gone.
        """
        interruption = Interruption()
        return await self._thread.run(partial(self._transcribe, audio, interruption), interruption=interruption)

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()

    def _transcribe(self, audio: Samples, interruption: Interruption) -> Transcript:
        parts = [self._words(part, interruption) for part in split_at_quiet(audio, longest_seconds=_LONGEST_SECONDS)]
        text = " ".join(part.text for part in parts if part.text)
        confidence = min((part.confidence for part in parts if part.text), default=None)
        return Transcript(text=text, language="en", closing=parts[-1].closing, confidence=confidence)

    def _words(self, audio: Samples, interruption: Interruption) -> _Hypothesis:
        """Return the surest of up to three hearings; nothing where there is nothing to be sure of."""
        if audio.size < _SHORTEST_SAMPLES or not np.any(audio):
            return _NOTHING
        audio = raised_to_speaking_level(audio.astype(np.float32, copy=False))
        best = _NOTHING
        for before_ms, after_ms in _PADDINGS_MS:
            heard = self._hear(with_silence(audio, before_ms=before_ms, after_ms=after_ms), interruption)
            best = max(best, heard, key=lambda hypothesis: hypothesis.confidence)
            if best.confidence >= _SURE:
                break
        is_noise = best.confidence < _NOT_SPEECH or is_noise_text(best.text)
        return _NOTHING if is_noise else best

    def _hear(self, clip: Samples, interruption: Interruption) -> _Hypothesis:
        mask = np.ones((1, clip.size), dtype=np.int64)
        feeds: dict[str, npt.NDArray[Any]] = {"input_values": clip[np.newaxis], "attention_mask": mask}
        (heard,) = self._encoder.run(None, feeds, interruption.run_options)
        self._decoder.begin(heard, mask)
        tokens: list[int] = []
        surprise = 0.0
        closing: float | None = None
        token = _START_TOKEN
        for _ in range(int(clip.size / _RATE_HZ * _TOKENS_A_SECOND) + 2):
            is_closed = token in self._marks
            token, log_probability, marks_probability = self._decoder.step(token, interruption)
            surprise += log_probability
            closing = closing if is_closed and token == _END_TOKEN else marks_probability
            if token == _END_TOKEN:
                confidence = surprise / (len(tokens) + 1)
                return _Hypothesis(text=self._spelled(tokens), confidence=confidence, closing=closing)
            tokens.append(token)
            if (loop := loop_start(tokens)) is not None:
                return _Hypothesis(text=self._spelled(tokens[:loop]), confidence=_NOT_SPEECH)
        return _Hypothesis(text=self._spelled(tokens), confidence=min(surprise / len(tokens), _SURE - 0.1))

    def _spelled(self, tokens: list[int]) -> str:
        joined = b"".join(self._pieces[token] for token in tokens).decode("utf-8", errors="ignore")
        return joined.replace("▁", " ").strip()


_NOTHING = _Hypothesis(text="", confidence=-np.inf)


class _Decoder:
    """The merged decoder graph, one token a step; its cache belongs to the clip begun last."""

    def __init__(self, model: Path, marks: Sequence[int]) -> None:
        self._marks = list(marks)
        self._session = onnx_session(model, memory_arena=False)
        self._caches = [entry.name for entry in self._session.get_inputs() if entry.name.startswith("past_key_values")]
        outputs = [entry.name for entry in self._session.get_outputs()]
        self._first_outputs = outputs
        self._next_outputs = [name for name in outputs if ".encoder." not in name]
        self._feeds: dict[str, npt.NDArray[Any]] = {}

    def begin(self, heard: npt.NDArray[np.float32], mask: npt.NDArray[np.int64]) -> None:
        """Forget the clip before; `heard` is the encoder's output, `mask` one for every sample."""
        self._feeds = {
            "encoder_hidden_states": heard,
            "encoder_attention_mask": mask,
            "use_cache_branch": np.array([False]),
        }
        for name in self._caches:
            length = 0 if ".decoder." in name else heard.shape[1]
            self._feeds[name] = np.zeros((1, _KEY_VALUE_HEADS, length, _KEY_VALUE_WIDTH), dtype=np.float32)

    def step(self, token: int, interruption: Interruption) -> tuple[int, float, float]:
        """Return the likeliest token after `token`, its log-probability, and the probability of a closing mark."""
        is_first = not self._feeds["use_cache_branch"][0]
        names = self._first_outputs if is_first else self._next_outputs
        self._feeds["input_ids"] = np.array([[token]], dtype=np.int64)
        logits, *caches = self._session.run(names, self._feeds, interruption.run_options)
        for name, cache in zip(names[1:], caches, strict=True):
            self._feeds[name.replace("present", "past_key_values")] = cache
        self._feeds["use_cache_branch"] = np.array([True])
        scores = logits[0, -1]
        best = int(scores.argmax())
        weights = np.exp(scores - scores[best])
        total = float(weights.sum())
        return best, -float(np.log(total)), float(weights[self._marks].sum()) / total


def _read_pieces(file: Path) -> list[bytes]:
    """Read the vocabulary: each piece behind its length, one byte, or two (low seven bits first) from 128 on."""
    data = file.read_bytes()
    pieces: list[bytes] = []
    position = 0
    while position < len(data):
        length = data[position]
        position += 1
        if length >= 0x80:
            length += 0x80 * (data[position] - 1) if position < len(data) else 0
            position += 1
        pieces.append(data[position : position + length])
        position += length
    if position != len(data):
        raise ModelError(
            "model_damaged", f"The vocabulary {file} breaks off.", remedy="Run 'vivavoce models verify' and pull again."
        )
    return pieces
