"""English speech to text by Moonshine (Useful Sensors, 2024), run by onnxruntime.

Owns the encoder, the greedy search, the judgement of its own result, and a second look at what came out badly. Refuses
to know where an utterance begins and ends: it hears what it is given.

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
from vivavoce.engines.stt.moonshine_decoder import Guess, MoonshineDecoder
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
    tokens: tuple[int, ...] = ()


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
        self._decoder = MoonshineDecoder(decoder, self._marks)
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
        return await self._run(audio, ())

    async def transcribe_onward(self, audio: Samples, heard: Transcript) -> Transcript:
        """Return the words in `audio`; `heard` is an earlier transcript of its beginning.

        Its tokens are checked all at once and kept as far as they are what the model would write now (speculative
        decoding: Y. Leviathan and others, "Fast Inference from Transformers via Speculative Decoding", 2023): with what
        was heard 0.35 s before, a transcript takes 33 ms instead of 62 (median of 65 clips), at the same word errors.

        Raises:
            EngineError: the model failed or is gone.
        """
        return await self._run(audio, heard.tokens)

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()

    async def _run(self, audio: Samples, draft: tuple[int, ...]) -> Transcript:
        interruption = Interruption()
        return await self._thread.run(partial(self._transcribe, audio, draft, interruption), interruption=interruption)

    def _transcribe(self, audio: Samples, draft: tuple[int, ...], interruption: Interruption) -> Transcript:
        clips = list(split_at_quiet(audio, longest_seconds=_LONGEST_SECONDS))
        # Of audio in several parts, nobody knows which of them an earlier transcript was about.
        drafts = [draft if len(clips) == 1 else () for _ in clips]
        parts = [self._words(clip, guess, interruption) for clip, guess in zip(clips, drafts, strict=True)]
        text = " ".join(part.text for part in parts if part.text)
        confidence = min((part.confidence for part in parts if part.text), default=None)
        tokens = parts[0].tokens if len(parts) == 1 else ()
        return Transcript(text=text, language="en", closing=parts[-1].closing, confidence=confidence, tokens=tokens)

    def _words(self, audio: Samples, draft: tuple[int, ...], interruption: Interruption) -> _Hypothesis:
        """Return the surest of up to three hearings; nothing where there is nothing to be sure of."""
        if audio.size < _SHORTEST_SAMPLES or not np.any(audio):
            return _NOTHING
        audio = raised_to_speaking_level(audio.astype(np.float32, copy=False))
        best = _NOTHING
        for before_ms, after_ms in _PADDINGS_MS:
            heard = self._hear(with_silence(audio, before_ms=before_ms, after_ms=after_ms), draft, interruption)
            best = max(best, heard, key=lambda hypothesis: hypothesis.confidence)
            if best.confidence >= _SURE:
                break
        is_noise = best.confidence < _NOT_SPEECH or is_noise_text(best.text)
        return _NOTHING if is_noise else best

    def _hear(self, clip: Samples, draft: tuple[int, ...], interruption: Interruption) -> _Hypothesis:
        mask = np.ones((1, clip.size), dtype=np.int64)
        feeds: dict[str, npt.NDArray[Any]] = {"input_values": clip[np.newaxis], "attention_mask": mask}
        (heard,) = self._encoder.run(None, feeds, interruption.run_options)
        self._decoder.begin(heard, mask)
        most = int(clip.size / _RATE_HZ * _TOKENS_A_SECOND) + 2
        writing = _Writing(self._marks)
        fed = (_START_TOKEN, *draft[:most])
        while len(writing.tokens) < most:
            guesses = self._decoder.step(fed, interruption)
            for place, (token, guess) in enumerate(zip(fed, guesses, strict=True)):
                writing.take(token, guess)
                if guess.token == _END_TOKEN:
                    return self._hypothesis(writing, writing.surprise / (len(writing.tokens) + 1))
                if (loop := loop_start(writing.tokens)) is not None:
                    return _Hypothesis(text=self._spelled(writing.tokens[:loop]), confidence=_NOT_SPEECH)
                if guess.token != next(iter(fed[place + 1 :]), None):
                    self._decoder.forget(len(fed) - place - 1)
                    break
            fed = (writing.tokens[-1],)
        return self._hypothesis(writing, min(writing.surprise / len(writing.tokens), _SURE - 0.1), is_whole=False)

    def _hypothesis(self, writing: _Writing, confidence: float, *, is_whole: bool = True) -> _Hypothesis:
        return _Hypothesis(
            text=self._spelled(writing.tokens),
            confidence=confidence,
            closing=writing.closing if is_whole else None,
            tokens=tuple(writing.tokens),
        )

    def _spelled(self, tokens: list[int]) -> str:
        joined = b"".join(self._pieces[token] for token in tokens).decode("utf-8", errors="ignore")
        return joined.replace("▁", " ").strip()


_NOTHING = _Hypothesis(text="", confidence=-np.inf)


class _Writing:
    """What has been written of one clip, and how surprising it was; `closing` as a hypothesis has it."""

    def __init__(self, marks: Sequence[int]) -> None:
        self._marks = marks
        self.tokens: list[int] = []
        self.surprise = 0.0
        self.closing: float | None = None

    def take(self, before: int, guess: Guess) -> None:
        """Write the token that follows `before`."""
        self.surprise += guess.log_probability
        ends_closed = before in self._marks and guess.token == _END_TOKEN
        self.closing = self.closing if ends_closed else guess.marks_probability
        if guess.token != _END_TOKEN:
            self.tokens.append(guess.token)


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
