"""Texts into vectors, off the event loop.

Owns the encoder's one thread, its loading at first use, and the vectors of what was asked for lately. Refuses to know
what the texts are: a fact and a question are encoded alike.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vivavoce.engines.inference import InferenceThread
from vivavoce.errors import Stage
from vivavoce.memory.sentence_encoder import SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vivavoce.memory.sentence_encoder import Vectors

__all__ = ["Embedder", "SentenceEmbedder"]

_KEPT_TEXTS = 512
_DEADLINE_SECONDS = 10.0
_AT_ONCE = 64
"""Texts encoded before someone else gets their turn: some 30 ms of work."""


class Embedder(Protocol):
    """Turns texts into vectors of length 1, close together where the texts mean the same."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text.

        Raises:
            EngineError: the encoder failed or is closed.
            ModelError: its weights are missing or damaged.
        """
        ...

    def forget(self) -> None:
        """Let go of every text kept: some of them may have been deleted by whoever said them."""
        ...


class SentenceEmbedder:
    """The multilingual sentence encoder in a thread of its own; shared by all users, and safe to cancel.

    Args:
        folder: the encoder's weights, as `SentenceEncoder` reads them; loaded when first needed.
        dimensions: those of the weights.
    """

    def __init__(self, folder: Path, *, dimensions: int = 512) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._encoder: SentenceEncoder | None = None
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._thread = InferenceThread("sentence-encoder", stage=Stage.RESOURCE, deadline_seconds=_DEADLINE_SECONDS)

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self._dimensions

    async def load(self) -> None:
        """Load the weights now, which takes most of a second, rather than with the first text.

        Raises:
            EngineError, ModelError: as `embed`.
        """
        await self._thread.run(self._loaded)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text; about a millisecond each, less for many, nothing for what was asked for lately.

        Raises:
            EngineError: the encoder failed or is closed.
            ModelError: its weights are missing or damaged.
        """
        # Taken before anything is waited for: another call may push them out of what is kept.
        vectors = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        for begin in range(0, len(missing), _AT_ONCE):
            group = missing[begin : begin + _AT_ONCE]
            rows = await self._thread.run(partial(self._encode, group))
            vectors.update(zip(group, rows, strict=True))
        self._keep(vectors)
        return np.array([vectors[text] for text in texts], dtype=np.float32).reshape(len(texts), self._dimensions)

    def forget(self) -> None:
        """Let go of every text kept: some of them may have been deleted by whoever said them."""
        self._kept.clear()

    async def aclose(self) -> None:
        """End the thread once its work has ended."""
        await self._thread.aclose()
        self.forget()

    def _keep(self, vectors: Mapping[str, Vectors]) -> None:
        for text, vector in vectors.items():
            self._kept[text] = vector
            self._kept.move_to_end(text)
        while len(self._kept) > _KEPT_TEXTS:
            self._kept.popitem(last=False)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return self._loaded().encode(texts)

    def _loaded(self) -> SentenceEncoder:
        if self._encoder is None:
            self._encoder = SentenceEncoder(self._folder)
        return self._encoder
