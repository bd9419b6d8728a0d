"""The same facts and questions put to mem0, with the same sentence encoder and a vector store on this disk.

Owns mem0's settings: no language model (`infer=False`: each turn is kept as it was said), no telemetry, no network.
Refuses to judge: the right memory is the one told in the right turn, and mem0 is told the turns.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

from vivavoce.memory.sentence_encoder import DIMENSIONS, SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.memory_told import Question, Told

__all__ = ["mem0_ranks"]

_NOWHERE = "http://127.0.0.1:9/v1"
"""Where nobody answers: mem0 wants to know a language model, which `infer=False` never asks."""


class _Encoder:
    """Our sentence encoder, as mem0 calls one."""

    def __init__(self, folder: Path) -> None:
        self._encoder = SentenceEncoder(folder)

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        del memory_action
        return self.embed_batch([text])[0]

    def embed_batch(self, texts: Sequence[str], memory_action: str | None = None) -> list[list[float]]:
        del memory_action
        vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors


def mem0_ranks(told: Told, encoder: Path, limit: int) -> list[int] | None:
    """Return the rank of the right turn for each question, `limit` + 1 where it is not found; None without mem0."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": folder}
        try:
            from mem0 import Memory
        except ModuleNotFoundError:
            return None
        memory = Memory.from_config(_settings(folder))
        memory.embedding_model = _Encoder(encoder)
        for turn in told.turns:
            metadata = {"turn_id": turn.turn_id}
            memory.add(turn.said, user_id=turn.user_id, metadata=metadata, infer=False)
        ranks = [_rank(memory, question, limit) for question in told.questions]
        memory.close()
        return ranks


def _rank(memory: Any, question: Question, limit: int) -> int:
    found = memory.search(question.asked, top_k=limit, threshold=0.0, filters={"user_id": question.user_id})
    turns = [result["metadata"]["turn_id"] for result in found["results"]]
    return turns.index(question.turn_id) + 1 if question.turn_id in turns else limit + 1


def _settings(folder: str) -> dict[str, object]:
    stranger = {"api_key": "none", "openai_base_url": _NOWHERE}
    store = {"collection_name": "memories", "path": folder, "embedding_model_dims": DIMENSIONS, "on_disk": True}
    return {
        "llm": {"provider": "openai", "config": stranger},
        "embedder": {"provider": "openai", "config": {**stranger, "embedding_dims": DIMENSIONS}},
        "vector_store": {"provider": "qdrant", "config": store},
        "history_db_path": f"{folder}/history.db",
    }
