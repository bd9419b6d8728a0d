"""Voice activity by Silero VAD 6.

Owns the model and the layout of a stream's state. Refuses to know what a turn is: it gives one probability a frame, and
keeps nothing between calls but what the caller hands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vivavoce.engines.inference import onnx_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from vivavoce.engines.protocols import Samples, VadState

__all__ = ["SileroVad"]

_FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
_LSTM_LAYERS, _LSTM_UNITS = 2, 128
_LSTM_VALUES = _LSTM_LAYERS * _LSTM_UNITS


class SileroVad:
    """Speech probability of 32 ms frames at 16 kHz, any number of streams a call.

    A stream's state is one flat array: the LSTM's hidden and cell values, then the last 64 samples of the frame before,
    which the model sees again in front of the next frame (Silero VAD 5 and later).

    Raises:
        ModelError: the model file is missing or damaged.
    """

    def __init__(self, model: Path) -> None:
        self._session = onnx_session(model)
        self._rate_hz = np.array(16_000, dtype=np.int64)

    @property
    def frame_samples(self) -> int:
        """Samples a frame holds: 512, 32 ms."""
        return _FRAME_SAMPLES

    def initial_state(self) -> VadState:
        """The state of a stream that has heard nothing."""
        return np.zeros(_LSTM_VALUES + _CONTEXT_SAMPLES, dtype=np.float32)

    def probabilities(self, frames: Samples, states: Sequence[VadState]) -> Samples:
        """Return P(speech) a stream for `frames` [streams, 512]; the states are updated in place."""
        streams = len(states)
        window = np.empty((streams, _CONTEXT_SAMPLES + _FRAME_SAMPLES), dtype=np.float32)
        lstm = np.empty((_LSTM_LAYERS, streams, _LSTM_UNITS), dtype=np.float32)
        window[:, _CONTEXT_SAMPLES:] = frames
        for stream, state in enumerate(states):
            window[stream, :_CONTEXT_SAMPLES] = state[_LSTM_VALUES:]
            lstm[:, stream] = state[:_LSTM_VALUES].reshape(_LSTM_LAYERS, _LSTM_UNITS)
        speech, advanced = self._session.run(None, {"input": window, "state": lstm, "sr": self._rate_hz})
        for stream, state in enumerate(states):
            state[:_LSTM_VALUES] = advanced[:, stream].reshape(-1)
            state[_LSTM_VALUES:] = window[stream, -_CONTEXT_SAMPLES:]
        probabilities: Samples = speech[:, 0]
        return probabilities
