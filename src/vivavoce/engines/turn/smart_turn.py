"""End of turn by Smart Turn v3, which listens to how the last words were said.

Owns the model and its thread. Refuses to know what was said, how long the silence has lasted, and what follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vivavoce.engines.inference import InferenceThread, onnx_session
from vivavoce.engines.turn.features import smart_turn_features
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.engines.fair_gate import GateStatistics
    from vivavoce.engines.protocols import Samples

__all__ = ["SmartTurn"]


class SmartTurn:
    """P(the turn is over) from the last 8 s of an utterance, some 100 ms of silence included.

    One clip a call, in order: a batch is no cheaper on a processor (measured 24 ms for one clip, 26 ms a clip for
    four), and everyone would wait for all of it.

    Raises:
        ModelError: the model file is missing or damaged.
    """

    def __init__(self, model: Path) -> None:
        self._session = onnx_session(model)
        self._thread = InferenceThread("smart-turn", stage=Stage.STT, deadline_seconds=5.0)

    async def probability(self, audio: Samples) -> float:
        """Return P(the turn is over) for the utterance so far (16 kHz mono).

        Raises:
            EngineError: the model failed, or did not answer within five seconds.
        """
        return await self._thread.run(lambda: self._infer(audio))

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._thread.statistics()

    async def aclose(self) -> None:
        """End the model's thread."""
        await self._thread.aclose()

    def _infer(self, audio: Samples) -> float:
        features = smart_turn_features(audio)
        # Named "logits" in the graph, yet a sigmoid has been applied already.
        (probability,) = self._session.run(None, {"input_features": features[np.newaxis]})
        return float(probability[0, 0])
