"""The real models that judge pauses, made to answer after a stated time on a virtual clock.

Owns them, in a thread and an event loop of their own, and what each said last. Every answer is remembered, so that the
same audio in another condition costs nothing. Refuses to know clips and figures.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio
from anyio.from_thread import start_blocking_portal

from vivavoce.engines.llm.turn_reader import LlamaTurnReader
from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.turn.smart_turn import SmartTurn
from vivavoce.engines.vad.silero import SileroVad
from vivavoce.models.store import default_root
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from vivavoce.engines.protocols import Samples
    from vivavoce.engines.roster import EngineRoster

__all__ = ["Delays", "Witnesses", "open_witnesses"]

Answer = TypeVar("Answer")

_READER_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_READER_PATIENCE = 20
"""Times a question is asked that the reader had no time for: the machine may be busy, and the clock here is virtual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long each model takes on the virtual clock, in seconds."""

    transcript: float = 0.08
    sound: float = 0.04
    words: float = 0.03


class _Memory(Generic[Answer]):
    """Answers by question, and how long each took to find."""

    def __init__(self, ask: Callable[..., Answer]) -> None:
        self._ask = ask
        self._answers: dict[Hashable, Answer] = {}
        self.took_ms: list[float] = []

    def answer(self, key: Hashable, *question: object) -> Answer:
        if key not in self._answers:
            started = time.perf_counter()
            self._answers[key] = self._ask(*question)
            self.took_ms.append((time.perf_counter() - started) * 1000)
        return self._answers[key]


class Witnesses:
    """A recogniser, an end-of-turn model and a reader of turn ends that answer when their time has come."""

    def __init__(
        self,
        delays: Delays,
        *,
        transcribe: Callable[[Samples], Transcript],
        listen: Callable[[Samples], float],
        read: Callable[[str], float | None],
    ) -> None:
        self.delays = delays
        self.transcripts = _Memory(transcribe)
        self.sounds = _Memory(listen)
        self.readings = _Memory(read)
        self.evidence = Evidence()

    @property
    def capabilities(self) -> SttCapabilities:
        """Any language."""
        return SttCapabilities(name="bench", languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words; those and the surety of their end are evidence from now on, and the reading is not."""
        del language, prompt
        heard = self.transcripts.answer(audio.tobytes(), audio)
        self.evidence = Evidence(sound=self.evidence.sound, words=heard.text, closing=heard.closing)
        await anyio.sleep(self.delays.transcript)
        return heard

    async def probability(self, audio: Samples) -> float:
        """Return what the sound tells."""
        sound = self.sounds.answer(audio.tobytes(), audio)
        seen = self.evidence
        self.evidence = Evidence(sound=sound, words=seen.words, closing=seen.closing, continuation=seen.continuation)
        await anyio.sleep(self.delays.sound)
        return sound

    async def turn_end_probability(self, words: str, *, conversation_id: str) -> float | None:
        """Return what the words tell."""
        del conversation_id
        reading = self.readings.answer(words, words)
        seen = self.evidence
        self.evidence = Evidence(sound=seen.sound, words=seen.words, closing=seen.closing, continuation=reading)
        await anyio.sleep(self.delays.words)
        return reading

    async def aclose(self) -> None:
        """Nothing to free: whoever opened the models does."""

    def roster(self) -> EngineRoster:
        """Return engines for a session that has its pauses judged by these."""
        roster = fake_roster(stt=self)
        roster.vad = SileroVad(default_root() / "silero-vad" / "silero_vad.onnx")
        roster.turn = self
        roster.turn_reader = self
        return roster


@contextmanager
def open_witnesses(delays: Delays) -> Iterator[Witnesses]:
    """Load the models, and free them when the body is done.

    Raises:
        ModelError: weights are missing.
    """
    with start_blocking_portal() as portal:
        recogniser, sound, reader = portal.call(_load)
        running, _ = portal.start_task(reader.run)
        try:
            yield Witnesses(
                delays,
                transcribe=lambda audio: portal.call(partial(recogniser.transcribe, audio, language="en")),
                listen=lambda audio: portal.call(sound.probability, audio),
                read=lambda words: portal.call(_read_patiently, reader, words),
            )
        finally:
            for model in (reader, sound, recogniser):
                portal.call(model.aclose)
            running.result()


async def _load() -> tuple[MoonshineStt, SmartTurn, LlamaTurnReader]:
    models = default_root()
    return (
        MoonshineStt(models / "moonshine-tiny-en"),
        SmartTurn(models / "smart-turn-v3.2" / "smart-turn-v3.2-cpu.onnx"),
        LlamaTurnReader(models / "smollm2-135m" / _READER_GGUF),
    )


async def _read_patiently(reader: LlamaTurnReader, words: str) -> float | None:
    for _ in range(_READER_PATIENCE):
        if (reading := await reader.turn_end_probability(words, conversation_id="bench")) is not None:
            return reading
    return None
