"""Voice activity by Silero VAD 6.

Owns the model and the layout of a stream's state. Refuses to know what a turn is: it gives one probability a frame, and
keeps nothing between calls but what the caller hands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vivavoce.engines.inference import onnx_session

if TYPE_CHECKING:
    from pathlib import Path

    from vivavoce.engines.protocols import Samples, VadState

__all__ = ["SileroVad"]

_FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
_LSTM_LAYERS, _LSTM_UNITS = 2, 128
_LSTM_VALUES = _LSTM_LAYERS * _LSTM_UNITS


class SileroVad:
    """Speech probability of 32 ms frames at 16 kHz, any number of streams a call.

    The wheel's sequence model, which takes many frames of one stream in a call, is no cheaper a frame than this one is
    with many streams (both 29 us), so frames of one stream are run one after the other.

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

    def probabilities(self, frames: Samples, states: VadState) -> Samples:
        """Return P(speech) a stream for `frames` [streams, 512]; `states` [streams, 320] is updated in place."""
        window = np.concatenate((states[:, _LSTM_VALUES:], frames), axis=1)
        lstm = states[:, :_LSTM_VALUES].reshape(-1, _LSTM_LAYERS, _LSTM_UNITS).transpose(1, 0, 2)
        speech, advanced = self._session.run(
            None, {"input": window, "state": np.ascontiguousarray(lstm), "sr": self._rate_hz}
        )
        states[:, :_LSTM_VALUES] = advanced.transpose(1, 0, 2).reshape(-1, _LSTM_VALUES)
        states[:, _LSTM_VALUES:] = window[:, -_CONTEXT_SAMPLES:]
        probabilities: Samples = speech[:, 0]
        return probabilities
