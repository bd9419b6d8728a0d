"""The Universal Sentence Encoder, multilingual, version 3: a sentence into 512 numbers, in plain numpy.

Owns the network: word embeddings (kept as bytes, turned into floats a sentence at a time), convolutions over 2, 3 and 5
neighbours, the sum over the words, and a residual network on top. Sentences that mean the same lie close together, in
sixteen languages alike. Refuses to know about threads and caches, and where the weights come from. Blocks: about a
millisecond a sentence on one core.

Paper: Y. Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020 (the model behind the
"USE-multilingual" of its table, convolutional). Weights: Google, Apache-2.0.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vivavoce.engines.inference import require_files
from vivavoce.errors import ModelError
from vivavoce.memory.wordpieces import WordPieces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["DIMENSIONS", "SentenceEncoder", "Vectors"]

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 512
_SHARDS = 17
_NEIGHBOURS = ((2, 0), (3, 1), (5, 2))
_GAP = 2
"""Rows of zeros between two sentences: as far as the widest convolution looks to either side."""
_CHANNELS = 256
_PIECES_AT_ONCE = 384
"""Pieces in one pass: enough to share the reading of the weights, few enough for the processor's cache."""
_LONGEST_PIECES = 256
"""What a fact or a question never reaches; a text that does is judged by its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Convolution:
    """Two layers over `width` neighbours, `before` of them to the left."""

    width: int
    before: int
    first: tuple[Vectors, Vectors]
    second: tuple[Vectors, Vectors]

    def __call__(self, words: Vectors, is_word: Vectors) -> Vectors:
        once = (np.maximum(self._gathered(words) @ self.first[0] + self.first[1], 0) + words) * is_word
        twice: Vectors = np.maximum(self._gathered(once) @ self.second[0] + self.second[1], 0) + once
        return twice

    def _gathered(self, words: Vectors) -> Vectors:
        padded = np.pad(words, ((self.before, self.width - 1 - self.before), (0, 0)))
        return np.concatenate([padded[shift : shift + len(words)] for shift in range(self.width)], axis=1)


class SentenceEncoder:
    """The encoder; use it from one thread at a time.

    Args:
        folder: holds `weights.npz` and `sp.model`.

    Raises:
        ModelError: `model_missing`, `model_damaged`.
    """

    def __init__(self, folder: Path) -> None:
        pieces, file = folder / "sp.model", folder / "weights.npz"
        require_files(pieces, file)
        self._pieces = WordPieces(pieces)
        try:
            with np.load(file, allow_pickle=False) as weights:
                self._table = _table(weights)
                self._weights = {name: weights[name] for name in weights.files if not name.startswith("q")}
            self._build()
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise ModelError(
                "model_damaged",
                f"The model file {file} cannot be loaded: {error}.",
                remedy="Run 'vivavoce models verify' and pull the model again.",
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of length 1 for each text; their products are the cosines."""
        sentences = [self._pieces.ids(text[: 8 * _LONGEST_PIECES])[:_LONGEST_PIECES] for text in texts]
        vectors = np.empty((len(sentences), DIMENSIONS), dtype=np.float32)
        begin = 0
        while begin < len(sentences):
            end, pieces = begin + 1, len(sentences[begin])
            while end < len(sentences) and pieces + len(sentences[end]) <= _PIECES_AT_ONCE:
                pieces += len(sentences[end])
                end += 1
            vectors[begin:end] = self._encode(sentences[begin:end])
            begin = end
        return vectors

    def _build(self) -> None:
        weights = self._weights
        orders = [width for width, _ in _NEIGHBOURS]
        self._scale, self._low = weights["scale"], weights["lo"]
        self._tiny = float(weights["eps"])
        self._projection = np.concatenate([weights[f"proj{width}"] for width in orders], axis=1)
        self._projection_bias = np.concatenate([weights[f"proj_b{width}"] for width in orders])
        self._word_norm = tuple(
            np.concatenate([weights[f"{part}{width}"] for width in orders]) for part in ("ln_g", "ln_b")
        )
        self._convolutions = tuple(
            _Convolution(
                width=width,
                before=before,
                first=(weights[f"w1_{width}"], weights[f"b1_{width}"]),
                second=(weights[f"w2_{width}"], weights[f"b2_{width}"]),
            )
            for width, before in _NEIGHBOURS
        )

    def _encode(self, sentences: Sequence[Sequence[int]]) -> Vectors:
        lengths = np.array([len(sentence) for sentence in sentences])
        starts = np.concatenate(([0], np.cumsum(lengths + _GAP)[:-1]))
        pieces = np.zeros(int(starts[-1] + lengths[-1] + _GAP), dtype=np.intp)
        is_word = np.zeros((len(pieces), 1), dtype=np.float32)
        for start, sentence in zip(starts, sentences, strict=True):
            pieces[start : start + len(sentence)] = sentence
            is_word[start : start + len(sentence)] = 1
        words = self._words(pieces)
        features = self._features(words, is_word) * is_word
        return self._sentences(np.add.reduceat(features, starts, axis=0), lengths.astype(np.float32)[:, None])

    def _words(self, pieces: npt.NDArray[np.intp]) -> Vectors:
        shard = pieces % _SHARDS
        words: Vectors = self._table[pieces] * self._scale[shard, None] + self._low[shard, None]
        return words

    def _features(self, words: Vectors, is_word: Vectors) -> Vectors:
        projected = self._normalised(words @ self._projection + self._projection_bias, *self._word_norm) * is_word
        convolved = [
            convolution(projected[:, i * _CHANNELS : (i + 1) * _CHANNELS], is_word)
            for i, convolution in enumerate(self._convolutions)
        ]
        together = np.concatenate([words, *convolved], axis=1)
        return self._normalised(together, self._weights["ln_g"], self._weights["ln_b"])

    def _normalised(self, rows: Vectors, gain: Vectors, bias: Vectors) -> Vectors:
        centred = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.mean(centred * centred, axis=1, keepdims=True) + self._tiny)
        normalised: Vectors = centred / spread * gain + bias
        return normalised

    def _sentences(self, sums: Vectors, lengths: Vectors) -> Vectors:
        weights = self._weights
        pooled = (sums @ weights["cnn_W"] + lengths * weights["cnn_b"]) / np.sqrt(lengths)
        lower = np.maximum(pooled @ weights["p1"] + np.maximum(pooled @ weights["d0"], 0) @ weights["d1"], 0)
        upper = np.tanh(lower @ weights["p3"] + np.maximum(lower @ weights["d2"], 0) @ weights["d3"])
        vectors: Vectors = upper / np.sqrt(np.maximum((upper * upper).sum(axis=1, keepdims=True), self._tiny))
        return vectors


def _table(weights: Mapping[str, npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Return the word embeddings as bytes, a row a piece: piece `p` lies in shard `p` modulo 17."""
    first = weights["q1"]
    table = np.empty((_SHARDS * len(first), first.shape[1]), dtype=np.uint8)
    for shard in range(_SHARDS):
        table[shard::_SHARDS] = weights[f"q{shard + 1}"]
    return table
