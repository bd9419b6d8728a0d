"""How each embedded engine is made from its files, joins the roster, and does its first work.

Owns the engines' constructors and first inferences. Refuses to know which engines a server runs (`plan`), and where
their files come from. Engines are imported when they are made, for what they stand on costs time and memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio.lowlevel
import numpy as np

from vivavoce.engines.fallback import Provider
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.roster import EngineRoster

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.protocols import SpeechToText, TextToSpeech
    from vivavoce.engines.tts.english import EnglishPhonemes
    from vivavoce.models.store import ModelStore

__all__ = [
    "EnglishVoices",
    "LoadedEngine",
    "instant_replies",
    "instant_stt",
    "instant_tts",
    "moonshine",
    "piper",
    "silero",
    "smart_turn",
    "whisper",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEngine:
    """An engine in memory.

    Attributes:
        enlist: has it join the roster.
        warm_up: does a first inference, so that no user waits for one.
        aclose: frees it where it does not join.
    """

    enlist: Callable[[EngineRoster, Provider | None], None]
    warm_up: Callable[[], Awaitable[object]]
    aclose: Callable[[], Awaitable[object]] = anyio.lowlevel.checkpoint


def silero(store: ModelStore) -> LoadedEngine:
    """The voice activity detector."""
    from vivavoce.engines.vad.silero import SileroVad

    vad = SileroVad(store.path("silero-vad", "silero_vad.onnx"))

    async def warm_up() -> None:
        vad.probabilities(np.zeros((1, vad.frame_samples), np.float32), vad.initial_state()[None, :])

    return LoadedEngine(enlist=lambda roster, _: setattr(roster, "vad", vad), warm_up=warm_up)


def smart_turn(store: ModelStore) -> LoadedEngine:
    """The judge of how a turn sounds at its end."""
    from vivavoce.engines.turn.smart_turn import SmartTurn

    turn = SmartTurn(store.path("smart-turn-v3.2", "smart-turn-v3.2-cpu.onnx"))
    return LoadedEngine(
        enlist=lambda roster, _: setattr(roster, "turn", turn),
        warm_up=lambda: turn.probability(_second_of_noise()),
        aclose=turn.aclose,
    )


def instant_stt(_: ModelStore) -> LoadedEngine:
    """A recogniser that costs nothing."""
    from vivavoce.engines.instant import InstantStt

    return _recogniser(InstantStt(), "en")


def instant_replies(_: ModelStore) -> LoadedEngine:
    """A mind that costs nothing."""
    from vivavoce.engines.instant import InstantReplies

    replies = InstantReplies()
    return LoadedEngine(enlist=lambda roster, _: setattr(roster, "replies", replies), warm_up=anyio.lowlevel.checkpoint)


def instant_tts(_: ModelStore) -> LoadedEngine:
    """A voice that costs nothing."""
    from vivavoce.engines.instant import InstantTts

    return _voice(InstantTts(), "en", "Hello there.")


def moonshine(folder: Path) -> LoadedEngine:
    """The English recogniser in a folder."""
    from vivavoce.engines.stt.moonshine import MoonshineStt

    return _recogniser(MoonshineStt(folder), "en")


def whisper(folder: Path) -> LoadedEngine:
    """The recogniser of many languages in a folder."""
    from vivavoce.engines.stt.whisper import WhisperStt

    return _recogniser(WhisperStt(folder), None)


class EnglishVoices:
    """Makes the engines that share one set of English pronunciations: 120 MB once they are in memory."""

    def __init__(self) -> None:
        self._english: EnglishPhonemes | None = None

    def hibari(self, store: ModelStore) -> LoadedEngine:
        """The quick English voice."""
        from vivavoce.engines.tts.hibari import HibariTts

        return _voice(HibariTts(store.folder("hibari"), english=self._shared()), "en", "Hello there.")

    def kokoro(self, store: ModelStore) -> LoadedEngine:
        """The Mandarin voices, and slower English ones."""
        from vivavoce.engines.tts.kokoro import KokoroTts

        folder = store.folder("kokoro-82m")
        engine = KokoroTts(folder / "kokoro-v1.0.int8.onnx", folder / "voices", english=self._shared())
        return _voice(engine, "zh", "你好。")

    def _shared(self) -> EnglishPhonemes:
        from vivavoce.engines.tts.english import EnglishPhonemes

        if self._english is None:
            self._english = EnglishPhonemes()
        return self._english


def piper(voice: Path) -> LoadedEngine:
    """The voice in a file."""
    from vivavoce.engines.tts.piper import PiperTts

    return _voice(PiperTts(voice), "en", "Hello there.")


def _recogniser(engine: SpeechToText, language: str | None) -> LoadedEngine:
    return LoadedEngine(
        enlist=lambda roster, provider: roster.add_stt(engine, provider),
        warm_up=lambda: engine.transcribe(_second_of_noise(), language=language),
        aclose=engine.aclose,
    )


def _voice(engine: TextToSpeech, language: str, words: str) -> LoadedEngine:
    async def warm_up() -> None:
        async for _ in engine.synthesize(SynthesisRequest(text=words, language=language)):
            pass

    return LoadedEngine(
        enlist=lambda roster, provider: roster.add_tts(engine, provider), warm_up=warm_up, aclose=engine.aclose
    )


def _second_of_noise() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 0.01, 16_000).astype(np.float32)
