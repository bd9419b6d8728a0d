"""Speech for tests with real engines: recordings where there are some, else our own voice. 24 kHz PCM16."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import numpy as np
import numpy.typing as npt

from tests.integration.engine_weights import weights
from vivavoce.audio.files import decode_file, write_wav
from vivavoce.audio.resample import resample
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.tts.hibari import HibariTts

WIRE_HZ = 24_000
RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "speech"


def question(text: str = "What is the capital of Italy?") -> npt.NDArray[np.float32]:
    """Return a question asked by our own voice: speech that every clone can make."""

    async def speak() -> npt.NDArray[np.float32]:
        engine = HibariTts(weights("hibari"))
        chunks = [chunk.audio async for chunk in engine.synthesize(SynthesisRequest(text=text, language="en"))]
        await engine.aclose()
        return np.concatenate(chunks)

    # In a thread of its own: the caller may be in an event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, speak).result()


def recorded_command() -> npt.NDArray[np.float32]:
    """Return a person's command where the recordings are at hand, else a command in our own voice."""
    file = RECORDINGS / "en_command" / "goforward.flac"
    if not file.is_file():
        return question("Go forward ten meters.")
    audio, rate_hz = decode_file(file)
    return resample(audio, rate_hz, WIRE_HZ)


def question_file(folder: Path, text: str = "What is the capital of Italy?") -> Path:
    """Write a question into a WAV file with a little room before and after it."""
    file = folder / "question.wav"
    room = np.zeros(WIRE_HZ // 2, np.float32)
    write_wav(file, np.concatenate([room, question(text), room]), WIRE_HZ)
    return file
