"""How well Smart Turn tells a hesitation from the end of a sentence, 200 ms into the silence.

Hesitations: recorded sentences cut right after a function word. Ends: sentences cut at their last speech. Prints the
area under the ROC curve, the false cut-offs at two rates of accepted ends, and what a call costs.

    python -m bench.smart_turn_auc MODEL.onnx [--speech ../shared/speech]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import anyio
import numpy as np
import numpy.typing as npt
import soundfile

from bench.scoring import percentile
from vivavoce.engines.turn.smart_turn import SmartTurn

RATE_HZ = 16_000
SILENCE_SAMPLES = RATE_HZ // 5


def last_speech_sample(audio: npt.NDArray[np.float32]) -> int:
    """Return the end of the last 10 ms that is within 35 dB of the loudest one."""
    frames = audio[: audio.size // 160 * 160].reshape(-1, 160)
    levels = np.sqrt(np.mean(np.square(frames), axis=1))
    return (int(np.flatnonzero(levels > levels.max() * 10 ** (-35 / 20))[-1]) + 1) * 160


def with_silence(speech: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Append 200 ms of silence."""
    return np.concatenate([speech, np.zeros(SILENCE_SAMPLES, dtype=np.float32)])


def area_under_curve(ends: list[float], hesitations: list[float]) -> float:
    """Return P(a random end scores above a random hesitation)."""
    wins = sum((end > other) + 0.5 * (end == other) for end in ends for other in hesitations)
    return wins / (len(ends) * len(hesitations))


async def measure(model: Path, speech: Path) -> None:
    """Score every mark of turns.json and print the table."""
    detector = SmartTurn(model)
    ends: list[float] = []
    hesitations: list[float] = []
    milliseconds: list[float] = []

    async def score(audio: npt.NDArray[np.float32]) -> float:
        started = time.perf_counter()
        probability = await detector.probability(with_silence(audio))
        milliseconds.append((time.perf_counter() - started) * 1000)
        return probability

    for mark in json.loads((speech / "turns.json").read_text()):
        audio, _ = soundfile.read(speech / mark["path"], dtype="float32")
        if mark["whole"]:
            ends.append(await score(audio[: last_speech_sample(audio)]))
        if mark["splice_s"] is not None:
            hesitations.append(await score(audio[: int(mark["splice_s"] * RATE_HZ)]))
    await detector.aclose()
    print(f"{len(hesitations)} hesitations, {len(ends)} ends, AUC {area_under_curve(ends, hesitations):.3f}")
    for accepted in (95, 90):
        threshold = percentile(ends, 100 - accepted)
        cut_off = 100 * sum(value >= threshold for value in hesitations) / len(hesitations)
        print(f"{accepted} % of ends accepted (p >= {threshold:.3f}): {cut_off:.0f} % of hesitations cut off")
    print(f"call p50 {percentile(milliseconds, 50):.1f} ms, p95 {percentile(milliseconds, 95):.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"))
    arguments = parser.parse_args()
    anyio.run(measure, arguments.model, arguments.speech)
